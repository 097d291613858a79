"""A host app with a receiver on this machine, behind an application on each engine."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from familypair_server.storage import Store
from familypair_server.webhooks.courier import Courier
from support.homes import at_home
from support.hooks import Desk
from support.hosts import host_app
from support.receivers import receiving


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> AsyncGenerator[Desk]:
    """A host that may be on this machine, and a courier that runs when it is told to."""
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(at_home(store, tmp_path, webhook_loopback=True))
        receiver = await stack.enter_async_context(receiving())
        courier = Courier(home.app.context)
        stack.push_async_callback(courier.stop)
        yield Desk(home, await host_app(home), receiver, courier)
