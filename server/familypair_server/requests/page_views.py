"""What `/ask` shows: one function per situation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.rules.requests.words import TITLES
from familypair.settings import FIELDS
from familypair.wording import sentence
from familypair_server.auth import web
from familypair_server.auth.web import Html, Visit
from familypair_server.problems import status_of
from familypair_server.requests.app_asks import AppAsk
from familypair_server.requests.offers import Look, Offer, first_refusal

_QUESTIONS: Final = {
    "minutes": "How much more time do you want to ask for?",
    "lift_block": "For how long should it be open?",
    "settings": "What should it be?",
}
_OWN: Final = (
    "No rule of a guardian is in the way, so you need nobody's yes. You can change it yourself in "
    "your Family Pairing app."
)
_ELSEWHERE: Final = (
    "This page has no choice to offer for it. You can ask for it in your Family Pairing app."
)


@dataclass(frozen=True)
class Sitting:
    """A visitor whom an app has sent."""

    visit: Visit
    asked: AppAsk
    sealed: str

    @property
    def back(self) -> str:
        """The way back to the app without having asked."""
        return self.asked.answer("no", self.visit.auth.issuer)


def choose(
    sitting: Sitting,
    found: Look,
    form: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Html:
    """The choices, each with whom it is asked of; or why there is none."""
    can = [one for one in found.offers if one.refusal is None]
    if not can:
        return _nothing(sitting, first_refusal(found))
    values = form or {}
    return web.page(
        sitting.visit,
        "ask.html",
        status=200 if refusal is None else status_of(refusal.reason),
        retry_after=None if refusal is None else refusal.params.get("seconds"),
        form_targets=sitting.asked.origin,
        app=sitting.asked.name,
        back=sitting.back,
        secret=sitting.sealed,
        question=_QUESTIONS.get(sitting.asked.wish, "Ask for this?"),
        choices=[_shown(one, sitting.asked) for one in can],
        picked=values.get("choice", can[0].key),
        category=TITLES[sitting.asked.field] if sitting.asked.wish == "search" else "",
        values=values,
        errors={} if refusal is None else _errors(refusal),
    )


def _shown(offer: Offer, asked: AppAsk) -> dict[str, str]:
    """A choice; what a yes to a search opens depends on the words, and stands beside them."""
    searched = asked.wish == "search"
    names = _together(offer.asked)
    whose = f"Goes to {names}" + ("; one yes is enough" if offer.any_one else "")
    return {
        "key": offer.key,
        "words": offer.words[:1].upper() + offer.words[1:],
        "whose": f"{whose}.",
        "effect": f"With a yes: {offer.effect}." if offer.effect and not searched else "",
    }


def _together(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _errors(refusal: Refusal) -> dict[str, str]:
    """The sentence at the field that it is about; else above the buttons."""
    place = refusal.pointer.rpartition("/")[2]
    if refusal.reason is Reason.MISSING_FIELD and place == "choice":
        return {"choice": "Choose one of these."}
    return {place if place in {"reason", "words"} else "answer": sentence(refusal, "teen")}


def _nothing(sitting: Sitting, refusal: Refusal) -> Html:
    own = refusal.reason is Reason.NOTHING_IN_THE_WAY
    path = _path_of(sitting.asked)
    if refusal.reason is Reason.BAD_REQUEST:
        if not path:
            return unusable(sitting.visit, late=False)
        way = f"In a terminal: familypair ask set {path} and the value."
        return _said(sitting, "Ask for this in your own app", f"{_ELSEWHERE} {way}")
    text = _OWN if own else sentence(refusal, "teen")
    if own and path:
        to = "allow" if sitting.asked.wish == "search" else "and the value"
        called = f"It is called “{FIELDS[path].title}”"
        text = f"{text} {called}; in a terminal: familypair set me {path} {to}."
    title = "You need nobody for this" if own else "This cannot be asked for now"
    return _said(sitting, title, text)


def _path_of(asked: AppAsk) -> str:
    """The setting that the visit is about; empty where it is about none."""
    path = f"search.packs.{asked.field}" if asked.wish == "search" else asked.field
    return path if asked.wish in {"search", "settings"} and path in FIELDS else ""


def not_a_teen(sitting: Sitting) -> Html:
    """A guardian or an adult: the app hears nothing of who was there."""
    text = (
        "asks what a teen wants to ask their guardians for. Only a teen can answer that, so it "
        "cannot be done with the account"
    )
    return _said(sitting, "Only a teen can ask here", text, status=403, other=True)


def not_bound(sitting: Sitting) -> Html:
    """The app is none of this teen's."""
    text = (
        "is not connected with your account, so nothing can be asked from there. You can connect "
        "it in the app. You are signed in as"
    )
    return _said(sitting, "You have not connected this app", text, status=403, other=True)


def somebody_else(sitting: Sitting) -> Html:
    """Connected, but the app is used by another teen than the one at this browser."""
    text = (
        "is used by somebody else at the moment, so what you ask here would not be for them. You "
        "are signed in as"
    )
    return _said(sitting, "Somebody else uses the app", text, status=403, other=True)


def unusable(visit: Visit, *, late: bool) -> Html:
    """A stranger's visit, one with an address that is not the app's, or one from too long ago."""
    if late:
        text = "An app's request lives 10 minutes. Please start again from the app."
        return web.message(visit, "This request has expired", text, status=400)
    text = (
        "The app asked for something that cannot be done here, or it is not known here. Nothing "
        "was sent to anybody."
    )
    return web.message(visit, "This request cannot be used", text, status=400)


def _said(
    sitting: Sitting, title: str, text: str, *, status: int = 200, other: bool = False
) -> Html:
    return web.page(
        sitting.visit,
        "ask_not.html",
        status=status,
        title=title,
        text=text,
        app=sitting.asked.name,
        other=other,
        back=sitting.back,
        next=f"a.{sitting.sealed}",
    )
