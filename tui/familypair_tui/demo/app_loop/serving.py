"""Loop on a loopback port of this process, connected with the pairing server."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import uvicorn

from familypair.client.errors import ClientError
from familypair_tui.demo.app_loop import AppError
from familypair_tui.demo.app_loop.app import create_app
from familypair_tui.demo.app_loop.gate import Watched
from familypair_tui.demo.app_loop.gates import Opened, opened_gate
from familypair_tui.demo.app_loop.log import Log
from familypair_tui.demo.app_loop.meter import Used
from familypair_tui.demo.app_loop.parts import Parts
from familypair_tui.demo.app_loop.sessions import Member
from familypair_tui.demo.habits import Stretch
from familypair_tui.demo.loop import Loop

LOOPBACK = "127.0.0.1"
_SOON = 0.01


@asynccontextmanager
async def served(loop: Loop, *, port: int = 0, hint: str = "") -> AsyncGenerator[Parts]:
    """The app with everybody who has connected it, until the block ends.

    Raises `AppError` for a port that cannot be used.
    """
    async with opened_gate(loop) as opened:
        parts = assembled(loop, opened, hint=hint)
        with _listening(port) as sock:
            parts.address = f"http://{LOOPBACK}:{sock.getsockname()[1]}"
            async with _running(parts, sock):
                yield parts


def assembled(loop: Loop, opened: Opened, *, hint: str = "") -> Parts:
    """The app's parts for the teens who have connected it."""
    reporter = Reporter(loop, opened.register)
    return Parts(
        issuer=loop.url,
        client_id=loop.client_id,
        members=members(loop),
        gate=Watched(opened.gate, Log(), loop.clock),
        clock=loop.clock,
        report=reporter.report,
        log_token=secrets.token_urlsafe(16),
        hint=hint,
    )


def members(loop: Loop) -> Mapping[str, Member]:
    """Everybody who has connected the app, by a short name."""
    return {
        app.person.name.lower(): Member(app.person.name, app.teen, ZoneInfo(app.person.zone))
        for app in loop.installed.values()
    }


@dataclass
class Reporter:
    """Reports what a browser was used for, as a device of its own."""

    loop: Loop
    register: Callable[[str, str], None]
    """Tells the gate of the new device."""
    _bound: set[str] = field(default_factory=set[str])

    async def report(self, member: Member, used: Used) -> None:
        """Tell the pairing server; what it does not hear is no use (and no page fails for it)."""
        device = f"{member.name.lower()}-browser"
        with contextlib.suppress(ClientError):
            if device not in self._bound:
                await self.loop.client.bind_device(device, member.teen)
                self._bound.add(device)
                self.register(device, member.teen)
            await self.loop.report([Stretch(device, used.surface, used.start, used.end)])


@contextmanager
def _listening(port: int) -> Generator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((LOOPBACK, port))
        except OSError as error:
            raise AppError(f"port {port} cannot be used: {error.strerror}") from error
        yield sock


class _Server(uvicorn.Server):
    """Signals stay with the program around it."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def _running(parts: Parts, sock: socket.socket) -> AsyncGenerator[None]:
    config = uvicorn.Config(
        create_app(parts),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        while not (server.started or task.done()):  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(_SOON)
        yield
    finally:
        server.should_exit = True
        await task
