"""Agreements: a mark on rules with a date to look at them again, never a lock (algebra.md A24)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from familypair.settings import flatten


class AgreementState(StrEnum):
    """Where an agreement stands."""

    AGREED = "agreed"
    REVIEW_DUE = "review_due"
    ENDED = "ended"


class Agreed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A plan that a teen and some guardians agreed on."""

    title: str
    patch: dict[str, Any]
    with_ids: tuple[str, ...]
    """The guardians who agreed."""
    agreed_at: datetime
    review_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    """Account id of a guardian, `teen`, or empty for time."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The fields that it is about."""
        return tuple(flatten(self.patch))


def state_of(agreed: Agreed, now: datetime) -> AgreementState:
    """Ended, due for a look, or standing."""
    if agreed.ended_at is not None:
        return AgreementState.ENDED
    return AgreementState.REVIEW_DUE if now >= agreed.review_at else AgreementState.AGREED


def ends_with(
    agreed: Agreed, owner: str, teen: str, paths: Iterable[str], moved: Mapping[str, bool]
) -> bool:
    """Whether this owner's write of some fields ends the mark.

    A party's write of a field of it always does. Somebody else's does when it changes what holds:
    else the end would tell the parties of a rule that they may not know.
    """
    touched = set(agreed.paths) & set(paths)
    if agreed.ended_at is not None or not touched:
        return False
    return owner == teen or owner in agreed.with_ids or any(moved.get(path) for path in touched)
