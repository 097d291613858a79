"""Today's balance in the words and figures that screens draw; seconds in, sentences out."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    SearchFor,
    UnblockContact,
    Wish,
)
from familypair.schema.time import CalendarSpan, TimeGlance
from familypair.settings import say_minutes
from familypair_tui.when import clock, short_span

NEAR_MINUTES = 15
"""From this many minutes left on a balance is "near" (the first warning of product.md)."""
_MINUTE = 60
_NOT_PEOPLE = ("starting value", "platform", "kept by")


class Figures(Protocol):
    """What a glance and a day's balance have in common."""

    @property
    def used_seconds(self) -> int | None:
        """Use; None is unknown or not shared."""
        ...

    @property
    def limit_seconds(self) -> int | None:
        """None is no limit."""
        ...

    @property
    def remaining_seconds(self) -> int | None:
        """What is left."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a day stands, in whole minutes that add up: used + left - over = limit."""

    used: int | None
    limit: int | None
    left: int | None
    over: int
    level: str
    """`none` (no limit), `unknown`, `normal`, `near` or `over`."""

    @property
    def glyph(self) -> str:
        """The state without colour."""
        return {"normal": "=", "near": "~", "over": "!", "unknown": "?"}.get(self.level, "=")


def standing(figures: Figures) -> Standing:
    """The figures of a day in minutes."""
    used = None if figures.used_seconds is None else figures.used_seconds // _MINUTE
    if figures.limit_seconds is None:
        return Standing(used, None, None, 0, "unknown" if used is None else "none")
    limit = max(0, figures.limit_seconds) // _MINUTE
    if used is None:
        return Standing(None, limit, None, 0, "unknown")
    left, over = max(0, limit - used), max(0, used - limit)
    level = "over" if not left else ("near" if left <= NEAR_MINUTES else "normal")
    return Standing(used, limit, left, over, level)


def state_words(at: Standing) -> str:
    """`25 min left`, `11 min over`, `time is up`, `no limit today`."""
    if at.level == "unknown":
        return "use is not known"
    if at.limit is None or at.left is None:
        return "no limit today"
    if at.over:
        return f"{say_minutes(at.over)} over"
    return f"{say_minutes(at.left)} left" if at.left else "time is up"


def used_words(at: Standing) -> str:
    """`1 h 35 of 2 h`."""
    used = "?" if at.used is None else say_minutes(at.used)
    return used if at.limit is None else f"{used} of {say_minutes(at.limit)}"


def wordings(glance: TimeGlance) -> list[str]:
    """`1 h 35 of 2 h, 25 min left: set by Dana`, from long to short."""
    at = standing(glance)
    base = f"{used_words(at)}, {state_words(at)}"
    if not glance.binds or at.limit is None:
        return [base, used_words(at)]
    who = decided_words(glance.binds)
    return [f"{base}: {who}", f"{base}: {glance.binds}", base, used_words(at)]


def decided_words(who: str) -> str:
    """`set by Dana`, `starting value`, `platform rule for 13-15`."""
    return who if who.startswith(_NOT_PEOPLE) else f"set by {who}"


def next_words(glance: TimeGlance, now: datetime, zone: tzinfo) -> list[str]:
    """What blocks now or next, from long to short; empty when nothing does today."""
    if glance.blocked_until is not None and glance.blocked_until > now:
        word = _name(_at(glance, now))
        until = clock(glance.blocked_until, zone)
        return [f"{word} until {until}", f"until {until}"]
    coming = glance.next_block_at
    if coming is None or coming < now:
        return []
    word = _name(_at(glance, coming))
    time = clock(coming, zone)
    left = short_span(coming, now)
    return [f"{word} {time} in {left}", f"{word} {time}", time]


def _at(glance: TimeGlance, instant: datetime) -> CalendarSpan | None:
    spans = (span for span in glance.blocks if span.kind == "block")
    return next((span for span in spans if span.start <= instant < span.end), None)


def _name(span: CalendarSpan | None) -> str:
    return span_name(span) if span is not None else "closed"


def coming_blocks(glance: TimeGlance, now: datetime) -> list[tuple[str, str]]:
    """`(wall time, words)` of what still starts or ends today."""
    found: list[tuple[str, str]] = []
    for span in glance.blocks:
        if span.start > now:
            found.append((span.local_start, f"{span_name(span)} starts"))
        if now < span.end < glance.day_end:
            found.append((span.local_end, f"{span_name(span)} ends"))
    return found


def span_name(span: CalendarSpan) -> str:
    """What a stretch of the calendar is called: its label, or its kind."""
    kinds = {
        "wind_down": "wind-down",
        "mute": "quiet",
        "lifted": "opened",
        "sleep": "sleep",
        "school": "school",
        "away": "time away",
        "custom": "closed",
    }
    return span.label or kinds.get(span.block_kind or span.kind, "closed")


def as_of_words(glance: TimeGlance, now: datetime, zone: tzinfo) -> str:
    """`as of 16:10` when use is known until a while ago only; else empty."""
    if glance.as_of is None or (now - glance.as_of).total_seconds() < 2 * NEAR_MINUTES * _MINUTE:
        return ""
    return f"as of {clock(glance.as_of, zone)}"


def amount_words(wish: MoreTime) -> str:
    """`30 min`, or `the rest of the day`."""
    if wish.rest_of_day or wish.minutes is None:
        return "the rest of the day"
    return say_minutes(wish.minutes)


def wish_words(wish: Wish, zone: tzinfo) -> str:
    """A wish in a few words, for a form that is not sent yet."""
    match wish:
        case MoreTime():
            return f"{amount_words(wish)} more today"
        case LiftBlock(end=end):
            return f"open until {clock(end, zone)}"
        case ChangeSettings():
            return "another setting"
        case UnblockContact(account=account):
            return f"unblock {account}"
        case SearchFor(category=category, words=words):
            return f"search for {words}" if words else f"searches: {category.replace('_', ' ')}"
        case ChangePlace(zone=place, country=country):
            return f"move to {place or country}"
        case Plan(title=title):
            return title or "a plan"
