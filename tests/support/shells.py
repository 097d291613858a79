"""One application after the other in the same routes: making them anew takes a tenth of a second.

Nothing of an application outlives its end but its routes; what it held lies in its context, which
every start makes anew.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar

from familypair_server import app

_idle: list[app.Shell] = []


class _Reused(app.Shell):
    """Goes back to the idle ones when its application has ended."""

    @asynccontextmanager
    async def _live(self, _: Litestar) -> AsyncGenerator[None, None]:
        async with super()._live(_):
            yield
        _idle.append(self)


def shell(extra: Sequence[Any]) -> app.Shell:
    """An idle shell, or a new one; a demonstration has routes of its own and gets a new one."""
    if extra:
        return app.Shell(extra)
    return _idle.pop() if _idle else _Reused(())


@pytest.fixture(autouse=True, scope="session")
def reuse_shells() -> None:
    """Every application of this process; one that failed to end is not used again."""
    app.Shell = shell  # type: ignore[assignment,misc]  # a function in the place of a class
