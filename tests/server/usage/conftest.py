"""A teen with a phone at a host, on a manual clock, on each engine."""

import pytest

from familypair.testing import ManualClock
from familypair_server.storage import Store
from support.pairs import People
from support.uses import NOON, Reporter


@pytest.fixture
async def reporter(store: Store) -> Reporter:
    """The phone was bound at NOON."""
    return await Reporter.of(People(store, ManualClock(NOON)))
