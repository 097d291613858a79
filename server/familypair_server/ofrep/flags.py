"""From a teen's policy to flags: which settings are flags, and what each one says. Pure.

Lists of words, accounts and stretches of time are none: they are not for flags, and hold what a
family wrote.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from familypair.rules.decide.search import by_of
from familypair.rules.layers import Effective, Policy, effective
from familypair.schema.base import Answer
from familypair.settings import FIELDS, Field, Kind

NO_RULE: Final = -1
"""The number of a flag whose setting is "none": a flag keeps its type whatever it says."""
STATIC: Final = "STATIC"
TARGETING_MATCH: Final = "TARGETING_MATCH"
_KINDS: Final = {Kind.TOGGLE, Kind.CHOICE, Kind.MINUTES, Kind.TIME_OF_DAY, Kind.NUMBERS}


class Flag(Answer, frozen=True, kw_only=True):
    """One evaluated flag (OFREP `evaluationSuccess`)."""

    key: str
    """The setting's path."""
    value: bool | int | str | Mapping[str, Any]
    variant: str
    """The value as the settings API says it."""
    reason: str
    """`STATIC`: the starting value. `TARGETING_MATCH`: somebody decided it for this teen."""
    metadata: Mapping[str, str | int]
    """`decided_by`: `platform`, `guardian` or `teen`; `policy_version`."""


class Flags(Answer, frozen=True, kw_only=True):
    """Every flag of a teen (OFREP `bulkEvaluationSuccess`)."""

    flags: tuple[Flag, ...]
    metadata: Mapping[str, int]


def is_flag(row: Field) -> bool:
    """Whether a setting has one value for a teen that says no word of anybody."""
    return row.meets and row.kind in _KINDS


KEYS: Final = tuple(path for path, row in FIELDS.items() if is_flag(row))
"""Every flag, in the order of the registry."""


def flags_of(policy: Policy, version: int, now: datetime, keys: tuple[str, ...] = KEYS) -> Flags:
    """What holds now, as flags."""
    found = effective(policy, now=now, fields=keys)
    told = tuple(_flag(FIELDS[path], one, version) for path, one in found.items())
    return Flags(flags=told, metadata={"policy_version": version})


def _flag(row: Field, found: Effective, version: int) -> Flag:
    said: Any = row.order.encode(cast("Any", found.value))
    words: list[Any] = said if row.kind is Kind.NUMBERS else [said]
    decided = found.decided_by[0]
    return Flag(
        key=row.path,
        value=_typed(row.kind, said),
        variant=",".join(map(str, words)),
        reason=STATIC if found.starting else TARGETING_MATCH,
        metadata={"decided_by": by_of(decided), "policy_version": version},
    )


def _typed(kind: Kind, said: Any) -> bool | int | str | Mapping[str, Any]:
    match kind:
        case Kind.TOGGLE:
            return bool(said == "on")
        case Kind.MINUTES:
            return said if isinstance(said, int) else NO_RULE
        case Kind.NUMBERS:
            return {"values": said}
        case _:
            return str(said)
