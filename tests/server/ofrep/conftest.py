"""A running application on each engine."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from familypair_server.storage import Store
from support.homes import Home, at_home


@pytest.fixture
async def home(store: Store, tmp_path: Path) -> AsyncGenerator[Home]:
    """Requests against an application over this test's database."""
    async with at_home(store, tmp_path) as found:
        yield found
