"""A process that the SQLite tests start, lock out, break and kill.

`write FILE [TURN]` writes rows for ever and prints each name once it is acknowledged.
`io-error FILE` makes the disk refuse writes and prints what every caller was told.
"""

import asyncio
import contextlib
import resource
import sys

from familypair_server.storage import (
    ConstraintViolated,
    StatementFailed,
    StorageError,
    Store,
    open_store,
)
from support import items as table


def say(line: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def write(url: str, turn: int) -> None:
    """Eight writers, until somebody ends us."""
    try:
        store = await open_store(url)
    except StorageError as error:
        say(f"{type(error).__name__} {error}")
        return
    with contextlib.suppress(StatementFailed):
        await store.run(table.create())
    say("ready")
    await asyncio.gather(*(_writer(store, turn, first) for first in range(8)))


async def _writer(store: Store, turn: int, first: int) -> None:
    number = first
    while True:
        name = f"{turn:02}-{number:06}"
        await store.run(table.add(name))
        say(name)
        number += 8


async def io_error(url: str) -> None:
    """Write until no file may grow any more (EFBIG, an I/O error to SQLite), and then some."""
    store = await open_store(url)
    await store.run(table.create())
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limit[1]))
    failed = 0
    for number in range(400):
        try:
            await store.run(table.add(f"{number:08}" + "x" * 2000))
        except ConstraintViolated:
            raise
        except StorageError as error:
            failed += 1
            say(f"failed:{type(error).__name__}")
            break
        say(f"ok:{number:08}")
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    try:
        await store.run(table.add("later"))
    except StorageError as error:
        say(f"refused:{type(error).__name__}")
    rows = await store.read(table.look_all())
    say("read:works" if len(rows) > 0 and failed else "read:fails")
    await store.close()


if __name__ == "__main__":
    action, path, *rest = sys.argv[1:]
    if action == "write":
        asyncio.run(write(f"sqlite:///{path}", int(rest[0]) if rest else 99))
    else:
        asyncio.run(io_error(f"sqlite:///{path}"))
