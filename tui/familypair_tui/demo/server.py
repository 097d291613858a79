"""A real server for the demonstration: its own process, a temporary folder, a free port."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from familypair_tui.demo.loop import ASKED, NAME, REDIRECT

START_SECONDS = 20.0
STOP_SECONDS = 8.0
_READY = "listening on "


class DemoServerError(Exception):
    """The server did not start; the message has what it said."""


class AppKey(msgspec.Struct, frozen=True):
    """What an operator hands to the maker of a host app."""

    client_id: str
    client_secret: str


class DemoServer:
    """Starts on entry, ends and cleans up on exit, also after an error."""

    def __init__(self, database: str = "", *, days_ago: int = 0) -> None:
        """`database` is for tests on PostgreSQL; without it a file in the temporary folder.

        The demonstration's clock begins `days_ago` days in the past.
        """
        self._days_ago = days_ago
        self.folder = Path(tempfile.mkdtemp(prefix="familypair-demo-"))
        self.url = ""
        self.app = AppKey("", "")
        """The made-up app's id and secret."""
        self._database = database or f"sqlite:///{self.folder / 'demo.db'}"
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._command("migrate")
            back = ("--redirect", REDIRECT, "--redirect", ASKED)
            app = await self._command("clients", "add", NAME, "--host", *back, "--json")
            self.app = msgspec.json.decode(app, type=AppKey)
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stop()

    def environment(self) -> dict[str, str]:
        """The server's variables: nothing of the visitor's own configuration is used."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("FAMILYPAIR_")}
        return own | {
            "FAMILYPAIR_DATABASE": self._database,
            "FAMILYPAIR_SECRET_FILE": str(self.folder / "demo.secret"),
            "FAMILYPAIR_PORT": "0",
            "FAMILYPAIR_DEMO": "true",
            "FAMILYPAIR_DEMO_DAYS": str(self._days_ago),
            "FAMILYPAIR_PASSWORD_COST": "cheapest",
            "FAMILYPAIR_LOG_LEVEL": "error",
        }

    async def verify(self) -> int:
        """Stop serving and check the ledgers' hash chains; the exit code of that command."""
        await self._end()
        try:
            await self._command("verify-ledger")
        except DemoServerError:
            return 1
        return 0

    async def _command(self, *words: str) -> bytes:
        """Run one of the server's commands to its end; raises `DemoServerError` with its words."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "familypair_server",
            *words,
            env=self.environment(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, fault = await process.communicate()
        if process.returncode:
            message = f"{words[0]}: {fault.decode(errors='replace')[-2000:]}"
            raise DemoServerError(message)
        return said

    async def _start(self) -> None:
        log = (self.folder / "server.log").open("wb")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "familypair_server",
                "serve",
                env=self.environment(),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout  # noqa: S101 - narrows the type: a pipe was asked for
        try:
            async with asyncio.timeout(START_SECONDS):
                line = (await self._process.stdout.readline()).decode().strip()
        except TimeoutError:
            line = ""
        if not line.startswith(_READY):
            said = (self.folder / "server.log").read_text(errors="replace")[-2000:]
            message = f"the demo server did not start: {line} {said}"
            raise DemoServerError(message)
        self.url = line.removeprefix(_READY)

    async def _stop(self) -> None:
        await self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _end(self) -> None:
        process = self._process
        if process and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
