"""What a route may demand of a caller."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from familypair.reasons import Reason
from familypair.testing import ManualClock
from familypair_server.auth.principals import (
    Caller,
    Kind,
    caller_of,
    requires,
    requires_recent_sign_in,
)
from familypair_server.problems import Refused

CLOCK = ManualClock()
HANDLER = cast("Any", None)


def connection(kind: Kind | None, auth_time: datetime | None = None) -> Any:
    """A connection of a caller of this kind, or of nobody."""
    later = CLOCK() + timedelta(minutes=10)
    user = kind and Caller("acc_1", kind, "ses_1", "family", auth_time, later)
    scope = {"user": user, "auth": SimpleNamespace(clock=CLOCK)}
    return SimpleNamespace(scope=scope)


def reason(error: pytest.ExceptionInfo[Refused]) -> Reason:
    """Why it was refused."""
    return error.value.refusals[0].reason


async def test_a_guard_lets_its_kinds_pass() -> None:
    """Every other kind is WRONG_CALLER, and nobody is UNAUTHENTICATED."""
    guard = requires("guardian", "adult")
    await guard(connection("guardian"), HANDLER)
    await guard(connection("adult"), HANDLER)
    with pytest.raises(Refused) as refused:
        await guard(connection("teen"), HANDLER)
    assert reason(refused) == Reason.WRONG_CALLER
    with pytest.raises(Refused) as refused:
        await guard(connection(None), HANDLER)
    assert reason(refused) == Reason.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("age", "fine"),
    [(timedelta(0), True), (timedelta(seconds=300), True), (timedelta(seconds=301), False)],
)
async def test_a_step_up_guard(age: timedelta, fine: bool) -> None:  # noqa: FBT001 - a parameter
    """300 s after the password it still passes, 301 s after not (security 2.6)."""
    caller = connection("guardian", CLOCK() - age)
    if fine:
        await requires_recent_sign_in(caller, HANDLER)
        return
    with pytest.raises(Refused) as refused:
        await requires_recent_sign_in(caller, HANDLER)
    assert reason(refused) == Reason.INSUFFICIENT_USER_AUTHENTICATION


async def test_a_device_flow_token_never_steps_up() -> None:
    """It has no auth_time (T10)."""
    with pytest.raises(Refused) as refused:
        await requires_recent_sign_in(connection("guardian"), HANDLER)
    assert reason(refused) == Reason.INSUFFICIENT_USER_AUTHENTICATION


def test_something_else_in_the_scope_is_nobody() -> None:
    """Only our own Caller counts."""
    with pytest.raises(Refused):
        caller_of(cast("Any", SimpleNamespace(scope={"user": "acc_1"})))
