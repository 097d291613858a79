"""Who answers the app's questions: rules that it holds itself, or the server each time."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from familypair.client.around import Around
from familypair.client.policy import PolicyCache
from familypair_tui.demo.app_loop.gate import CacheGate, Gate, HttpGate
from familypair_tui.demo.app_loop.surfaces import SURFACES
from familypair_tui.demo.loop import Loop

ACTIONS: Final = (*dict.fromkeys(action for one in SURFACES for action in one.asks), "safety.use")
"""What the app enforces: every action that its table asks."""
_PATIENCE: Final = 10.0
"""Seconds that the start waits for the first sync; after it the server answers meanwhile."""


@dataclass(frozen=True)
class Opened:
    """A gate, and how it is told of a device."""

    gate: Gate
    register: Callable[[str, str], None]
    """From now on the rules are applied on this device of this teen, and the server is told."""


@asynccontextmanager
async def opened_gate(loop: Loop) -> AsyncGenerator[Opened]:
    """A gate for the teens of this app; what it enforces is declared to the server."""
    clock = loop.clock
    # The demonstration's time jumps, here and at the server; it never runs back.
    around = Around(clock=clock, monotonic=lambda: clock().timestamp())
    cache = PolicyCache(
        loop.url,
        loop.client_id,
        loop.secret,
        enforces=ACTIONS,
        restricted_search=True,
        around=around,
    )
    async with cache:
        with contextlib.suppress(TimeoutError):
            await cache.ready(_PATIENCE)
        for app in loop.installed.values():
            for device in app.devices:
                cache.register(device, app.teen)
        yield Opened(CacheGate(cache, HttpGate(loop.client, clock)), cache.register)
