"""When an attempt is repeated: arithmetic over 24 hours; and where loopback may be allowed."""

from datetime import UTC, datetime, timedelta

import pytest

from familypair_server.settings import SettingsError, load
from familypair_server.webhooks.retries import WINDOW, next_try, pause, retry_after

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
LOOPBACK = {"FAMILYPAIR_WEBHOOK_LOOPBACK": "true"}


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_a_schedule_covers_its_window_and_ends_with_it(jitter: float) -> None:
    """Never twice at once, never after the end, the last time exactly at the end."""
    at, until, tries = NOW, NOW + WINDOW, 1
    while (due := next_try(tries, now=at, until=until, jitter=jitter)) is not None:
        assert at < due <= until
        at, tries = due, tries + 1
    assert at == until
    assert 10 <= tries <= 14
    assert next_try(99, now=until + timedelta(days=1), until=until, jitter=jitter) is None


def test_an_address_rests_longer_each_time_up_to_ten_minutes() -> None:
    """One second at first; a number of failures that no one counts to does no harm."""
    rests = [pause(n, now=NOW, jitter=0.5) - NOW for n in (1, 2, 3, 10, 11, 10**6)]
    minutes = [timedelta(seconds=s) for s in (1, 2, 4, 512, 600, 600)]
    assert rests == minutes


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("9" * 400, 86_400),
        ("Sun, 22 Nov 2026 15:01:00 GMT", 60),
        ("Sun, 22 Nov 2020 15:01:00 GMT", 0),
        ("Sun, 22 Nov 2099 15:01:00 GMT", 86_400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Sun, 22 Nov 2026 15:01:00", None),
        ("Sun, 99 Nov 2026 99:01:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_a_day(header: str, seconds: int | None) -> None:
    """RFC 9110 section 10.2.3; what is neither is as if it were not there."""
    wanted = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert retry_after(header, NOW) == wanted


def test_loopback_is_for_a_server_that_only_this_machine_reaches() -> None:
    """Listening elsewhere, or behind a proxy under a public name, the start is refused."""
    assert load(LOOPBACK).webhook_loopback
    assert load(LOOPBACK | {"FAMILYPAIR_ISSUER": "http://127.0.0.1:8085"}).webhook_loopback
    public = {"FAMILYPAIR_ISSUER": "https://pair.example"}
    for more in (public, public | {"FAMILYPAIR_HOST": "192.0.2.1"}):
        assert not load(more).webhook_loopback
        with pytest.raises(SettingsError, match="WEBHOOK_LOOPBACK"):
            load(LOOPBACK | more)
