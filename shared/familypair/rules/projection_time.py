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
_FROM_USE = frozenset({"roll_over", "correction", "write_off"})
_MINUTE = 60
_STEP = 15 * _MINUTE
"""Seconds of the steps in which a guardian reads use."""

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

    A line that follows from use is told in the steps of 15 minutes in which use itself is told,
    and not at all without `see_time` (product.md section 8).
    """
    tells_use = entry.by_use or entry.kind in _FROM_USE
    own = entry.owner == viewer
    if not (own or scopes & _TIME) or (tells_use and Scope.SEE_TIME not in scopes):
        return None
    before = _coarse(entry.limit_before, entry.use_lines - entry.by_use)
    after = _coarse(entry.limit_after, entry.use_lines)
    if own:
        seconds = _stepped(entry.seconds) if entry.by_use else entry.seconds
        told = msgspec.structs.replace(
            entry, seconds=seconds, limit_before=before, limit_after=after
        )
        return told if seconds or not entry.by_use else None
    if before == after:
        return None
    return TimeChanged(by=_kind(entry.owner_kind), day=entry.day, before=before, after=after)


def _coarse(limit: int | None, use_lines: int) -> int | None:
    """A limit with a line that follows from use tells how much that was."""
    return limit if limit is None or not use_lines else _stepped(limit)


def _stepped(seconds: int) -> int:
    """Toward less than there was: down for what is added, further down for what is taken back."""
    return seconds // _STEP * _STEP


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
