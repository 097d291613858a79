"""A real server in a process of its own: `familypair-server serve`, asked over a real socket."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import IO

import pytest

START_SECONDS = 20.0
STOP_SECONDS = 10.0
_READY = "listening on "


class NotStarted(AssertionError):  # noqa: N818 - says what happened
    """The server ended or stayed silent; the message has its exit code and what it said."""


def command(*arguments: str) -> list[str]:
    """A command line of this very environment's `familypair-server`."""
    return [sys.executable, "-m", "familypair_server", *arguments]


def environment(database: str, folder: Path, **settings: str) -> dict[str, str]:
    """Variables of a demonstration server on a free port, with nothing of the developer's own."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("FAMILYPAIR_")}
    chosen = {
        "DATABASE": database,
        "SECRET_FILE": str(folder / "live.secret"),
        "PORT": "0",
        "DEMO": "true",
        "PASSWORD_COST": "cheapest",
        "SIGNUPS_PER_HOUR": "1000",
        "LOG_LEVEL": "warning",
        **settings,
    }
    return own | {f"FAMILYPAIR_{name}": value for name, value in chosen.items()}


@dataclass
class LiveServer:
    """A server that can be started, killed, and started again on the same data and port."""

    database: str
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    url: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def log(self) -> str:
        """Everything that the server wrote to stderr."""
        path = self.folder / "live.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def port(self) -> int:
        """The port in `url`."""
        return int(self.url.rpartition(":")[2])

    @property
    def running(self) -> subprocess.Popen[str]:
        """The process; raises when there is none."""
        if self.process is None:
            raise NotStarted("the server was not started")
        return self.process

    def start(self) -> None:
        """Start and wait for the line that says where; a second start takes the same port."""
        chosen = dict(self.settings)
        if self.url:
            chosen["PORT"] = str(self.port)
        with (self.folder / "live.log").open("ab") as log:
            self.process = subprocess.Popen(
                command("serve"),
                env=environment(self.database, self.folder, **chosen),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.url = self._ready(self.process)

    def kill(self) -> None:
        """`kill -9`: nothing of the process gets to clean up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as a supervisor does; the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process = self.running
        process.send_signal(how)
        try:
            return process.wait(STOP_SECONDS)
        finally:
            process.kill()
            if process.stdout is not None:
                process.stdout.close()
            self.process = None

    def _ready(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        said: Queue[str] = Queue()
        threading.Thread(target=_first_line, args=(process.stdout, said), daemon=True).start()
        try:
            line = said.get(timeout=START_SECONDS)
        except Empty:
            line = ""
        if not line.startswith(_READY):
            process.kill()
            code = process.wait(STOP_SECONDS)
            process.stdout.close()
            self.process = None
            raise NotStarted(f"exit code {code}: {line}{self.log[-2000:]}")
        return line.removeprefix(_READY).strip()


def _first_line(pipe: IO[str], said: Queue[str]) -> None:
    said.put(pipe.readline())


@contextmanager
def serving(database: str, folder: Path, **settings: str) -> Generator[LiveServer]:
    """A started server; whatever happened, it is gone in the end."""
    server = LiveServer(database, folder, settings)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None:
            server.kill()


@pytest.fixture
def live_server(database_url: str, tmp_path: Path) -> Generator[LiveServer]:
    """A demonstration server, once per engine."""
    with serving(database_url, tmp_path) as server:
        yield server
