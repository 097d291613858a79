"""A runner over a migrated database, and a job that counts its effects."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from familypair.testing import ManualClock
from familypair_server.context import Context
from familypair_server.ids import SystemRandom
from familypair_server.jobs.model import Handlers
from familypair_server.jobs.runner import Runner
from familypair_server.keys import Keys
from familypair_server.live.hub import Hub
from familypair_server.settings import Settings
from familypair_server.storage import Store

Make = Callable[..., Runner]


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


@pytest.fixture
def runner(store: Store, clock: ManualClock, tmp_path: Path) -> Make:
    """Make a runner with these handlers; each one is a process of its own to the lease."""

    def make(handlers: Handlers, **settings: Any) -> Runner:
        chosen = Settings(secret_file=str(tmp_path / "secret"), **settings)
        ctx = Context(chosen, store, clock, SystemRandom(), Keys(bytes(32)), Hub())
        return Runner(ctx, handlers)

    return make
