"""People at terminals: plain commands against an application in this very event loop."""

import asyncio
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from familypair.client import Around, ClientError, FamilyPairing, HostClient, Saved
from familypair.client.store import MemoryStore
from familypair_tui.plain.console import Console, Stopped, UsageError
from familypair_tui.plain.dispatch import execute
from familypair_tui.plain.faults import sentence_of
from familypair_tui.plain.parser import build
from support.homes import Home
from support.hosts import SECRET
from support.pairs import BASE


async def _soon(_: float) -> None:
    await asyncio.sleep(0)


@dataclass(frozen=True)
class Said:
    """What one command said; `refused` is the sentence when it did not work."""

    out: str
    refused: str = ""

    def json(self) -> Any:
        """The one JSON value on stdout."""
        return msgspec.json.decode(self.out)


@dataclass
class Terminal:
    """One person at a terminal."""

    home: Home
    account: str
    kind: str
    name: str
    folder: Path
    transcript: list[str] = field(default_factory=list[str])

    def client(self) -> FamilyPairing:
        """The client of this person, signed in."""
        session = Saved(
            issuer=BASE,
            access_token=self.home.tokens[self.account],
            expires_at=self.home.clock().timestamp() + 600,
            refresh_token="none",
            account=self.account,
            kind=self.kind,
            name=self.name,
        )
        around = Around(clock=self.home.clock, sleep=_soon)
        return FamilyPairing(
            BASE, store=MemoryStore(session), transport=_transport(self.home), around=around
        )

    async def run(self, *argv: str, answers: str = "") -> Said:
        """Run a command with these lines typed, `|` between them."""
        args = build().parse_args(argv)
        out = StringIO()
        typed = StringIO("".join(f"{line}\n" for line in answers.split("|")) if answers else "")
        console = Console(
            out=out,
            err=StringIO(),
            ask_line=typed.readline,
            as_json=getattr(args, "json", False),
            clock=self.home.clock,
            home=lambda: self.folder,
        )
        refused = ""
        try:
            await execute(args, console, lambda _: self.client())
        except ClientError as error:
            refused = sentence_of(error)
        except (UsageError, Stopped) as error:
            refused = str(error)
        said = Said(out.getvalue(), refused)
        self.transcript += [f"{self.name} $ familypair {' '.join(argv)}", said.out + refused]
        return said


def host_client(home: Home, client_id: str) -> HostClient:
    """The client library of a registered host app."""
    around = Around(clock=home.clock, sleep=_soon)
    return HostClient(BASE, client_id, SECRET, transport=_transport(home), around=around)


def _transport(home: Home) -> httpx2.ASGITransport:
    return httpx2.ASGITransport(app=home.app, raise_app_exceptions=False)  # type: ignore[arg-type]  # an ASGI app with narrower scope types
