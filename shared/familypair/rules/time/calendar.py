"""The effective calendar of a teen: every stretch of the next days with its reason, for one viewer.

What is blocked and quiet is decided in `blocks`; here it is cut into the teen's local days and said
in the words that this viewer may read. Another guardian is only ever "another guardian", without
labels, and only where their rule decides (product.md section 4).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

import msgspec

from familypair.rules.days import Day, days_from, regime_at
from familypair.rules.explain import voice_name
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import Policy, Source, SourceKind
from familypair.rules.layers.pairs import day_limit
from familypair.rules.layers.sight import Viewer, as_seen_by, viewer_of, visible_fields
from familypair.rules.layers.voices import source_of
from familypair.rules.schedule import exceptions_on, weekday_of
from familypair.rules.time.blocks import (
    BLOCKS,
    MUTE,
    BlockNow,
    NextBlock,
    block_voices,
    blocked,
    blocked_at,
    mute_voices,
    next_block,
)
from familypair.rules.time.model import Lifted, Spans
from familypair.rules.time.spans import clip, union
from familypair.rules.time.stretches import (
    DAY,
    MINUTE,
    Claim,
    Stretch,
    instant_of,
    seconds_of,
    wall_seconds,
    within,
)
from familypair.rules.time.voiced import stretches, times
from familypair.rules.zones import first_instant, zone
from familypair.schema.time import CalendarDay, CalendarSpan
from familypair.settings import (
    OFF,
    BlockKind,
    DayException,
    ExceptionKind,
    field,
    say_minutes,
)
from familypair.settings.weekmask import minute_of

__all__ = [
    "BlockNow",
    "NextBlock",
    "blocked",
    "blocked_at",
    "calendar",
    "day_spans",
    "next_block",
]

WIND_DOWN: Final = "schedule.wind_down"
EXCEPTIONS: Final = "schedule.exceptions"
_ROW: Final = field(EXCEPTIONS)
MOST_SPANS: Final = 96
"""Stretches of one day that are listed."""
MOST_NOTES: Final = 20
"""Exceptions of one person on one day that are listed."""
_NOON: Final = 12 * 3600
_WHOLE_DAY: Final = 86_400
_KINDS: Final = {
    BlockKind.SLEEP.value: "Sleep",
    BlockKind.SCHOOL.value: "School",
    BlockKind.AWAY.value: "Time away",
    BlockKind.CUSTOM.value: "Blocked",
}
_TITLES: Final = {"mute": "Notifications quiet", "wind_down": "Wind-down", "lifted": "Opened"}
_CHANGES: Final = {
    ExceptionKind.SWAP_BLOCKS: "other blocked times",
    ExceptionKind.LIFT_BLOCKS: "blocked times lifted",
    ExceptionKind.ADD_BLOCKS: "more blocked times",
    ExceptionKind.LIFT_LIMIT: "no limit",
}


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The policy as one viewer may know it, and what they may read of it."""

    policy: Policy
    viewer: Viewer
    fields: frozenset[str]
    now: datetime
    lifted: tuple[Lifted, ...] = ()

    def may_read(self, path: str) -> bool:
        """Whether a field is theirs to see."""
        return path in self.fields


def view_of(
    policy: Policy,
    viewer: str,
    *,
    now: datetime,
    names: Mapping[str, str] | None = None,
    lifted: Sequence[Lifted] = (),
) -> View | None:
    """How this person sees the calendar; None for somebody without a say or a look here."""
    looking = viewer_of(policy, viewer, names)
    fields = frozenset(visible_fields(policy, viewer))
    if looking is None:
        return None
    shown = as_seen_by(policy, looking, now)
    return View(policy=shown, viewer=looking, fields=fields, now=now, lifted=tuple(lifted))


def calendar(view: View, count: int) -> tuple[CalendarDay, ...]:
    """Today and the days after it, `count` in all."""
    days = tuple(days_from(view.policy.regimes(), view.now, count))
    found = _found(view, days[0].start, days[-1].end)
    who = _Who(view)
    return tuple(_day(view, day, found, who) for day in days)


def day_spans(view: View, day: Day) -> tuple[CalendarSpan, ...]:
    """The stretches of one day, the `MOST_SPANS` longest of them."""
    return _within(view, _found(view, day.start, day.end), day, _Who(view))[0]


def outline(view: View, days: Sequence[Day]) -> dict[str, Spans]:
    """When what is in force on these days, by kind, in seconds: the calendar without its words."""
    start, end = seconds_of(days[0].start), seconds_of(days[-1].end)
    found: dict[str, Spans] = {}
    if view.may_read(BLOCKS):
        found["block"] = times(
            block_voices(view.policy, view.lifted), view.policy.regimes(), start, end
        )
    for kind, every in _quiet(view, start - DAY, end + DAY):
        found[kind] = clip(union((one.start, one.end) for one in every), start, end)
    return found


_Found = Sequence[tuple[str, Sequence[Stretch]]]
"""Of each kind the stretches, disjoint and in order."""


