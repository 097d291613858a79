"""Our days, blocks and quiet times held against a wall clock, minute by minute."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from familypair.rules.days import Regime, day_after, day_at
from familypair.rules.layers import Policy
from familypair.rules.time.blocks import blocked, mute_claims
from familypair.rules.time.stretches import united
from familypair.settings import Band
from familypair.testing.families import family, guardian
from support.walls import DAY, EPOCH, MINUTE, NEAR, WEEK, Clock, Span

EVERY = WEEK
STARTS: Final = ("00:00", "02:30", "04:00", "23:30")
"""Starts of day that are tried."""
BLOCKS: Final[dict[str, tuple[Span, ...]]] = {
    "crossing midnight": (Span(EVERY, 1320, 420),),
    "into the night change": (Span(EVERY, 90, 150),),
    "inside it": (Span(EVERY, 135, 165), Span(EVERY, 15, 45)),
    "out of it": (Span(EVERY, 150, 190),),
    "over every usual one": (Span(EVERY, 1410, 240),),
    "whole days": (Span(("sat",), 0, 0), Span(("wed",), 0, 0)),
    "some days": (Span(("sat", "sun"), 1380, 60), Span(("fri",), 60, 175), Span(("mon",), 0, 1)),
}
"""What is tried as blocks, each set a policy of its own."""
MUTE: Final = (Span(EVERY, 1290, 130), Span(("sun",), 100, 170), Span(("sat", "sun"), 150, 480))


class Tally(msgspec.Struct):
    """What was looked at, and what differed."""

    zones: int = 0
    transitions: int = 0
    minutes: int = 0
    wrong: int = 0
    first: str = ""
    """The first thing that differed."""

    def add(self, other: "Tally") -> None:
        """Put another one into this one."""
        self.zones += other.zones
        self.transitions += other.transitions
        self.minutes += other.minutes
        self.wrong += other.wrong
        self.first = self.first or other.first

    def note(self, what: str, minutes: int, wrong: int) -> None:
        """One comparison."""
        self.minutes += minutes
        self.wrong += wrong
        if wrong and not self.first:
            self.first = f"{what}: {wrong} minutes"


def written(spans: Sequence[Span], **more: Any) -> list[dict[str, Any]]:
    """Spans as on the wire."""
    return [
        {"days": list(one.days), "start": _text(one.start), "end": _text(one.end or DAY), **more}
        for one in spans
    ]


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def policy_of(zone: str, **fields: Any) -> Policy:
    """Somebody at 18, where the platform adds nothing, with one guardian's rules."""
    return family(guardian("A", fields), zone=zone, band=Band.ADULT)


POLICIES: Final = {
    what: policy_of("UTC", schedule={"blocks": written(spans, kind="sleep")})
    for what, spans in BLOCKS.items()
}
QUIET: Final = policy_of("UTC", notifications={"mute": written(MUTE)})


def check(name: str, clock: ZoneInfo, change: int) -> Tally:
    """Everything around one transition of a zone, which is a minute since 1970."""
    tally = Tally(transitions=1)
    low, high = change - NEAR, change + NEAR
    shown = Clock(clock, low, high)
    start, end = (EPOCH + at * MINUTE for at in (low, high))
    for what, spans in BLOCKS.items():
        ours = blocked(msgspec.structs.replace(POLICIES[what], zone=name), (), start, end)
        found = set(_minutes((one.start, one.end) for one in ours))
        tally.note(f"{name} {start} {what}", high - low, len(found ^ shown.inside(spans)))
    quiet = msgspec.structs.replace(QUIET, zone=name)
    stretches = united(mute_claims(quiet, low * 60, high * 60))
    found = set(_minutes((one.start, one.end) for one in stretches))
    tally.note(f"{name} {start} quiet", high - low, len(found ^ shown.inside(MUTE)))
    for text in STARTS:
        wrong = _wrong_dates(name, text, shown, (start, end))
        tally.note(f"{name} {start} days from {text}", high - low, wrong)
    return tally


def _minutes(spans: Iterator[tuple[int, int]]) -> Iterator[int]:
    for start, end in spans:
        yield from range(start // 60, end // 60)


def _wrong_dates(name: str, text: str, shown: Clock, reach: tuple[datetime, datetime]) -> int:
    """Minutes that our days date otherwise; the days must also follow on each other."""
    regimes = (Regime(zone=name, day_starts_at=text),)
    expected = shown.dates(int(text[:2]) * 60 + int(text[3:]))
    day, at = day_at(regimes, reach[0]), reach[0]
    ours: list[date] = []
    while at < reach[1]:
        until = min(day.end, reach[1])
        ours += [day.date] * ((until - at) // timedelta(minutes=1))
        at, day = until, day_after(regimes, day)
    return sum(one != other for one, other in zip(ours, expected, strict=True))
