"""A family with a bound app on each engine."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from familypair_server.storage import Store
from support.homes import at_home
from support.policies import Bound


@pytest.fixture
async def bound(store: Store, tmp_path: Path) -> AsyncGenerator[Bound]:
    """A guardian, a teen, and the app Loop that the teen has bound; Monday 13:00 UTC."""
    async with at_home(store, tmp_path) as home:
        yield await Bound.of(home)
