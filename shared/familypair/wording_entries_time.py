"""Entries about a day's time, requests, agreements and apps in one sentence for their reader."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from familypair.rules.time.words import say_limit, say_seconds
from familypair.rules.zones import zone
from familypair.schema import ledger as entries
from familypair.settings import FIELDS, WEEKDAYS, Band, say_days, say_minutes


class Says(Protocol):
    """What the sentences need of their reader and of the names."""

    @property
    def is_teen(self) -> bool:
        """Whether the reader is the teen of the entries."""
        ...

    @property
    def teen_name(self) -> str:
        """What the reader calls the teen."""
        ...

    @property
    def zone(self) -> str:
        """The teen's home zone."""
        ...


Sentence = Callable[[Any, str, Any], str]
"""The entry, the doer as the start of a sentence, and the reader."""

_KINDS: Final = {
    "grant": "gave {minutes} more",
    "accepted": "took {minutes} that were given",
    "code": "used a code for {minutes}",
    "roll_over": "{minutes} moved over from the day before",
    "correction": "corrected the day by {minutes} after a late report",
    "write_off": "wrote off {minutes} that were used over the limit",
    "undone": "took back {minutes} that were not used",
    "request": "agreed to {minutes} more",
    "auto_rule": "{minutes} more by a standing yes",
}
_WISHES: Final = {
    "minutes": "more time",
    "lift_block": "opening a blocked time",
    "settings": "other settings",
    "unblock": "unblocking an account",
    "place": "another zone or country",
    "plan": "a plan",
}


def _posted(entry: entries.TimePosted, who: str, _: Says) -> str:
    if entry.kind == "changed":
        before, after = say_limit(entry.before), say_limit(entry.after)
        return f"{who} changed the limit of {entry.day} from {before} to {after}."
    words = _KINDS.get(entry.kind, "changed the day by {minutes}")
    if entry.kind == "undone" and not entry.seconds:
        words = "took back what was not used"
    said = words.format(minutes=say_seconds(abs(entry.seconds)))
    impersonal = entry.kind in {"roll_over", "auto_rule"}
    sentence = said if impersonal else f"{who} {said}"
    return f"{sentence[0].upper()}{sentence[1:]} ({entry.day})."


def _changed(entry: entries.TimeChanged, who: str, _: Says) -> str:
    before, after = (
        "no limit" if value is None else say_seconds(value) for value in (entry.before, entry.after)
    )
    return f"{who} changed what {entry.day} allows from {before} to {after}."


def _closed(entry: entries.RequestClosed, who: str, reader: Says) -> str:
    what = _WISHES.get(entry.wish, "a change")
    if entry.minutes and entry.outcome == "approved":
        what = f"{say_minutes(entry.minutes)} more"
    whose = "Your" if reader.is_teen else f"{reader.teen_name}'s"
    if entry.outcome == "expired":
        return f"{whose} request for {what} ran out of time."
    if entry.outcome == "approved" and entry.by == "teen":
        return f"{who} took the offer: {what}."
    done = {"approved": "approved", "declined": "declined", "withdrawn": "withdrew"}
    own = "your" if reader.is_teen else f"{reader.teen_name}'s"
    return f"{who} {done.get(entry.outcome, entry.outcome)} {own} request for {what}."


def _lifted(entry: entries.BlockLifted, who: str, _: Says) -> str:
    length = say_seconds(int((entry.end - entry.start).total_seconds()))
    return f"{who} opened the blocked time for {length}."


def _made(entry: entries.AgreementMade, _: str, reader: Says) -> str:
    others = "you and your guardian" if reader.is_teen else f"{reader.teen_name} and you"
    start = f"{others[0].upper()}{others[1:]}"
    review = entry.review_at.astimezone(zone(reader.zone))
    return f"{start} agreed on {_titles(entry.paths)}; to be looked at on {review:%d %b}."


def _ended(entry: entries.AgreementEnded, who: str, _: Says) -> str:
    return f"{who} ended the agreement on {_titles(entry.paths)}."


def _auto_rule(entry: entries.AutoRuleChanged, who: str, _: Says) -> str:
    times = "once" if entry.times_a_day == 1 else f"{entry.times_a_day} times"
    on = "" if len(entry.days) == len(WEEKDAYS) else f" on {say_days(entry.days)}"
    rule = f"{say_minutes(entry.minutes)} more {times} a day{on}"
    return f"{who} {'removed' if entry.removed else 'made'} a standing yes: {rule}."


def _bound(entry: entries.AppBound, who: str, _: Says) -> str:
    return f"{who} connected the app {entry.app_name}."


def _unbound(entry: entries.AppUnbound, who: str, _: Says) -> str:
    return f"{who} disconnected the app {entry.app_name}."


def _band(entry: entries.BandNotice, _: str, reader: Says) -> str:
    whose = "Your" if reader.is_teen else f"{reader.teen_name}'s"
    said = [f"{whose} age group becomes {entry.band} on {entry.at:%d %b %Y}."]
    if changing := [path for path in entry.paths if path not in entry.kept]:
        keep = "" if entry.band == Band.ADULT else ", unless you keep today's values as your rule"
        said.append(f"Then {_titles(changing)} will change{keep}.")
    if entry.kept:
        owner = "your" if reader.is_teen else f"{reader.teen_name}'s"
        said.append(f"As {owner} own choice {_titles(entry.kept)} will stay.")
    return " ".join(said)


def _titles(paths: Sequence[str], shown: int = 3) -> str:
    titles = list(dict.fromkeys(FIELDS[p].title.lower() if p in FIELDS else p for p in paths))
    if not titles:
        return "some settings"
    rest = len(titles) - shown
    if rest > 0:
        titles = [*titles[:shown], f"{rest} more"]
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


TIME_WORDS: Final[Mapping[type, Sentence]] = {
    entries.TimePosted: _posted,
    entries.TimeChanged: _changed,
    entries.RequestClosed: _closed,
    entries.BlockLifted: _lifted,
    entries.AgreementMade: _made,
    entries.AgreementEnded: _ended,
    entries.AutoRuleChanged: _auto_rule,
    entries.AppBound: _bound,
    entries.AppUnbound: _unbound,
    entries.BandNotice: _band,
}