def _found(view: View, start: datetime, end: datetime) -> _Found:
    """Everything from a little before to a little after, so that ends are the true ones."""
    low, high = seconds_of(start) - DAY, seconds_of(end) + DAY
    regimes = view.policy.regimes()
    found: list[tuple[str, Sequence[Stretch]]] = []
    if view.may_read(BLOCKS):
        blocks = stretches(block_voices(view.policy, view.lifted), regimes, low, high)
        found = [("block", blocks), ("lifted", _opened(view, blocks, low, high))]
    return found + _quiet(view, low, high)


def _quiet(view: View, low: int, high: int) -> list[tuple[str, Sequence[Stretch]]]:
    """Quiet times and wind-down."""
    if not view.may_read(MUTE):
        return []
    quiet = stretches(mute_voices(view.policy), view.policy.regimes(), low - DAY, high + DAY)
    found: list[tuple[str, Sequence[Stretch]]] = [("mute", quiet)]
    if view.may_read(WIND_DOWN):
        evenings = wind_downs(view.policy, quiet, low, high, view.now)
        found.append(("wind_down", tuple(evenings)))
    return found


class _Span(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch in words, before it is cut to a day."""

    kind: str
    start: datetime
    end: datetime
    by: tuple[Source, ...]
    block_kind: str = ""
    label: str = ""
    title: str


def _span(view: View, kind: str, one: Stretch) -> _Span:
    sources = tuple(dict.fromkeys(claim.source for claim in one.by))
    start, end = instant_of(one.start), instant_of(one.end)
    if kind != "block":
        return _Span(kind=kind, start=start, end=end, by=sources, title=_TITLES[kind])
    what, label = _named(view, one)
    title = label or _KINDS[what]
    return _Span(
        kind=kind, start=start, end=end, by=sources, block_kind=what, label=label, title=title
    )


def _named(view: View, one: Stretch) -> tuple[str, str]:
    """The kind and label of the first whose words this viewer may read."""
    open_to = [claim for claim in one.by if _may_read_words(view.viewer, claim.source)]
    return (open_to or one.by)[0].kind, open_to[0].label if open_to else ""


def _may_read_words(viewer: Viewer, source: Source) -> bool:
    """Another guardian's labels are theirs and the teen's (product.md section 4)."""
    others = source.kind is SourceKind.GUARDIAN and source.id != viewer.id
    return not others or viewer.knows(source.id)


def _opened(view: View, blocks: Sequence[Stretch], low: int, high: int) -> tuple[Stretch, ...]:
    """Where blocks would be if nobody had opened them."""
    if not view.lifted:
        return ()
    closed = stretches(block_voices(view.policy, ()), view.policy.regimes(), low, high)
    return tuple(
        Stretch(start, end, one.by)
        for one in closed
        for start, end in _rest(one, within(blocks, one.start, one.end))
    )


def _rest(one: Stretch, blocks: Sequence[Stretch]) -> Iterator[tuple[int, int]]:
    at = one.start
    for other in blocks:
        if at < other.start:
            yield at, other.start
        at = other.end
    if at < one.end:
        yield at, one.end


def wind_downs(
    policy: Policy, quiet: Sequence[Stretch], low: int, high: int, now: datetime
) -> Iterator[Stretch]:
    """From the evening's wind-down until the night's mute ends, next noon at the latest (A16).

    `quiet` covers at least a day more than `[low, high)` on both sides.
    """
    for day in days_from(policy.regimes(), instant_of(low), (high - low) // DAY + 1):
        noon = wall_seconds(day.date) + _NOON
        at = first_instant(day.zone, noon)
        found = effective(policy, now=max(now, instant_of(at)), fields=(WIND_DOWN,))
        one = found[WIND_DOWN]
        if one.value == OFF:
            continue
        after_noon = (minute_of(cast("str", one.value)) * MINUTE - _NOON) % DAY
        start = first_instant(day.zone, noon + after_noon)
        end = _night_ends(quiet, start, first_instant(day.zone, noon + DAY), day)
        if start < end:
            yield Stretch(start, end, tuple(map(Claim, one.decided_by)))


def _night_ends(quiet: Sequence[Stretch], start: int, noon: int, day: Day) -> int:
    """When the quiet of this night is over; in a night without any the day's end."""
    end, morning = start, noon - _NOON // 2
    for one in quiet:
        first = end == start and one.end > start and one.start < morning
        if first or (end > start and one.start <= end):
            end = max(end, one.end)
    if end > start:
        return min(end, noon)
    return min(seconds_of(day.end), noon) if seconds_of(day.end) > start else noon


def _within(
    view: View, found: _Found, day: Day, who: "_Who"
) -> tuple[tuple[CalendarSpan, ...], int]:
    """The stretches of a day, the longest where there are too many; and how many are left out."""
    low, high = seconds_of(day.start), seconds_of(day.end)
    here = [(kind, one) for kind, every in found for one in within(every, low, high)]
    left = max(0, len(here) - MOST_SPANS)
    if left:
        here.sort(key=lambda one: max(one[1].start, low) - min(one[1].end, high))
        del here[MOST_SPANS:]
    here.sort(key=lambda one: (one[1].start, one[0]))
    return tuple(_shown(_span(view, kind, one), day, who) for kind, one in here), left


def _shown(one: _Span, day: Day, who: "_Who") -> CalendarSpan:
    clock = zone(day.zone)
    start, end = max(one.start, day.start), min(one.end, day.end)
    said, owners = who.of(one)
    return CalendarSpan(
        start=start,
        end=end,
        local_start=_clock(start, clock),
        local_end=_clock(end, clock),
        kind=one.kind,
        block_kind=one.block_kind,
        label=one.label,
        words=f"{one.title} until {_clock(one.end, clock)}: {said}",
        decided_by=owners,
    )


class _Who:
    """Who decided a stretch, in words and as wire names; worked out once for the same people."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known: dict[tuple[bool, tuple[Source, ...]], tuple[str, tuple[str, ...]]] = {}

    def of(self, one: _Span) -> tuple[str, tuple[str, ...]]:
        """For these sources, who set it or agreed to open it."""
        opened = one.kind == "lifted"
        found = self._known.get((opened, one.by))
        if found is None:
            view = self._view
            said = decided(view.policy, view.viewer, one.by, "agreed" if opened else "set")
            owners = tuple(dict.fromkeys(view.viewer.owner_word(source) for source in one.by))
            found = self._known[opened, one.by] = (said, owners)
        return found


def _clock(instant: datetime, clock: ZoneInfo) -> str:
    local = instant.astimezone(clock)
    return f"{local.hour:02}:{local.minute:02}"


def decided(policy: Policy, viewer: Viewer, sources: Sequence[Source], did: str = "set") -> str:
    """`platform rule for 13-15; also set by you and Dana`: a fixed rule first, then people (A8)."""
    fixed = [voice_name(policy, viewer, s) for s in sources if s.kind <= SourceKind.DEFAULT]
    people = [voice_name(policy, viewer, s) for s in sources if s.kind > SourceKind.DEFAULT]
    parts = fixed[:1]
    if people:
        parts.append(f"{'also ' if fixed else ''}{did} by {_and(list(dict.fromkeys(people)))}")
    return "; ".join(parts)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _day(view: View, day: Day, stretches_of: _Found, who: _Who) -> CalendarDay:
    spans, left = _within(view, stretches_of, day, who)
    found = day_limit(view.policy, day.date, now=max(view.now, day.start))
    by = [pair.source for pair in found.sums if pair.total == found.minutes]
    said = "no limit" if isinstance(found.minutes, str) else say_minutes(found.minutes)
    return CalendarDay(
        date=day.date,
        weekday=weekday_of(day.date),
        start=day.start,
        end=day.end,
        limit=found.minutes,
        limit_words=f"{said}: {decided(view.policy, view.viewer, by)}",
        spans=spans,
        notes=(*_clock_notes(view.policy, day), *_exception_notes(view, day), *_left_out(left)),
    )


def _left_out(spans: int) -> Iterator[str]:
    if spans:
        yield f"{spans} shorter times are not listed"


def _clock_notes(policy: Policy, day: Day) -> Iterator[str]:
    """Why this day is not 24 hours long."""
    hours, rest = divmod(day.seconds // MINUTE, 60)
    length = f"{hours} hours" + (f" {rest} min" if rest else "")
    following = regime_at(policy.regimes(), day.end)
    if following.zone != day.zone:
        yield f"{length}: the home zone becomes {following.zone}"
    elif following.day_starts_at != day.day_starts_at:
        yield f"{length}: the day starts at {following.day_starts_at} from then on"
    elif day.seconds != _WHOLE_DAY:
        way = "back" if day.seconds > _WHOLE_DAY else "forward"
        yield f"{length}: the clock goes {way}"


def _exception_notes(view: View, day: Day) -> Iterator[str]:
    """The dated exceptions in force: the teen reads everybody's, a guardian not another's."""
    if not view.may_read(EXCEPTIONS):
        return
    for layer in (view.policy.teen, *view.policy.guardians):
        source = source_of(layer)
        hidden = not view.viewer.is_teen and source.kind is SourceKind.GUARDIAN
        if (hidden and layer.owner != view.viewer.id) or not layer.may_speak(_ROW, day.start):
            continue
        found = exceptions_on(layer.values, day.date)
        who = decided(view.policy, view.viewer, (source,)) if found else ""
        for one in found[:MOST_NOTES]:
            yield f"{one.label or _what(one)}: {who}"
        if len(found) > MOST_NOTES:
            yield f"{len(found) - MOST_NOTES} more exceptions: {who}"


def _what(one: DayException) -> str:
    if one.kind is ExceptionKind.SET_LIMIT:
        return f"{say_minutes(one.minutes)} for this day"
    kinds = ", ".join(_KINDS[kind.value].lower() for kind in one.kinds)
    return f"{kinds} lifted" if kinds else _CHANGES[one.kind]
