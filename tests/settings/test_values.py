"""Minutes of a week, cleaned text, and the strictness of every order."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.settings import FIELDS, WEEKDAYS, Window, decode
from familypair.settings.text import clean
from familypair.settings.weekmask import WEEK, clock_of, mask_windows, span_mask, windows_mask
from support.families import PROFILE, raw_values

_MINUTE = st.integers(0, 1439).map(clock_of)
_DAYS = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(
    lambda days: tuple(day for day in WEEKDAYS if day in days)
)
_WINDOW = st.builds(Window, _DAYS, _MINUTE, _MINUTE).filter(lambda w: w.start != w.end)


@PROFILE
@given(st.lists(_WINDOW, max_size=5))
def test_a_mask_is_written_as_windows_of_the_same_minutes(windows: list[Window]) -> None:
    """Any union of windows can be written as windows again, and nothing is filled or lost."""
    mask = windows_mask(windows)
    assert windows_mask(mask_windows(mask)) == mask


@PROFILE
@given(_WINDOW)
def test_a_window_has_its_length_on_each_of_its_days(window: Window) -> None:
    """A window past midnight, also on Sunday, keeps all its minutes in the ring of the week."""
    start, end = (int(t[:2]) * 60 + int(t[3:]) for t in (window.start, window.end))
    mask = windows_mask([window])
    assert mask < 1 << WEEK
    if len(window.days) == 1:
        assert mask.bit_count() == (end - start) % 1440


def test_windows_are_as_few_as_can_be() -> None:
    """Days with the same span are one window; touching windows are joined."""
    apart = [Window(("mon",), "20:00", "21:00"), Window(("mon",), "21:00", "08:00")]
    tuesday = Window(("tue",), "20:00", "08:00")
    assert mask_windows(windows_mask([*apart, tuesday])) == (
        Window(("mon", "tue"), "20:00", "08:00"),
    )


def test_the_whole_week_and_nothing() -> None:
    """A full week is seven whole days, an empty one no window."""
    whole = span_mask(WEEKDAYS, "00:00", "24:00")
    assert whole.bit_count() == WEEK
    assert mask_windows(whole) == (Window(WEEKDAYS, "00:00", "24:00"),)
    assert mask_windows(0) == ()


@pytest.mark.parametrize("path", list(FIELDS))
def test_every_order_is_an_order(path: str) -> None:
    """The meet is the least upper bound in strictness, the join a lower one."""
    row = FIELDS[path]
    if not row.meets or row.by_request:
        return  # of one owner only: nothing is compared
    covers = row.order.covers
    values = [decode(path, raw) for raw in raw_values(row)]
    for one, two in itertools.product(values, repeat=2):
        met, joined = row.order.meet([one, two]), row.order.join([one, two])
        assert covers(one, one)
        assert covers(met, one)
        assert covers(met, two)
        assert covers(one, joined)
        assert covers(two, joined)
        assert not covers(one, two) or covers(row.order.meet([one, two]), one)
        for bound in values:
            if covers(bound, one) and covers(bound, two):
                assert covers(bound, met)
    assert all(covers(value, row.order.loosest) for value in values)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  two   words ", "two words"),
        ("#Tag", "#Tag"),
        ("caf\u0065\u0301", "caf\u00e9"),
        ("\U0001f469\u200d\U0001f52c", "\U0001f469\u200d\U0001f52c"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Robert'); DROP TABLE students;--", "Robert'); DROP TABLE students;--"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0940"),
        ("", None),
        ("   ", None),
        ("\u200d\u200c", None),
        ("a\x00b", None),
        ("a\x1b[31mb", None),
        ("a\u202eb", None),
        ("a\u2066b", None),
        ("a\ufeffb", None),
        ("a\u2028b", None),
        ("\ud800", None),
        ("Z" + "\u0311" * 5, None),
        ("\ue000", None),
    ],
)
def test_clean(text: str, cleaned: str | None) -> None:
    """Text is kept as text, composed and trimmed; what can deceive a reader is refused."""
    assert clean(text) == cleaned


@PROFILE
@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """What was accepted once is accepted again, as it is."""
    once = clean(text)
    assert once is None or clean(once) == once
