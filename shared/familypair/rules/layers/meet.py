"""`effective`: the strictest of the layers' answers, with the names of those who decided."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from familypair.rules.days import day_at
from familypair.rules.layers.model import (
    DAY_STARTS_AT,
    DEFAULT,
    Effective,
    Policy,
    Said,
    Source,
)
from familypair.rules.layers.pairs import AT_LIMIT, DAILY, Pair, least, standing_pairs, steps_of
from familypair.rules.layers.voices import day_starts_at, source_of, speakers, voices
from familypair.rules.schedule import weekday_of
from familypair.settings import FIELDS, Field, field


def effective(
    policy: Policy, *, now: datetime, fields: Iterable[str] | None = None
) -> dict[str, Effective]:
    """What holds at `now` for the given paths (all of them when None), in the order given.

    Work is per field: a write asks only for what it touches. Raises KeyError for no path.
    """
    return {path: _one(policy, field(path), now) for path in (FIELDS if fields is None else fields)}


def _one(policy: Policy, row: Field, now: datetime) -> Effective:
    if row.path == DAY_STARTS_AT:
        return _day_start(policy, now)
    if row.path.startswith(DAILY):
        return _limit(policy, row.path, now)
    if row.path == AT_LIMIT:
        return _at_limit(policy, now)
    return _met(policy, row, now) if row.meets else _apart(policy, row, now)


def _day_start(policy: Policy, now: datetime) -> Effective:
    """The teen's own value; an old one stays in force until its last day is over (A20)."""
    value = day_starts_at(policy, now)
    mine = DAY_STARTS_AT in policy.teen.values or DAY_STARTS_AT in policy.teen.outgoing
    source = source_of(policy.teen) if mine else DEFAULT
    said = [Said(source=source, value=value)]
    return _result(DAY_STARTS_AT, value, said, [True])


def _met(policy: Policy, row: Field, now: datetime) -> Effective:
    said = voices(policy, row, now)
    value = row.order.meet([one.value for one in said])
    wins = [row.order.decides(one.value, value) for one in said]
    return _result(row.path, value, said, wins)


def _result(
    path: str,
    value: object,
    said: Sequence[Said],
    wins: Sequence[bool],
) -> Effective:
    decided = tuple(one.source for one, won in zip(said, wins, strict=True) if won)
    return Effective(
        path=path,
        value=cast("str", value),
        decided_by=decided,
        says=tuple(
            Said(
                source=one.source,
                value=one.value,
                wins=won,
                completed=one.completed,
                waits=one.waits,
            )
            for one, won in zip(said, wins, strict=True)
        ),
        starting=decided == (DEFAULT,),
    )


def _apart(policy: Policy, row: Field, now: datetime) -> Effective:
    """A field that belongs to each layer alone: nothing meets, everybody's value is listed."""
    said = tuple(
        Said(source=source_of(layer), value=layer.values[row.path], wins=True)
        for layer in speakers(policy, row, now)
        if row.path in layer.values
    )
    return Effective(path=row.path, value=None, decided_by=(), says=said)


def _limit(policy: Policy, path: str, now: datetime) -> Effective:
    sums = standing_pairs(policy, path.removeprefix(DAILY), now)
    value = least(sums)
    said = [_said(s, s.limit, completed=s.limit_completed) for s in sums]
    return _with_steps(_result(path, value, said, [s.limit == value for s in sums]), sums)


def _at_limit(policy: Policy, now: datetime) -> Effective:
    """Today's outcome at the nearest limit; the steps say what follows (A4)."""
    weekday = weekday_of(day_at(policy.regimes(), now).date)
    sums = standing_pairs(policy, weekday, now)
    steps = steps_of(sums)
    value = steps[0].outcome if steps else field(AT_LIMIT).order.meet([s.at for s in sums])
    sources: tuple[Source, ...] = steps[0].sources if steps else ()
    said = [_said(s, s.at, completed=s.at_completed) for s in sums]
    wins = [s.source in sources if steps else s.at == value for s in sums]
    return _with_steps(_result(AT_LIMIT, value, said, wins), sums)


def _said(pair: Pair, value: int | str, *, completed: bool) -> Said:
    return Said(source=pair.source, value=value, completed=completed, waits=pair.waits)


def _with_steps(found: Effective, sums: Sequence[Pair]) -> Effective:
    return Effective(
        path=found.path,
        value=found.value,
        decided_by=found.decided_by,
        says=found.says,
        starting=found.starting,
        steps=steps_of(sums),
    )
