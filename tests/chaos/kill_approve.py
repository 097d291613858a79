"""`kill -9` of the whole server while teens approve links, again and again on one database.

After each kill the database is opened and every pair that was tried is looked at: an approved
invitation, its link, its ledger entry, both inboxes and the receipt are there together or not at
all, and what was answered with 200 is there.
"""

import asyncio
import os
import random
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec

from familypair.schema.invitations import InvitationState
from familypair.schema.scopes import ALL_SCOPES
from familypair.testing import ManualClock
from familypair_server.ids import SystemRandom
from familypair_server.invitations import codes
from familypair_server.invitations import statements as invitations
from familypair_server.invitations.records import load
from familypair_server.keys import Keys, load_or_create
from familypair_server.links import statements as links
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import Store, Txn, migrate, open_store, transaction
from support.pairs import READ, People

AT_ONCE = 4
"""Approvals in flight at each kill."""
FIRST_WINDOW = 0.040
"""Seconds after sending within which the process dies. Moved after each kill so that about half of
the approvals get through: then most kills hit one that is under way, however slow the machine is.
"""
START_SECONDS = 30.0


class Try(msgspec.Struct):
    """One teen about to approve, and what the server answered before it died."""

    teen: str
    guardian: str
    invitation: str
    token: str
    answered: bool = False


class Figures(msgspec.Struct):
    """What a run counted. The last three must be 0."""

    kills: int = 0
    approvals: int = 0
    answered: int = 0
    kept: int = 0
    """Approvals that are in the database."""
    link_without_consent: int = 0
    consent_without_entry: int = 0
    answered_but_lost: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing was half done and nothing was lost."""
        return not (
            self.link_without_consent or self.consent_without_entry or self.answered_but_lost
        )


class Found(msgspec.Struct, frozen=True):
    """What the database says of one try."""

    approved: bool
    links: int
    entries: int
    inboxes: int
    receipts: int
    sound: bool


async def run(url: str, folder: Path, kills: int, seed: int = 1) -> Figures:
    """Kill a server `kills` times; `url` is an empty database, `folder` keeps the secret."""
    await migrate(url, now=datetime.now(UTC))
    keys = load_or_create(folder / "secret", SystemRandom())
    chance = random.Random(seed)  # noqa: S311 - when to kill, not a secret
    figures, window = Figures(), FIRST_WINDOW
    for _ in range(kills):
        tries = await _prepare(url, keys)
        async with _serving(url, folder / "secret") as (process, address):
            await _approve_and_kill(process, address, keys, tries, chance.uniform(0, window))
        kept = figures.kept
        await _judge(url, tries, figures)
        window *= 0.8 if figures.kept - kept > len(tries) // 2 else 1.15
    return figures


async def _prepare(url: str, keys: Keys) -> list[Try]:
    """New pairs whose teens have read the disclosure long enough."""
    store = await open_store(url)
    try:
        people = People(store, ManualClock(datetime.now(UTC) - 2 * READ), keys)
        return [await _ready(people) for _ in range(AT_ONCE)]
    finally:
        await store.close()


async def _ready(people: People) -> Try:
    guardian, teen = await people.guardian(), await people.teen()
    invitation = await people.disclosed(guardian, teen)
    people.clock.tick(-READ)
    return Try(teen, guardian, invitation, await people.token(teen))


@asynccontextmanager
async def _serving(
    url: str, secret: Path
) -> AsyncGenerator[tuple[asyncio.subprocess.Process, str]]:
    """A server process of its own, and where it listens; it is dead at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "familypair_server", "serve", "--port", "0", "--database", url),
        stdout=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "FAMILYPAIR_SECRET_FILE": str(secret),
            "FAMILYPAIR_LOG_LEVEL": "error",
        },
    )
    try:
        yield process, await _address(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        while line := await process.stdout.readline():
            _, said, address = line.decode().partition("listening on ")
            if said:
                return address.strip()
    raise RuntimeError("the server did not start")


async def _approve_and_kill(
    process: asyncio.subprocess.Process,
    address: str,
    keys: Keys,
    tries: list[Try],
    delay: float,
) -> None:
    async with httpx2.AsyncClient(base_url=address, trust_env=False, timeout=10) as web:
        await web.get("/healthz")
        answers = [asyncio.create_task(_approve(web, keys, one)) for one in tries]
        await asyncio.sleep(delay)
        process.kill()
        await asyncio.gather(process.wait(), *answers)


async def _approve(web: httpx2.AsyncClient, keys: Keys, one: Try) -> None:
    body: dict[str, Any] = {
        "phrase": codes.phrase(keys, one.invitation),
        "scopes": list(ALL_SCOPES),
    }
    headers = {"Authorization": f"Bearer {one.token}"}
    path = f"/v1/invitations/{one.invitation}/approve"
    try:
        reply = await web.post(path, json=body, headers=headers)
    except httpx2.HTTPError:
        return
    assert reply.status_code == 200, reply.text
    one.answered = True


async def _judge(url: str, tries: list[Try], figures: Figures) -> None:
    store = await open_store(url)
    try:
        for one in tries:
            _count(one, await _look(store, one), figures)
    finally:
        await store.close()
    figures.kills += 1


def _count(one: Try, found: Found, figures: Figures) -> None:
    whole = found == Found(approved=True, links=1, entries=1, inboxes=2, receipts=1, sound=True)
    nothing = found == Found(approved=False, links=0, entries=0, inboxes=0, receipts=0, sound=True)
    figures.approvals += 1
    figures.answered += one.answered
    figures.kept += whole
    figures.link_without_consent += bool(found.links) and not found.approved
    figures.consent_without_entry += not (whole or nothing)
    figures.answered_but_lost += one.answered and not whole


async def _look(store: Store, one: Try) -> Found:
    entries = await store.read(ledger.read_ledger(one.teen))
    inboxes = [
        await store.read(ledger.read_inbox(one.teen, viewer)) for viewer in (one.teen, one.guardian)
    ]
    approved, found, receipts = await store.read(_rows(one))
    return Found(
        approved=approved,
        links=found,
        entries=len(entries),
        inboxes=sum(map(len, inboxes)),
        receipts=receipts,
        sound=(await store.read(verify(one.teen))).bad is None,
    )


@transaction
def _rows(one: Try) -> Txn[tuple[bool, int, int]]:
    row = yield from invitations.by_id.get(id=one.invitation)
    approved = load(row, datetime.now(UTC) - timedelta(days=1)).rule.state
    found = yield from links.by_teen.all(teen=one.teen)
    receipts = 0
    for link in found:
        jws = yield from links.newest_receipt.one(teen=one.teen, link=link.id)
        receipts += jws is not None
    return approved is InvitationState.APPROVED, len(found), receipts
