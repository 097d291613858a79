"""What one host app may send in a minute."""

from datetime import UTC, datetime, timedelta

from familypair_server.hosts.budget import Budget

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_host_that_sent_its_minute_waits_and_the_others_do_not() -> None:
    """60 at once, then one a second; what is refused is not taken."""
    budget = Budget()
    assert budget.take("one", 60, most=60, now=NOW) == 0
    assert budget.take("one", 3, most=60, now=NOW) == 3
    assert budget.take("other", 60, most=60, now=NOW) == 0
    assert budget.take("one", 3, most=60, now=NOW + 2 * SECOND) == 1
    assert budget.take("one", 3, most=60, now=NOW + 3 * SECOND) == 0
    assert budget.take("one", 60, most=60, now=NOW + 63 * SECOND) == 0


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    """An hour back: the host begins with a full minute."""
    budget = Budget()
    assert budget.take("one", 60, most=60, now=NOW) == 0
    assert budget.take("one", 60, most=60, now=NOW - timedelta(hours=1)) == 0
