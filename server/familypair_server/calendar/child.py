"""Have a file read by `reader` in another process, which is ended when it takes too long."""

import asyncio
import os
import sys
import threading
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair_server.calendar.reader import Found, Order
from familypair_server.problems import Refused

PATIENCE: Final = 6.0
"""Seconds until a reader is ended; it has less processor time than that."""
AT_ONCE: Final = 2
"""Readers of this node at a time."""
_places = threading.BoundedSemaphore(AT_ONCE)
_answer = msgspec.json.Decoder(Found)


async def read_file(order: Order) -> Found:
    """The events of a file.

    Raises `Refused`: BAD_CALENDAR with what is wrong with it, TOO_MANY_REQUESTS while as many
    files are read as can be at a time.
    """
    if not _places.acquire(blocking=False):
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=int(PATIENCE))
    try:
        answer = await _ask(msgspec.json.encode(order))
    finally:
        _places.release()
    if answer is None:
        raise _bad("it asks for too much")
    found = _answer.decode(answer)
    if found.fault:
        raise _bad(found.fault)
    return found


async def _ask(order: bytes) -> bytes | None:
    """None where the reader came to its limits."""
    reader = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "familypair_server.calendar.reader",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", "")},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            answer, _ = await reader.communicate(order)
    except TimeoutError:
        answer = b""
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    return answer if reader.returncode == 0 else None


def _bad(fault: str) -> Refused:
    return Refused(Refusal(Reason.BAD_CALENDAR, "/ics", {"fault": fault}))
