"""What stays of a guardian's layer when a link ends (product.md section 3; A3, A19, A23).

The durations are the handshake's; these are the values. Supervision ends, protection does not: the
time rules stay for the notice period as the loosest of the last 7 days, and what protects contact,
privacy and search stays as a hold of the platform.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec

from familypair.rules.layers.model import Effective, Hold
from familypair.rules.layers.pairs import AT_LIMIT
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Band, Contact, Field, FieldClass, Kind, Value, field

LOOK_BACK: Final = timedelta(days=7)
_ASK: Final = "ask"
_SETS: Final = frozenset({Kind.TERMS, Kind.CONTACTS})


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one guardian's layer from an instant until the next version."""

    at: datetime
    values: Mapping[str, Value]


def notice_layer(history: Sequence[Version], *, now: datetime, band: Band) -> dict[str, Value]:
    """The time rules of a guardian whom the teen leaves, frozen for the notice period.

    Field by field the loosest of the last 7 days, so tightening on the eve of the end gains
    nothing. Silence counts as the default that held then. `at_limit` is at most `ask`, answered by
    the teen's own recorded choice, since nobody is left to give a code. `history` is in order of
    time and begins with the link.
    """
    versions = _in_force(history, now)
    rows = (row for row in FIELDS.values() if row.scope is Scope.SET_TIME)
    found = {row.path: _loosest(row, versions, band) for row in rows}
    if found[AT_LIMIT] is not None:
        found[AT_LIMIT] = field(AT_LIMIT).order.join([found[AT_LIMIT], _ASK])
    return {path: value for path, value in found.items() if value is not None}


def _in_force(history: Sequence[Version], now: datetime) -> list[Version]:
    """The versions in force at some instant of the last 7 days."""
    start = now - LOOK_BACK
    earlier = [version for version in history if version.at <= start][-1:]
    return earlier + [version for version in history if start < version.at <= now]


def _loosest(row: Field, versions: Sequence[Version], band: Band) -> Value | None:
    spoken = [v.values[row.path] for v in versions if row.path in v.values]
    if not spoken:
        return None
    if len(spoken) == len(versions):
        return cast("Value", row.order.join(spoken))
    silence = row.default(band) if row.cls is FieldClass.REPLACE else row.order.loosest
    found: Any = row.order.join([*spoken, silence])
    return None if found == silence else cast("Value", found)


def platform_hold(
    found: Mapping[str, Effective],
    *,
    owner: str,
    until: datetime,
    safety_exit: bool = False,
    link: str = "",
) -> Hold:
    """Contact, privacy and search as they last held, kept by the platform.

    Of lists (words, contacts) only what the leaving guardian `owner` had put there, so that nobody
    else loses the say over their own entries. After a safety exit the contacts that this guardian
    had blocked are free at once (A19). `found` is `effective` at the end of the link.
    """
    values = {
        one.path: _held(field(one.path), one, owner, free=safety_exit)
        for one in found.values()
        if field(one.path).meets and field(one.path).scope is not Scope.SET_TIME
    }
    return Hold(values=values, until=until, link=link)


def _held(row: Field, one: Effective, owner: str, *, free: bool) -> Value:
    if row.kind not in _SETS:
        return cast("Value", one.value)
    if row.kind is Kind.CONTACTS and free:
        return frozenset[Contact]()
    met: Any = row.order.meet([s.value for s in one.says if s.source.id == owner] or [frozenset()])
    return cast("Value", met)
