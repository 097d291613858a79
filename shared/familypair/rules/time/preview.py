"""What a draft would change: the next 7 days hour by hour, and the last 28 replayed (product.md 4).

Everything is made of what the viewer may see. Of past days a guardian knows how much was used and
the coarse half hours, so the part that falls into blocks is estimated from these: a draft with a
block of one minute must not tell when the app was open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final

import msgspec

from familypair.rules.days import Day, days_from
from familypair.rules.layers.model import Policy
from familypair.rules.layers.pairs import day_limit, day_pairs, rungs_of
from familypair.rules.schedule import weekday_of
from familypair.rules.time.blocks import block_times
from familypair.rules.time.calendar import MOST_SPANS, View, outline, view_of
from familypair.rules.time.insight import CELL_MS, LEVELS
from familypair.rules.time.model import Lifted, Posting, Spans
from familypair.rules.time.postings import of_day, posted
from familypair.rules.time.spans import clip, measure, to_ms
from familypair.rules.time.stretches import instant_of, seconds_of
from familypair.rules.zones import zone
from familypair.schema.settings import PastDay, PreviewDay, PreviewHour
from familypair.schema.time import DayUse
from familypair.settings import field, say_minutes

DAYS_AHEAD: Final = 7
_STOPPING: Final = frozenset({"ask", "stop"})
_STATES: Final = ("block", "wind_down", "mute")
"""What an hour is called: the first of these that covers it, else `free`."""
_SAYS: Final = {
    "free": "free",
    "block": "blocked",
    "wind_down": "wind-down",
    "mute": "notifications quiet",
}
_MINUTE: Final = 60


class Versions(msgspec.Struct, frozen=True):
    """The policy as it is, and as it would be, each at the instant at which it is looked at."""

    before: Policy
    after: Policy
    now: datetime
    after_at: datetime
    """When the draft is in force: later than `now` where it waits for the end of probation."""


class Record(msgspec.Struct, frozen=True):
    """What is known of past days: as the viewer sees their use, and what changed their limits."""

    seen: Sequence[tuple[Day, DayUse]]
    postings: Sequence[Posting] = ()
    lifted: Sequence[Lifted] = ()


# Ahead


def ahead(
    versions: Versions,
    viewer: str,
    *,
    names: Mapping[str, str] | None = None,
    lifted: Sequence[Lifted] = (),
) -> tuple[PreviewDay, ...]:
    """The next 7 days, each with its limit before and after and the stretches that differ.

    Empty for a viewer who may not see the calendar.
    """
    views: list[View] = []
    for policy in (versions.before, versions.after):
        view = view_of(policy, viewer, now=versions.now, names=names, lifted=lifted)
        if view is None or not view.may_read("schedule.blocks"):
            return ()
        views.append(view)
    days, later = (tuple(days_from(v.policy.regimes(), v.now, DAYS_AHEAD)) for v in views)
    limits = {day.date: _limit(views[1], day) for day in later}
    changes = list(_changes(outline(views[0], days), outline(views[1], later)))
    return tuple(
        PreviewDay(
            date=day.date,
            weekday=weekday_of(day.date),
            limit_before=(limit := _limit(views[0], day)),
            limit_after=limits.get(day.date, limit),
            hours=tuple(_hours(day, changes, versions.before.zone)),
        )
        for day in days
    )


def _limit(view: View, day: Day) -> int | str:
    return day_limit(view.policy, day.date, now=max(view.now, day.start)).minutes


Change = tuple[int, int, str, str]
"""A stretch in seconds whose state is another, and its state before and after."""


def _changes(before: Mapping[str, Spans], after: Mapping[str, Spans]) -> Iterator[Change]:
    """The stretches whose state is another, those that touch and say the same as one."""
    marks = [*_marks(before, 0), *_marks(after, len(_STATES))]
    running = [False] * (2 * len(_STATES))
    open_one: Change | None = None
    for (at, place, begins), (until, *_) in pairwise(sorted(marks)):
        running[place] = begins
        if at == until:
            continue
        old, new = _state(running[: len(_STATES)]), _state(running[len(_STATES) :])
        if open_one is not None and (open_one[1:]) == (at, old, new):
            open_one = (open_one[0], until, old, new)
            continue
        if open_one is not None:
            yield open_one
        open_one = (at, until, old, new) if old != new else None
    if open_one is not None:
        yield open_one


def _marks(found: Mapping[str, Spans], first: int) -> Iterator[tuple[int, int, bool]]:
    """Where a state begins and ends."""
    for place, kind in enumerate(_STATES, first):
        for start, end in found.get(kind, ()):
            yield start, place, True
            yield end, place, False


def _state(running: Sequence[bool]) -> str:
    return next((kind for kind, here in zip(_STATES, running, strict=True) if here), "free")


def _hours(day: Day, changes: Sequence[Change], zone_name: str) -> Iterator[PreviewHour]:
    """The changes of a day, the longest where there are too many."""
    low, high = seconds_of(day.start), seconds_of(day.end)
    here = [
        (max(start, low), min(end, high), old, new)
        for start, end, old, new in changes
        if start < high and low < end
    ]
    if len(here) > MOST_SPANS:
        here = sorted(sorted(here, key=lambda one: one[0] - one[1])[:MOST_SPANS])
    for start, end, old, new in here:
        yield _hour(instant_of(start), instant_of(end), old, new, zone_name)


def _hour(start: datetime, end: datetime, before: str, after: str, zone_name: str) -> PreviewHour:
    clock = zone(zone_name)
    when = f"{start.astimezone(clock):%H:%M}-{end.astimezone(clock):%H:%M}"
    return PreviewHour(
        start=start,
        end=end,
        before=before,
        after=after,
        words=f"{when}: {_SAYS[before]} → {_SAYS[after]}",
    )


# The past


def past(versions: Versions, record: Record) -> tuple[PastDay, ...]:
    """Each day replayed: what would have been stopped, asked about or blocked, now and then.

    Time in a block never counts towards a limit; a reminder stops nothing.
    """
    if not record.seen:
        return ()
    rules = (
        _Rules.of(versions.before, versions.now, record),
        _Rules.of(versions.after, versions.after_at, record),
    )
    return tuple(_replayed(day, seen, rules) for day, seen in record.seen)


class _Rules(msgspec.Struct, frozen=True):
    """One policy over the past days."""

    policy: Policy
    at: datetime
    blocks: Spans
    postings: Mapping[date, Mapping[str, int]]

    @classmethod
    def of(cls, policy: Policy, at: datetime, record: Record) -> "_Rules":
        """Read the policy as it stands at `at`, whatever layers the past had."""
        standing = _standing(policy, at)
        days = [day for day, _ in record.seen]
        found = block_times(standing, record.lifted, days[0].start, days[-1].end)
        spans = tuple((start * 1000, end * 1000) for start, end in found)
        return cls(
            policy, at, spans, {d.date: posted(of_day(record.postings, d.date)) for d in days}
        )

    def threshold(self, day: date) -> int | None:
        """The second of use from which on the app asks or stops; None where it never does."""
        pairs = day_pairs(self.policy, day, now=self.at, posted=self.postings[day])
        return next((r.seconds for r in rungs_of(pairs) if r.outcome in _STOPPING), None)


def _standing(policy: Policy, at: datetime) -> Policy:
    """Without layers that are silent by now: they may have spoken on the days that are replayed."""
    row = field("schedule.blocks")
    guardians = tuple(one for one in policy.guardians if one.may_speak(row, at))
    return msgspec.structs.replace(policy, guardians=guardians)


def _replayed(day: Day, seen: DayUse, rules: tuple[_Rules, _Rules]) -> PastDay:
    before, after = (_stopped(day, seen, one) for one in rules)
    return PastDay(
        date=day.date,
        used_seconds=seen.used_seconds,
        stopped_seconds=after,
        before_stopped_seconds=before,
    )


def _stopped(day: Day, seen: DayUse, rules: _Rules) -> int:
    used = seen.used_seconds
    if not used:
        return 0
    blocks = clip(rules.blocks, to_ms(day.start), to_ms(day.end))
    inside = min(used, _inside(day, seen, blocks)) if blocks else 0
    limit = rules.threshold(day.date)
    return inside if limit is None else inside + max(0, used - inside - limit)


def _inside(day: Day, seen: DayUse, blocks: Spans) -> int:
    """Seconds of use inside blocks: exact where the viewer knows the spans, else estimated."""
    if seen.spans:
        met = (clip(blocks, to_ms(one.start), to_ms(one.end)) for one in seen.spans)
        return sum(map(measure, met)) // 1000
    cells = list(_cells(day, seen))
    whole = sum(weight for *_, weight in cells)
    if not whole or seen.used_seconds is None:
        return 0
    part = sum(
        weight * measure(clip(blocks, start, end)) / (end - start) for start, end, weight in cells
    )
    # cells are rounded up to quarters, so their sum is brought down to what was used
    return round(seen.used_seconds * part / whole / _MINUTE) * _MINUTE


def _cells(day: Day, seen: DayUse) -> Iterator[tuple[int, int, int]]:
    """The half hours that had use: start, end, and how much of them in milliseconds at most."""
    start, end = to_ms(day.start), to_ms(day.end)
    for place, level in enumerate(seen.cells):
        at = start + place * CELL_MS
        if level:
            until = min(at + CELL_MS, end)
            yield at, until, (until - at) * level // LEVELS


# Words


def words(found: Sequence[PreviewDay], days: Sequence[PastDay]) -> tuple[str, ...]:
    """The preview in sentences: what was, what would have been, and what comes."""
    said: list[str] = []
    known = [day for day in days if day.used_seconds is not None]
    if known:
        after = _sum(day.stopped_seconds for day in known)
        before = _sum(day.before_stopped_seconds for day in known)
        said += [f"Would have stopped {_on(after, len(known))}."]
        said += [f"Under today's rules: {_on(before, len(known))}."]
    if unknown := len(days) - len(known):
        which = f"{unknown} of the last {len(days)} days" if known else _last(unknown)
        said += [f"Nothing is known of {which}."]
    changed = sum(1 for day in found if day.hours or day.limit_before != day.limit_after)
    if found:
        many = f"{changed} of the next {len(found)} days"
        said += [
            f"It changes {many}." if changed else f"It changes none of the next {len(found)} days."
        ]
    return tuple(said)


def _last(days: int) -> str:
    return f"the last {days} days" if days > 1 else "the last day"


def _sum(seconds: Iterable[int]) -> tuple[int, int]:
    """How many days, and how many seconds in all."""
    stopped = [one for one in seconds if one > 0]
    return len(stopped), sum(stopped)


def _on(found: tuple[int, int], known: int) -> str:
    days, seconds = found
    whole = f"{known} days" if known > 1 else "1 day"
    if not days:
        return f"on none of {whole}"
    minutes = max(1, round(seconds / _MINUTE))
    return f"on {days} of {whole}, {say_minutes(minutes)} in all"
