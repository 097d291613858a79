"""What the library takes from its surroundings: time, chance and waiting, so that tests decide."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_RUNS_ON: Final = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""A clock that goes on while the machine sleeps, where there is one."""
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def _now() -> datetime:
    return datetime.now(UTC)


def _key() -> str:
    return secrets.token_urlsafe(24)


def _monotonic() -> float:
    return time.monotonic() if _RUNS_ON is None else time.clock_gettime(_RUNS_ON)


def _boot() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        return ""


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of a client. The defaults are the real ones."""

    clock: Callable[[], datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = _sleep
    jitter: Callable[[], float] = random.random
    """A number in [0, 1): the share of a back-off that is waited."""
    key: Callable[[], str] = _key
    """A fresh unguessable string: idempotency keys, `state`, PKCE verifiers."""
    monotonic: Callable[[], float] = _monotonic
    """Seconds that only run forward, whatever happens to the wall clock."""
    boot: Callable[[], str] = _boot
    """Names the run of this machine in which `monotonic` counts; empty where nobody knows."""


def back_off(attempt: int, jitter: float, *, first: float = 0.2, most: float = 10.0) -> float:
    """Seconds to wait before try `attempt` (1 is the first retry): full jitter, at least a tenth.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """
    ceiling = min(most, first * 2.0 ** min(attempt - 1, 16))
    return ceiling * max(0.1, jitter)
