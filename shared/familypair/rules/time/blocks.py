"""Blocked time: the union of every layer's own blocks, and who decided each stretch of it.

Each layer is read by itself, its dated exceptions and its openings included (R0, A6); then they
unite. A layer whose voice ends within the time falls silent at that instant (A3).
"""

import functools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar, cast

import msgspec

from familypair.rules.layers.model import CAP, HOLD, Layer, LayerState, Policy, Source
from familypair.rules.layers.voices import cap_of, source_of
from familypair.rules.time.model import Lifted
from familypair.rules.time.stretches import (
    DAY,
    Claimed,
    Stretch,
    instant_of,
    seconds_of,
)
from familypair.rules.time.voiced import Voice, claims, stretches, times, voice
from familypair.settings import Block, DayException, Field, Window, field

BLOCKS: Final = "schedule.blocks"
EXCEPTIONS: Final = "schedule.exceptions"
MUTE: Final = "notifications.mute"
LOOK_AHEAD: Final = 8 * DAY
"""How far ahead an end or a next block is looked for: a whole week and a day."""
_NEAR: Final = 2 * DAY
_LATE: Final = datetime.max.replace(tzinfo=UTC)


T = TypeVar("T", bound=Hashable)


class BlockNow(msgspec.Struct, frozen=True, kw_only=True):
    """A block that runs: who says so, and when the app opens again."""

    by: tuple[Source, ...]
    """In the order in which ties are named (A8)."""
    kind: str
    label: str
    """Of the first of `by`: to be shown only to who may read it."""
    start: datetime
    """Since when these people block; at most 8 days are looked at."""
    until: datetime
    """When nobody blocks any more; the end of what was looked at if that never comes."""


class NextBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A block that begins later."""

    by: tuple[Source, ...]
    kind: str
    label: str
    start: datetime
    end: datetime


def blocked(
    policy: Policy, lifted: Sequence[Lifted], start: datetime, end: datetime
) -> tuple[Stretch, ...]:
    """All blocked time of `[start, end)` and who decided each stretch."""
    return _blocked(policy, lifted, seconds_of(start), seconds_of(end))


def blocked_at(policy: Policy, lifted: Sequence[Lifted], instant: datetime) -> BlockNow | None:
    """The block that runs at an instant, if one does."""
    at = seconds_of(instant)
    found = _blocked(policy, lifted, at - DAY, at + _NEAR)
    place = next((n for n, one in enumerate(found) if one.start <= at < one.end), None)
    if place is None:
        return None
    until = _runs_until(found[place:])
    if until == at + _NEAR:
        until = _runs_until(_blocked(policy, lifted, at, at + LOOK_AHEAD))
    sources, kind, label = _first_named(found[place])
    start = instant_of(found[place].start)
    return BlockNow(by=sources, kind=kind, label=label, start=start, until=instant_of(until))


def next_block(policy: Policy, lifted: Sequence[Lifted], instant: datetime) -> NextBlock | None:
    """The first block that begins after an instant at which the app is open, within 8 days."""
    at = seconds_of(instant)
    for ahead in (_NEAR, LOOK_AHEAD):
        found = _blocked(policy, lifted, at, at + ahead)
        places = (n for n in range(len(found)) if _begins(found, n, at))
        place = next(places, None)
        if place is None:
            continue
        until = _runs_until(found[place:])
        if until < at + ahead or ahead == LOOK_AHEAD:
            sources, kind, label = _first_named(found[place])
            start, end = instant_of(found[place].start), instant_of(until)
            return NextBlock(by=sources, kind=kind, label=label, start=start, end=end)
    return None


def _begins(found: Sequence[Stretch], place: int, at: int) -> bool:
    """Whether the app is open right before this stretch."""
    one = found[place]
    return one.start > at and (place == 0 or found[place - 1].end < one.start)


def _runs_until(found: Sequence[Stretch]) -> int:
    until = found[0].start
    for one in found:
        if one.start > until:
            break
        until = one.end
    return until


def _first_named(one: Stretch) -> tuple[tuple[Source, ...], str, str]:
    sources = tuple(dict.fromkeys(claim.source for claim in one.by))
    return sources, one.by[0].kind, one.by[0].label


def _blocked(policy: Policy, lifted: Sequence[Lifted], start: int, end: int) -> tuple[Stretch, ...]:
    return stretches(block_voices(policy, lifted), policy.regimes(), start, end)


def block_times(
    policy: Policy, lifted: Sequence[Lifted], start: datetime, end: datetime
) -> Sequence[tuple[int, int]]:
    """All blocked time of `[start, end)` in seconds, without who decided it."""
    voices = block_voices(policy, lifted)
    return times(voices, policy.regimes(), seconds_of(start), seconds_of(end))


def block_claims(
    policy: Policy, lifted: Sequence[Lifted], start: int, end: int
) -> Iterator[Claimed]:
    """Every block of every layer by itself, in the order in which ties are named."""
    return claims(block_voices(policy, lifted), policy.regimes(), start, end)


def mute_claims(policy: Policy, start: int, end: int) -> Iterator[Claimed]:
    """Every quiet window of everybody who has one, in the order in which ties are named."""
    return claims(mute_voices(policy), policy.regimes(), start, end)


def block_voices(policy: Policy, lifted: Sequence[Lifted]) -> tuple[Voice, ...]:
    """Everybody who blocks time, in the order in which ties are named."""
    row = field(BLOCKS)
    found = [voice(CAP, _once(cast("tuple[Block, ...]", cap_of(policy, row) or ())))]
    for layer, until in _speaking(policy, row):
        blocks = cast("tuple[Block, ...]", layer.values.get(BLOCKS, ()))
        exceptions = cast("tuple[DayException, ...]", layer.values.get(EXCEPTIONS, ()))
        own = [o for o in lifted if o.owner == layer.owner]
        holes = tuple((seconds_of(o.start), seconds_of(o.end)) for o in own)
        found.append(voice(source_of(layer), blocks, exceptions, until, holes))
    return _audible(found)


def mute_voices(policy: Policy) -> tuple[Voice, ...]:
    """Everybody who has quiet windows: they unite minute by minute (A15)."""
    row = field(MUTE)
    found = [voice(CAP, _once(_windows(cap_of(policy, row))))]
    for hold in policy.holds:
        held = _windows(hold.values.get(MUTE))
        found.append(voice(HOLD, held, until=seconds_of(hold.until)))
    for layer, until in _speaking(policy, row):
        found.append(voice(source_of(layer), _windows(layer.values.get(MUTE)), until=until))
    return _audible(found)


@functools.lru_cache(maxsize=256)
def _once(value: T) -> T:
    """The same object for the same value: a cap is worked out anew each time."""
    return value


def _audible(found: Iterable[Voice]) -> tuple[Voice, ...]:
    return tuple(one for one in found if one.spans.value or one.exceptions.value)


def _windows(value: object) -> tuple[Window, ...]:
    return cast("tuple[Window, ...]", value or ())


def _speaking(policy: Policy, row: Field) -> Iterator[tuple[Layer, int | None]]:
    """The layers with a say, by link date, and the second in which they fall silent."""
    for layer in _owners(policy, row):
        if layer.may_speak(row, _LATE):
            yield layer, None
        elif layer.state is not LayerState.ENDED and row.scope in layer.frozen:
            yield layer, seconds_of(layer.frozen[row.scope])


def _owners(policy: Policy, row: Field) -> Iterable[Layer]:
    return (one for one in (policy.teen, *policy.guardians) if one.kind in row.writers)
