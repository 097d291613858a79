"""What `/pair` shows: one function per situation, one template each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.disclosure import disclosure
from familypair.rules.limits import BLOCK
from familypair.schema import invitations as wire
from familypair.schema.accounts import Kind
from familypair.schema.invitations import InvitationState
from familypair.schema.scopes import ALL_SCOPES
from familypair.wording import Audience, sentence
from familypair_server.auth import web
from familypair_server.auth.scripts import FILL_CODE
from familypair_server.auth.sessions import WebSession
from familypair_server.auth.web import Html, Visit
from familypair_server.context import Context
from familypair_server.invitations import service
from familypair_server.links.desk import Desk
from familypair_server.problems import status_of

CAN_TRY_AGAIN: Final = frozenset(
    {Reason.WRONG_PHRASE, Reason.TOO_SOON, Reason.WRONG_PASSWORD, Reason.DISCLOSURE_NOT_SHOWN}
)
"""Refusals of an approval after which the same form is shown again."""

_NO_ERRORS: Mapping[str, str] = {}


class Sitting:
    """One signed-in guardian or teen at the page."""

    def __init__(self, visit: Visit, session: WebSession, ctx: Context, address: str) -> None:
        self.visit = visit
        self.ctx = ctx
        self.address = address
        self.now = visit.now
        self.desk = Desk.of(ctx.settings, ctx.keys, ctx.random)
        self.me = session.account_id
        self.actor = Actor(session.kind)
        self.audience: Audience = "teen" if self.actor is Actor.TEEN else "guardian"
        self.other = "guardian" if self.actor is Actor.TEEN else "teen"


async def start(
    sitting: Sitting, form: Mapping[str, str] | None = None, refusal: Refusal | None = None
) -> Html:
    """The code form and what is open."""
    work = service.mine(sitting.desk, account_id=sitting.me, now=sitting.now)
    invitations = await sitting.ctx.store.read(work)
    return web.page(
        sitting.visit,
        "pair.html",
        status=200 if refusal is None else status_of(refusal.reason),
        retry_after=None if refusal is None else refusal.params.get("seconds"),
        script=FILL_CODE,
        other=sitting.other,
        open=[{"id": one.id, "words": _line(one)} for one in invitations],
        values=form or {},
        errors={} if refusal is None else {"code": sentence(refusal, sitting.audience)},
    )


def _line(invitation: wire.Invitation) -> str:
    if invitation.other is None:
        return "A code of yours is open."
    return f"{invitation.other.name}: waiting for an answer."


async def state(sitting: Sitting, invitation: wire.Invitation) -> Html:
    """Where an invitation stands, for this side."""
    match invitation.state:
        case InvitationState.OFFERED:
            return _offered(sitting, invitation)
        case InvitationState.CLAIMED | InvitationState.CONFIRMED:
            if sitting.actor is Actor.GUARDIAN:
                return _guardian(sitting, invitation)
            return _teen(sitting, invitation)
        case _:
            return _over(sitting, invitation)


def _offered(sitting: Sitting, invitation: wire.Invitation) -> Html:
    return web.page(
        sitting.visit,
        "pair_offered.html",
        invitation=invitation,
        other=sitting.other,
        until=_clock(invitation.expires_at),
    )


def _guardian(sitting: Sitting, invitation: wire.Invitation) -> Html:
    own_offer = invitation.started_by is Kind.GUARDIAN
    asked = disclosure(
        asked=frozenset(ALL_SCOPES),
        needed=frozenset(),
        reader=None,
        notice=sitting.desk.notice,
    )
    return web.page(
        sitting.visit,
        "pair_guardian.html",
        invitation=invitation,
        confirmed=own_offer or invitation.state is InvitationState.CONFIRMED,
        scopes=asked.scopes,
        until=_clock(invitation.expires_at),
    )


def _teen(sitting: Sitting, invitation: wire.Invitation) -> Html:
    own_offer = invitation.started_by is Kind.TEEN
    if own_offer and invitation.state is InvitationState.CLAIMED:
        return _step(
            sitting,
            invitation,
            title="Waiting for your guardian",
            text="They first have to say that you are their teen. Look again in a moment.",
        )
    return _step(
        sitting,
        invitation,
        title="Somebody wants to be your guardian here",
        text="Read what they would see and could change. Nothing is shared before you say yes.",
        action="disclose",
        label="Show me what would be shared",
    )


def _over(sitting: Sitting, invitation: wire.Invitation) -> Html:
    words = {
        InvitationState.APPROVED: ("You are linked", "Both of you see the link in your app now."),
        InvitationState.DECLINED: ("Declined", "There is no link, and nothing was shared."),
        InvitationState.CANCELLED: ("Cancelled", "There is no link, and nothing was shared."),
        InvitationState.EXPIRED: ("Expired", "This took too long. Please start with a new code."),
    }
    title, text = words[invitation.state]
    return web.message(sitting.visit, title, text, back="/pair")


def _step(
    sitting: Sitting,
    invitation: wire.Invitation,
    *,
    title: str,
    text: str,
    action: str = "",
    label: str = "",
) -> Html:
    return web.page(
        sitting.visit,
        "pair_step.html",
        title=title,
        text=text,
        action=action,
        label=label,
        id=invitation.id,
        declines=sitting.actor is Actor.TEEN,
    )


def decision(
    sitting: Sitting,
    text: wire.Disclosure,
    form: Mapping[str, str],
    refusal: Refusal | None,
) -> Html:
    """The disclosure with the form of the answer."""
    return web.page(
        sitting.visit,
        "pair_teen.html",
        status=200 if refusal is None else status_of(refusal.reason),
        text=text,
        needs=any(line.needed for line in text.scopes),
        days=BLOCK.days,
        values=form,
        errors=_NO_ERRORS if refusal is None else _error(refusal, sitting.audience),
    )


def left_out(sitting: Sitting) -> Html:
    """After a yes without something that was needed: it counted as a no, and that is said."""
    return web.message(
        sitting.visit,
        "Declined: something that they need was left out",
        "You left out a line that they marked as needed, so there is no link and nothing was "
        f"shared. They cannot ask you again for {BLOCK.days} days.",
        status=status_of(Reason.NEEDED_SCOPE_DECLINED),
        back="/pair",
    )


def _error(refusal: Refusal, audience: Audience) -> Mapping[str, str]:
    place = refusal.pointer.lstrip("/")
    known = place if place in {"phrase", "password", "scopes"} else "answer"
    return {known: sentence(refusal, audience)}


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M on %d %B")
