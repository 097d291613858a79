"""What `familypair-server migrate`, `check`, `verify-ledger` and `clients` do and print."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import cast

import msgspec

from familypair_server.auth.clients import add_resource_client
from familypair_server.auth.registration import NewHost, add_host
from familypair_server.ids import Random, SystemRandom
from familypair_server.jobs.queue import Status, status
from familypair_server.records.verify import Verdict, all_teens, verify
from familypair_server.settings import Settings
from familypair_server.storage import RowMissing, Store, Transaction
from familypair_server.storage.migrate import check, migrate
from familypair_server.storage.opening import open_store
from familypair_server.times import millis

DONE, FAILED = 0, 1


class NoLedgerError(Exception):
    """The operator named a teen who has no ledger here."""


async def run_migrate(settings: Settings, *, as_json: bool) -> int:
    """Bring the database to this version; prints what ran."""
    names = await migrate(settings.database, now=datetime.now(UTC))
    if as_json:
        _say(msgspec.json.encode({"ran": names}).decode())
    else:
        _say("\n".join(f"ran {name}" for name in names) or "nothing to do: the database is current")
    return DONE


async def run_check(settings: Settings, *, as_json: bool) -> int:
    """Report on the database; 1 when it is not fit to serve."""
    report = await check(settings.database)
    waiting = await _jobs(settings) if report.applied and not report.pending else None
    if as_json:
        found = {**msgspec.to_builtins(report), "jobs": msgspec.to_builtins(waiting)}
        _say(msgspec.json.encode(found).decode())
    else:
        for name, value in msgspec.structs.asdict(report).items():
            listed = (
                ", ".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value
            )
            _say(f"{name}: {listed or 'none'}")
        _say("\n".join(_job_lines(waiting)))
    return DONE if report.ok else FAILED


async def _jobs(settings: Settings) -> Status:
    store = await open_store(settings.database, read_only=True)
    try:
        return await store.read(status(datetime.now(UTC)))
    finally:
        await store.close()


def _job_lines(found: Status | None) -> list[str]:
    if found is None:
        return ["jobs: unknown until the database is migrated"]
    due = "none" if found.next_due is None else f"{found.next_due:%Y-%m-%d %H:%M:%S} UTC"
    numbers = f"{found.waiting} waiting, {found.due} due, {found.late} late"
    lines = [
        f"jobs: {numbers}, {found.failing} failing; next {due}; run by {found.holder or 'nobody'}"
    ]
    return lines + [
        f"failing job: {one.name} of {one.subject}, tried {one.attempts} times: {one.error}"
        for one in found.failures
    ]


async def run_verify(settings: Settings, teen: str, *, as_json: bool) -> int:
    """Check one ledger or all; 1 with the first bad entry named when a chain does not hold."""
    store = await open_store(settings.database, read_only=True)
    try:
        verdicts = {t: await store.read(verify(t)) async for t in _teens(store, teen)}
    except RowMissing as error:
        raise NoLedgerError(f"there is no ledger of {teen}") from error
    finally:
        await store.close()
    if as_json:
        _say(msgspec.json.encode(verdicts).decode())
    else:
        _say("\n".join(_words(t, v) for t, v in verdicts.items()) or "there is no ledger yet")
    return FAILED if any(v.bad for v in verdicts.values()) else DONE


async def run_add_client(settings: Settings, name: str, *, as_json: bool) -> int:
    """Register a server that may introspect access tokens (RFC 7662); its secret is shown once."""
    return await _registered(
        settings,
        lambda secret, random, now: add_resource_client(
            name=name, secret=secret, random=random, now=now
        ),
        as_json=as_json,
    )


async def run_add_host(settings: Settings, asked: NewHost, *, as_json: bool) -> int:
    """Register a host app (product.md section 11); its secret is shown once."""
    return await _registered(
        settings,
        lambda secret, random, now: add_host(asked, secret=secret, random=random, now=now),
        as_json=as_json,
    )


async def _registered(
    settings: Settings, work: Callable[[str, Random, int], Transaction[str]], *, as_json: bool
) -> int:
    random, now = SystemRandom(), millis(datetime.now(UTC))
    secret = random.bytes(32).hex()
    store = await open_store(settings.database)
    try:
        client_id = await store.run(work(secret, random, now))
    finally:
        await store.close()
    if as_json:
        _say(msgspec.json.encode({"client_id": client_id, "client_secret": secret}).decode())
    else:
        _say(f"client id: {client_id}\nsecret (kept nowhere, so note it now): {secret}")
    return DONE


async def _teens(store: Store, teen: str) -> AsyncIterator[str]:
    if teen:
        yield teen
        return
    after = ""
    while page := await store.read(all_teens(after)):
        for one in page:
            yield one
        after = page[-1]


def _words(teen: str, verdict: Verdict) -> str:
    if bad := verdict.bad:
        where = f"the inbox of {bad.viewer_id}" if bad.viewer_id else "the ledger"
        return f"{teen}: entry {bad.seq} of {where} is bad: {bad.wrong}"
    erased = f", {verdict.erased} erased" if verdict.erased else ""
    return f"{teen}: holds ({verdict.entries} entries, {verdict.inbox_entries} in inboxes{erased})"


def _say(text: str) -> None:
    print(text)  # noqa: T201 - this is the command's output
