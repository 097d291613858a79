"""A family with a phone on each engine."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from familypair_server.storage import Store
from support.homes import at_home
from support.timed import Timed, timed


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> AsyncGenerator[Timed]:
    """A guardian, a teen with a phone that reports, out of probation; Monday 13:00 UTC."""
    async with at_home(store, tmp_path) as home:
        yield await timed(home)
