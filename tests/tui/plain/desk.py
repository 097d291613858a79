"""Runs one plain command against a fake server, with typed answers and captured lines."""

from dataclasses import dataclass, field
from datetime import UTC
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from client.fake import ISSUER, START, FakeServer, Waits, saved, surroundings
from familypair.client import FamilyPairing
from familypair.client.store import MemoryStore
from familypair.testing import ManualClock
from familypair_tui.plain.console import Console
from familypair_tui.plain.parser import build
from familypair_tui.plain.run import perform


@dataclass
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON value on stdout."""
        return msgspec.json.decode(self.out)


@dataclass
class Desk:
    """A person at a terminal: who is signed in, and the server on the other side."""

    kind: str = "guardian"
    account: str = "acc_dana"
    name: str = "Dana"
    signed_in: bool = True
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    folder: Path | None = None
    """Where numbers of lists are kept; a test that lists requests gives one."""

    glyphs: bool = True

    def __post_init__(self) -> None:
        self.server = FakeServer(self.clock)
        self.waits = Waits(self.clock)
        session = msgspec.structs.replace(
            saved(), kind=self.kind, account=self.account, name=self.name
        )
        self.store = MemoryStore(session if self.signed_in else None)

    def client(self) -> FamilyPairing:
        """A client of this person."""
        return FamilyPairing(
            ISSUER,
            store=self.store,
            transport=httpx2.MockTransport(self.server),
            around=surroundings(self.clock, self.waits),
        )

    def run(self, *argv: str, answers: str = "") -> Ran:
        """Run a command; `answers` are the lines typed, with | between them."""
        args = build().parse_args(argv)
        out, err = StringIO(), StringIO()
        typed = StringIO("".join(f"{line}\n" for line in answers.split("|")) if answers else "")
        console = Console(
            out=out,
            err=err,
            ask_line=typed.readline,
            as_json=getattr(args, "json", False),
            zone=UTC,
            clock=self.clock,
            sleep=self.waits,
            home=self._home,
            glyphs=self.glyphs,
        )
        code = perform(args, console, lambda _: self.client())
        return Ran(code, out.getvalue(), err.getvalue())

    def _home(self) -> Path:
        assert self.folder is not None
        return self.folder

    def sent(self, method: str, path: str) -> list[Any]:
        """The JSON bodies of the requests to a route."""
        return [
            msgspec.json.decode(request.content)
            for request in self.server.requests
            if (request.method, request.url.path) == (method, path)
        ]
