"""What a guardian may know of the entries about a day's time, requests and agreements.

Their own layer and what they were asked, whole; of others only the effect on what a day allows,
never who another guardian is, what they gave without an effect, or what they were asked.
"""

from collections.abc import Set as AbstractSet

import msgspec

from familypair.schema.accounts import Kind
from familypair.schema.ledger import (
    AgreementEnded,
    AgreementMade,
    AutoRuleChanged,
    BlockLifted,
    RequestClosed,
    TimeChanged,
    TimePosted,
)
from familypair.schema.scopes import Scope

ANOTHER_GUARDIAN = "another_guardian"
_TIME = frozenset({Scope.SEE_TIME, Scope.SET_TIME})

TimeEntry = (
    TimePosted
    | TimeChanged
    | RequestClosed
    | BlockLifted
    | AgreementMade
    | AgreementEnded
    | AutoRuleChanged
)


def time_for_guardian(
    entry: TimeEntry, viewer: str, scopes: AbstractSet[Scope], known: AbstractSet[str]
) -> TimeEntry | None:
    """The entry as this guardian may read it, or None for no entry at all."""
    match entry:
        case TimePosted():
            return _posted(entry, viewer, scopes)
        case TimeChanged():
            return entry if scopes & _TIME else None
        case RequestClosed():
            return _closed(entry, viewer, known)
        case BlockLifted():
            return _lifted(entry, viewer, scopes, known)
        case AgreementMade() | AgreementEnded():
            return _agreed(entry, viewer, known)
        case AutoRuleChanged():
            return entry if entry.owner == viewer else None


def time_actor(entry: TimeEntry) -> str:
    """The doer for a guardian who is not the doer, after `time_for_guardian`."""
    match entry:
        case TimeChanged():
            return entry.by
        case TimePosted() | BlockLifted():
            return _kind(entry.owner_kind)
        case RequestClosed() | AgreementEnded():
            return entry.by or "platform"
        case _:
            return "teen"


def _kind(owner_kind: str) -> str:
    if owner_kind == Kind.GUARDIAN:
        return ANOTHER_GUARDIAN
    return "teen" if owner_kind == Kind.TEEN else "platform"


def _posted(entry: TimePosted, viewer: str, scopes: AbstractSet[Scope]) -> TimeEntry | None:
    if entry.owner == viewer:
        return entry
    if not scopes & _TIME or entry.limit_before == entry.limit_after:
        return None
    by = _kind(entry.owner_kind)
    return TimeChanged(by=by, day=entry.day, before=entry.limit_before, after=entry.limit_after)


def _closed(entry: RequestClosed, viewer: str, known: AbstractSet[str]) -> RequestClosed | None:
    if viewer not in entry.asked:
        return None
    by, name = entry.by, entry.by_name
    if by not in {"", "teen", viewer} and by not in known:
        by, name = ANOTHER_GUARDIAN, ""
    return msgspec.structs.replace(entry, asked=(viewer,), by=by, by_name=name)


def _lifted(
    entry: BlockLifted, viewer: str, scopes: AbstractSet[Scope], known: AbstractSet[str]
) -> BlockLifted | None:
    if not scopes & (_TIME | {Scope.SEE_SETTINGS}):
        return None
    if entry.owner == viewer or entry.owner in known or entry.owner_kind != Kind.GUARDIAN:
        return entry
    return msgspec.structs.replace(entry, owner=ANOTHER_GUARDIAN, owner_name="", ref="")


def _agreed(
    entry: AgreementMade | AgreementEnded, viewer: str, known: AbstractSet[str]
) -> AgreementMade | AgreementEnded | None:
    if viewer not in entry.with_ids:
        return None
    mine = tuple(who for who in entry.with_ids if who == viewer or who in known)
    if isinstance(entry, AgreementMade):
        return msgspec.structs.replace(entry, with_ids=mine)
    by = entry.by if entry.by in {"", "teen", viewer} or entry.by in known else ANOTHER_GUARDIAN
    return msgspec.structs.replace(entry, with_ids=mine, by=by)
