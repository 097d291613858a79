"""Days, balance, calendar, gifts and codes on the wire (product.md section 5, algebra.md A4-A9)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from familypair.schema.base import Answer, Ask, Instant
from familypair.schema.settings import StepSeen

Minutes = Annotated[int, Meta(ge=1, le=1440)]
Note = Annotated[str, Meta(max_length=140)]


class PostingView(Answer, frozen=True, kw_only=True):
    """One line of the arithmetic of a day: what was added, by whom, and why."""

    id: str
    kind: str
    """`grant`, `accepted`, `code`, `roll_over`, `correction`, `write_off`, `undone`, `request`,
    `auto_rule` or `changed` (the limit itself changed within the day: `seconds` is 0)."""
    seconds: int
    words: str
    """`+30 min from Dana`."""
    by: str = ""
    """Who acted, as this viewer may know them."""
    at: Instant | None = None
    """Absent for a guardian where the minute would say when the teen was online."""
    before: int | str | None = None
    after: int | str | None = None
    undoable: bool = False
    """Whether this viewer may take the unused part back with `DELETE /v1/grants/{id}`."""
    waiting: bool = False
    """A gift that has no effect until the teen takes it (A7): `POST /v1/grants/{id}/accept`."""


class SumView(Answer, frozen=True, kw_only=True):
    """One layer's own sum: its limit plus its own postings (A5). The smallest sum holds."""

    owner: str
    """`cap`, `default`, `teen`, `me`, a guardian's id or `another_guardian`."""
    name: str
    limit: int | str
    """Minutes, or `none`."""
    at_limit: str
    total_seconds: int | None
    """None for no limit."""
    postings: tuple[PostingView, ...] = ()
    binds: bool = False
    starting_value: bool = False


class Balance(Answer, frozen=True, kw_only=True):
    """What a day allows and what is left: arithmetic with who and why."""

    day: date
    used_seconds: int | None
    """None: nothing is known. For a guardian the open day moves in steps of 15 minutes."""
    limit_seconds: int | None
    """The smallest sum; None without a limit."""
    remaining_seconds: int | None
    outcome: str
    """`allow`, `remind`, `ask` or `stop` at this use."""
    words: str
    """`60 min (Dana) + 15 min (Dana) - 48 min used = 27 min left`."""
    sums: tuple[SumView, ...] = ()
    steps: tuple[StepSeen, ...] = ()
    next_outcome: str = ""
    """What happens when the remaining time is over."""
    as_of: Instant | None = None
    """Until when use is known."""
    exact: bool = True
    warning: int | None = None
    """The warning in force: the smallest of the warnings that has been reached (minutes left)."""
    break_every: int | str | None = None


class UseSpan(Answer, frozen=True, kw_only=True):
    """A stretch of use, exact; for the teen alone."""

    start: Instant
    end: Instant
    surfaces: tuple[str, ...] = ()


class DayUse(Answer, frozen=True, kw_only=True):
    """One local day: 23, 24 or 25 hours across a clock change."""

    date: date
    weekday: str
    zone: str
    start: Instant
    end: Instant
    used_seconds: int | None = None
    """None is unknown, which is not zero."""
    unknown_seconds: int = 0
    """What was claimed but cannot be known."""
    opens: int | None = None
    day_seconds: int | None = None
    night_seconds: int | None = None
    """Between 22:00 and 06:00 of the home zone."""
    surfaces: Mapping[str, int] = {}
    """Seconds per surface; they may overlap."""
    devices: int = 0
    """How many devices reported."""
    device_seconds: Mapping[str, int] = {}
    """Per device, for the teen alone."""
    late: bool = False
    """Corrected by a report that came late."""
    closed: bool = True
    limit_seconds: int | None = None
    """What the day allowed, where it is known."""
    cells: tuple[int, ...] = ()
    """Use per half hour from the start of the day, in four steps: 0 none .. 4 all of it."""
    spans: tuple[UseSpan, ...] = ()
    tzdata: str = ""


class WeekUse(Answer, frozen=True, kw_only=True):
    """Seven days, kept for a year after the days themselves are gone."""

    first: date
    used_seconds: int | None
    known_days: int
    opens: int | None = None
    night_seconds: int | None = None


class Time(Answer, frozen=True, kw_only=True):
    """`GET /v1/teens/{id}/time`: the balance of today, and insight."""

    teen: str
    zone: str
    today: Balance
    days: tuple[DayUse, ...]
    """Oldest first, at most 28 and never more than this viewer may see."""
    weeks: tuple[WeekUse, ...] = ()
    visible_from: date | None = None
    """The first day that this viewer may see."""


