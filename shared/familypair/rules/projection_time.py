"""What a guardian may know of the entries about a day's time, requests and agreements.

Their own layer and what they were asked, whole; of others only the effect on what a day allows,
never who another guardian is, what they gave without an effect, or what they were asked.
"""

from collections.abc import Set as AbstractSet

import msgspec

from familypair.rules.visible import may_see
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
_UNDONE = "undone"
"""How much of a gift was unused, a guardian without `see_time` is not told."""

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
            return _agreed(entry, viewer, scopes, known)
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
    """Their own line; of another layer's only what the day allows before and after.

    Seconds and limits are those of the arithmetic that this guardian may know (product.md section
    8): what is nothing there is no entry. They stay in it, so that it can be read again with the
    scopes of another day.
    """
    sees_use, own = Scope.SEE_TIME in scopes, entry.owner == viewer
    read = (entry.told if sees_use else None) or entry.blind
    if read is None or not (own or scopes & _TIME):
        return None
    before, after = read.limit_before, read.limit_after
    if own:
        untold = not sees_use and entry.kind == _UNDONE
        told = msgspec.structs.replace(
            entry,
            seconds=0 if untold else read.seconds,
            limit_before=before,
            limit_after=after,
            told=entry.told if sees_use else None,
        )
        return told if read.seconds else None
    if before == after:
        return None
    return TimeChanged(by=_kind(entry.owner_kind), day=entry.day, before=before, after=after)


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
    entry: AgreementMade | AgreementEnded,
    viewer: str,
    scopes: AbstractSet[Scope],
    known: AbstractSet[str],
) -> AgreementMade | AgreementEnded | None:
    """For those who agreed, with the fields that they may see; others read nothing of it."""
    if viewer not in entry.with_ids:
        return None
    mine = tuple(who for who in entry.with_ids if who == viewer or who in known)
    paths = tuple(path for path in entry.paths if may_see(path, scopes))
    if isinstance(entry, AgreementMade):
        return msgspec.structs.replace(entry, with_ids=mine, paths=paths)
    by = entry.by if entry.by in {"", "teen", viewer} or entry.by in known else ANOTHER_GUARDIAN
    return msgspec.structs.replace(entry, with_ids=mine, paths=paths, by=by)
