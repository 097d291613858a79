"""A store with the tests' own table in it."""

import pytest

from familypair_server.storage import Store
from support import items as table


@pytest.fixture
async def items(store: Store) -> Store:
    """A store with the table `item`."""
    await store.run(table.create())
    return store