class CalendarSpan(Answer, frozen=True, kw_only=True):
    """A stretch of a day with its reason."""

    start: Instant
    end: Instant
    local_start: str
    """`HH:MM` of the home zone."""
    local_end: str
    kind: str
    """`block`, `wind_down`, `mute` or `lifted` (a block that today's posting opened)."""
    block_kind: str = ""
    """`sleep`, `school`, `away` or `custom`."""
    label: str = ""
    words: str
    """`School until 13:00: set by Dana`."""
    decided_by: tuple[str, ...] = ()


class TimeGlance(Answer, frozen=True, kw_only=True):
    """Today in one line, on the card and in the live event `use`."""

    day: date
    day_start: Instant
    day_end: Instant
    used_seconds: int | None
    limit_seconds: int | None
    remaining_seconds: int | None
    outcome: str
    words: str
    binds: str = ""
    """Who decided the limit, in words."""
    warning: int | None = None
    as_of: Instant | None = None
    unknown: bool = False
    cells: tuple[int, ...] = ()
    blocks: tuple[CalendarSpan, ...] = ()
    """Today's spans of the effective calendar."""
    blocked_until: Instant | None = None
    """While a block runs: when it ends."""
    next_block_at: Instant | None = None


class CalendarDay(Answer, frozen=True, kw_only=True):
    """One day of the effective calendar."""

    date: date
    weekday: str
    start: Instant
    end: Instant
    limit: int | str
    limit_words: str
    spans: tuple[CalendarSpan, ...] = ()
    notes: tuple[str, ...] = ()
    """Exceptions in force ("Autumn holidays: set by Dana"), clock changes ("25 hours")."""


class Calendar(Answer, frozen=True, kw_only=True):
    """`GET /v1/teens/{id}/calendar`: the next 7 days with the reason of every span."""

    teen: str
    zone: str
    at: Instant
    days: tuple[CalendarDay, ...]


class CalendarImport(Ask, frozen=True, kw_only=True):
    """An iCalendar file (RFC 5545) as a draft of my own dated exceptions. Nothing is saved."""

    ics: Annotated[str, Meta(max_length=1_000_000)]
    as_: Annotated[str, Meta(pattern="^(lift_blocks|add_blocks|lift_limit|set_limit)$")] = (
        "lift_blocks"
    )
    """What an event's days do: free of blocks, an extra block, no limit, or another limit."""
    kinds: tuple[str, ...] = ()
    """For `lift_blocks`: which blocks (`school`); empty lifts every kind."""
    minutes: Annotated[int, Meta(ge=0, le=1440)] | None = None
    """For `set_limit`."""


class CalendarDraft(Answer, frozen=True, kw_only=True):
    """What an import would write, to be previewed and then sent as a patch of my layer."""

    patch: dict[str, Any]
    added: int
    skipped: tuple[str, ...] = ()
    """Events that were not taken, each with its reason."""


class GrantAsk(Ask, frozen=True, kw_only=True):
    """Minutes for today, unasked."""

    minutes: Minutes | None = None
    rest_of_day: bool = False
    """Until the day ends, in place of minutes."""


class GrantPreview(Answer, frozen=True, kw_only=True):
    """What a gift would do before it is given: "+30, of which 0 now"."""

    minutes: int
    now_minutes: int
    """By how much today's remaining time grows at once."""
    write_off_seconds: int = 0
    """Overshoot of my layer that the gift first writes off (A9)."""
    limited_by: tuple[str, ...] = ()
    needs_teen: bool = False
    words: str


class Grant(Answer, frozen=True, kw_only=True):
    """A gift that was given."""

    id: str
    teen: str
    day: date
    minutes: int
    state: str
    """`given`, `waiting` (for the teen to take it) or `undone`."""
    by: str
    effect: GrantPreview
    balance: Balance


class CodeAsk(Ask, frozen=True, kw_only=True):
    """Minutes that a code is worth."""

    minutes: Minutes


class Code(Answer, frozen=True, kw_only=True):
    """A one-time code: 6 digits, 10 minutes, one use, for one teen and day."""

    id: str
    teen: str
    minutes: int
    state: str
    """`offered`, `used`, `withdrawn` or `expired`."""
    expires_at: Instant
    code: str = ""
    """Only in the answer that makes it."""


class CodeRedeem(Ask, frozen=True, kw_only=True):
    """What the teen types; spaces and dashes are ignored."""

    code: Annotated[str, Meta(min_length=1, max_length=16)]


class CodeRedeemed(Answer, frozen=True, kw_only=True):
    """A code that was used."""

    minutes: int
    words: str
    balance: Balance
