"""One reported interval: what counts, what stays unknown, what is refused, what leaves no trace."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.reasons import Reason, Refusal
from familypair.rules.time.spans import measure, to_ms, union
from familypair.rules.time.use import SAFETY, Admitted, Dropped, admit, is_safety
from familypair.schema.usage import Interval
from support.families import PROFILE

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LONG_AGO = NOW - 30 * DAY


def judged(
    start: datetime,
    end: datetime,
    *,
    surface: str = "feed",
    last_report: datetime = LONG_AGO,
) -> Admitted | Dropped | Refusal:
    """An interval, received at NOW."""
    item = Interval(device="phone", seq=1, start=start, end=end, surface=surface)
    return admit(item, last_report=last_report, now=NOW)


def counted(found: Admitted | Dropped | Refusal) -> timedelta:
    """How much of it counts."""
    assert isinstance(found, Admitted), found
    return timedelta(milliseconds=found.end - found.start)


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (NOW - SECOND, NOW - SECOND, Reason.EMPTY_INTERVAL),
        (NOW - SECOND, NOW - 2 * SECOND, Reason.EMPTY_INTERVAL),
        (NOW - DAY - SECOND, NOW, Reason.INTERVAL_TOO_LONG),
        (NOW, NOW + 121 * SECOND, Reason.IN_THE_FUTURE),
        (NOW + DAY, NOW + DAY + HOUR, Reason.IN_THE_FUTURE),
        (NOW - 7 * DAY - SECOND, NOW - 7 * DAY + HOUR, Reason.TOO_OLD),
    ],
)
def test_what_cannot_be_true_is_refused(start: datetime, end: datetime, reason: Reason) -> None:
    """Empty, over 24 hours, ahead by more than 120 s, older than 7 days."""
    assert judged(start, end) == Refusal(reason)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOW - SECOND, NOW),
        (NOW - DAY, NOW),
        (NOW - SECOND, NOW + 120 * SECOND),
        (NOW - 7 * DAY, NOW - 7 * DAY + HOUR),
    ],
)
def test_the_same_by_a_second_less_is_taken(start: datetime, end: datetime) -> None:
    """The good twins: at the limits themselves an interval is taken."""
    assert isinstance(judged(start, end), Admitted)


def test_a_host_cannot_choose_a_zone() -> None:
    """The same instant with another offset is refused; in UTC it is taken."""
    berlin = timezone(HOUR)
    forged = judged((NOW - HOUR).astimezone(berlin), NOW.astimezone(berlin))
    assert forged == Refusal(Reason.NOT_UTC)
    assert judged((NOW - HOUR).astimezone(UTC), NOW) == judged(NOW - HOUR, NOW)


def test_only_what_lies_between_the_receipts_counts() -> None:
    """Before the previous receipt and after this one it is clipped; that much is unknown."""
    found = judged(NOW - HOUR, NOW + 60 * SECOND, last_report=NOW - 600 * SECOND)
    assert counted(found) == 600 * SECOND
    assert isinstance(found, Admitted)
    assert measure(found.unknown) == (HOUR - 600 * SECOND + 60 * SECOND) // timedelta(
        milliseconds=1
    )


def test_what_lies_before_the_last_receipt_is_unknown_whole() -> None:
    """An interval that touches the last receipt from below counts nothing; a second later, one."""
    nothing = judged(NOW - HOUR, NOW - 600 * SECOND, last_report=NOW - 600 * SECOND)
    assert isinstance(nothing, Admitted)
    assert not nothing.counts
    assert nothing.seconds == 0
    assert nothing.unknown == ((to_ms(NOW - HOUR), to_ms(NOW - 600 * SECOND)),)
    later = judged(NOW - HOUR, NOW - 599 * SECOND, last_report=NOW - 600 * SECOND)
    assert counted(later) == SECOND


@pytest.mark.parametrize(("ago", "late"), [(15 * 60, False), (15 * 60 + 1, True)])
def test_what_is_told_after_15_minutes_is_late(ago: int, late: bool) -> None:  # noqa: FBT001 - a case
    """Late by its start, so that cutting an interval in two cannot hide it."""
    found = judged(NOW - ago * SECOND, NOW)
    assert isinstance(found, Admitted)
    assert found.late is late


@pytest.mark.parametrize("surface", [*sorted(SAFETY), "help.article", "report.form"])
def test_safety_surfaces_leave_no_trace(surface: str) -> None:
    """Dropped before anything else is looked at, so that no refusal tells of it either."""
    assert is_safety(surface)
    assert judged(NOW, NOW - DAY, surface=surface) is Dropped.DROPPED
    assert judged(NOW - SECOND, NOW, surface=surface) is Dropped.DROPPED


@pytest.mark.parametrize("surface", ["feed", "helpers", "reports", "block_list"])
def test_a_name_that_only_begins_like_one_counts(surface: str) -> None:
    """Whole names, with what is below them."""
    assert isinstance(judged(NOW - SECOND, NOW, surface=surface), Admitted)


times = st.integers(-7_200, 120)


@PROFILE
@given(
    st.lists(st.tuples(times, times), max_size=6),
    st.lists(times, max_size=4),
    st.integers(1, 7_000),
)
def test_splits_count_the_same(raw: list[tuple[int, int]], at: list[int], receipt: int) -> None:
    """However intervals are cut, the same time counts and the same time is unknown."""
    pairs = [(min(pair), max(pair)) for pair in raw if pair[0] != pair[1]]
    pieces = [
        piece
        for start, end in pairs
        for edges in (sorted({start, end, *(one for one in at if start < one < end)}),)
        for piece in pairwise(edges)
    ]
    assert _sets(pairs, receipt) == _sets(pieces, receipt)


def _sets(pairs: list[tuple[int, int]], receipt: int) -> tuple[object, object, bool]:
    found = [
        judged(NOW + a * SECOND, NOW + b * SECOND, last_report=NOW - receipt * SECOND)
        for a, b in pairs
    ]
    taken = [one for one in found if isinstance(one, Admitted)]
    assert len(taken) == len(found)
    return (
        union([(one.start, one.end) for one in taken]),
        union(*(one.unknown for one in taken)),
        any(one.late for one in taken),
    )
