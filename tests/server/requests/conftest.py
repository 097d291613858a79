"""A running application on each engine, and people who ask and answer."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from familypair_server.storage import Store
from support.asking import House
from support.homes import at_home


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> AsyncGenerator[House]:
    """A teen with two guardians, out of probation, on this test's database."""
    async with at_home(store, tmp_path) as home:
        yield await House.of(home)
