"""What of a guardian's layer still applies at an instant (product.md section 3; A3, A10, A19, A23).

Ending supervision never ends protection: after an end contact, privacy and search stay for seven
days as a platform hold. A teen's end also leaves the time rules for the notice period. Nobody, the
guardian included, can change what is frozen or held.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.link_views import NONE, Link, Scopes, as_of, hold_until, in_probation
from familypair.rules.links_table import Cause
from familypair.schema.links import LinkState
from familypair.schema.scopes import Scope

LOOK_BACK = timedelta(days=7)
HELD_SCOPES: Scopes = frozenset({Scope.SET_SEARCH, Scope.SET_MESSAGES, Scope.SET_PRIVACY})


class LayerUse(StrEnum):
    """How the guardian's layer takes part."""

    PROBATION = "probation"
    """Met with the defaults as well: nothing gets looser than without this link (A10)."""
    LIVE = "live"
    NOTICE = "notice"
    """Only the frozen time rules, each the loosest of the last 7 days (`layers.notice_layer`)."""
    HOLD = "hold"
    """No rule of the guardian's; the platform holds contact, privacy and search."""
    GONE = "gone"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What stays of one link's layer at an instant."""

    use: LayerUse
    live: Scopes = NONE
    """Scopes whose fields the guardian's own values govern, and may still be written."""
    frozen: Scopes = NONE
    """Scopes whose fields stay as they are, written by nobody, until `frozen_until`."""
    frozen_until: datetime | None = None
    """The first instant at which something thaws."""
    held: Scopes = NONE
    """Scopes whose fields stay at their last effective value, as the platform's hold."""
    held_until: datetime | None = None
    """The end of the hold; None while the link is still ending."""
    contacts_held: bool = False
    """Whether contacts that this guardian blocked stay blocked: not after a safety exit (A19)."""


def standing(link: Link, *, now: datetime) -> Standing:
    """What of the guardian's layer applies at `now`."""
    current = as_of(link, now=now)
    match current.state:
        case LinkState.ACTIVE:
            return _while_active(current, now)
        case LinkState.ENDING:
            return Standing(
                use=LayerUse.NOTICE,
                frozen=_frozen(current, now) | (current.scopes & {Scope.SET_TIME}),
                frozen_until=current.notice_until,
                held=HELD_SCOPES,
                contacts_held=True,
            )
        case LinkState.ENDED:
            return _after_end(current, now)


def may_keep_rules(link: Link, actor: Actor, *, now: datetime) -> Refusal | None:
    """Whether "keep these as my own rule" is on offer: None is yes.

    A guardian keeps today's values while the link lets them write; a teen keeps a leaving
    guardian's values until the hold is over and the layer is gone.
    """
    kept = standing(link, now=now)
    if actor is Actor.GUARDIAN and kept.live:
        return None
    if actor is Actor.TEEN and kept.use in {LayerUse.NOTICE, LayerUse.HOLD}:
        return None
    return Refusal(Reason.NOTHING_TO_KEEP)


def _frozen(link: Link, now: datetime) -> Scopes:
    return frozenset(freeze.scope for freeze in link.freezes if now < freeze.until)


def _while_active(link: Link, now: datetime) -> Standing:
    running = [freeze.until for freeze in link.freezes if now < freeze.until]
    return Standing(
        use=LayerUse.PROBATION if in_probation(link, now=now) else LayerUse.LIVE,
        live=link.scopes & (HELD_SCOPES | {Scope.SET_TIME}),
        frozen=_frozen(link, now),
        frozen_until=min(running, default=None),
        contacts_held=True,
    )


def _after_end(link: Link, now: datetime) -> Standing:
    until = hold_until(link)
    if until is None or now >= until:
        return Standing(use=LayerUse.GONE)
    return Standing(
        use=LayerUse.HOLD,
        held=HELD_SCOPES,
        held_until=until,
        contacts_held=link.cause is not Cause.EXIT,
    )
