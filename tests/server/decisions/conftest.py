"""A teen at a host, on each engine."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from familypair_server.storage import Store
from support.questions import Scene, scene


@pytest.fixture
async def here(store: Store, tmp_path: Path) -> AsyncGenerator[Scene]:
    """A bound teen of a family, and their host."""
    async with scene(store, tmp_path) as found:
        yield found
