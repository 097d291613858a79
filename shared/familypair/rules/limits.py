"""Limits that protect people from floods and guessing (product.md section 2; security.md T9).

The caller counts in the database, inside the transaction that acts; these functions judge the
counts as they are before the act. What must stay silent answers as a wrong code does.
"""

from datetime import datetime, timedelta

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor

DAY = timedelta(hours=24)
BLOCK = timedelta(days=7)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers; the first two are operator settings."""

    teens_per_guardian: int = 10
    guardians_per_teen: int = 6
    link_requests_per_day: int = 3
    """Per guardian, in any 24 hours: invitations that a teen has seen."""
    offers_per_day: int = 30
    """Codes and links that one person may make in any 24 hours, seen by somebody or not."""
    pending_per_teen: int = 3
    wrong_guesses_per_account: int = 5
    """In any hour."""
    wrong_guesses_per_address: int = 20
    """In any hour."""


DEFAULT = Limits()


class PairHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What happened before between this guardian and this teen."""

    declined_at: datetime | None = None
    """The latest decline."""
    declined_by: Actor | None = None
    exited: bool = False
    """Whether a safety exit stands between them that no operator has lifted."""
    linked: bool = False
    """Whether a link of theirs is active or ending, as the claimer may know it
    (`links.as_seen_by`): to a guardian a silent exit still reads as linked."""


def guardian_allowed(
    *, requests_last_day: int, linked: int, limits: Limits = DEFAULT
) -> Refusal | None:
    """Whether this guardian may offer or claim: 3 requests that a teen saw in a day, 10 teens."""
    if linked >= limits.teens_per_guardian:
        return Refusal(Reason.TOO_MANY_TEENS, params={"max": limits.teens_per_guardian})
    if requests_last_day >= limits.link_requests_per_day:
        return Refusal(Reason.TOO_MANY_LINK_REQUESTS, params={"max": limits.link_requests_per_day})
    return None


def offer_allowed(*, offers_last_day: int, limits: Limits = DEFAULT) -> Refusal | None:
    """Whether this person may make one more code: honest people throw some away."""
    if offers_last_day >= limits.offers_per_day:
        return Refusal(Reason.TOO_MANY_REQUESTS)
    return None


def teen_allowed(*, pending: int, linked: int, limits: Limits = DEFAULT) -> Refusal | None:
    """Whether this teen may offer or claim: 3 pending, 6 guardians."""
    if linked >= limits.guardians_per_teen:
        return Refusal(Reason.TOO_MANY_GUARDIANS, params={"max": limits.guardians_per_teen})
    if pending >= limits.pending_per_teen:
        return Refusal(Reason.TOO_MANY_PENDING, params={"max": limits.pending_per_teen})
    return None


def claim_allowed(
    *, own: Refusal | None, other: Refusal | None, pair: Refusal | None
) -> Refusal | None:
    """One answer from three: the claimer's own limit is named, the other side's never.

    `own` and `other` come from `guardian_allowed` and `teen_allowed`, `pair` from `pair_allowed`
    for this claimer. That the other side is full, or blocked the claimer, reads as a wrong code.
    """
    if own is not None:
        return own
    if pair is not None:
        return pair
    return None if other is None else Refusal(Reason.CODE_NOT_VALID, "/code")


def approve_allowed(*, guardian_links: int, teen_links: int, limits: Limits = DEFAULT) -> bool:
    """Whether there is still room on both sides at the instant of approval."""
    return guardian_links < limits.teens_per_guardian and teen_links < limits.guardians_per_teen


def is_blocked(pair: PairHistory, *, now: datetime) -> bool:
    """Whether a decline of the last 7 days still blocks the pair."""
    return pair.declined_at is not None and now < pair.declined_at + BLOCK


def pair_allowed(pair: PairHistory, *, claimer: Actor, now: datetime) -> Refusal | None:
    """Whether these two may begin again, in words for the claimer. None is yes.

    A block is silent: only the side that made it (declined, or left by a safety exit) is told;
    to the other it is a wrong code. An existing link is known to both.
    """
    if pair.exited and claimer is Actor.TEEN:
        return Refusal(Reason.PROTECTIVE_HOLD)
    if pair.linked:
        return Refusal(Reason.ALREADY_LINKED)
    if pair.exited:
        return Refusal(Reason.CODE_NOT_VALID, "/code")
    if is_blocked(pair, now=now):
        return _told(pair.declined_by, claimer, Reason.PAIR_BLOCKED)
    return None


def _told(blocker: Actor | None, claimer: Actor, reason: Reason) -> Refusal:
    return Refusal(reason) if claimer is blocker else Refusal(Reason.CODE_NOT_VALID, "/code")
