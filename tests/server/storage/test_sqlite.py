"""What only the SQLite engine promises: durability settings, one writer, one process."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from familypair_server.storage import (
    FileInUse,
    OutcomeUnknown,
    SchemaError,
    Statement,
    StoreUnavailable,
    Txn,
    migrate,
    open_store,
    transaction,
)
from familypair_server.storage.hop import connect, hop
from familypair_server.storage.sqlite import BATCH, SqliteStore, require_version
from support import items as table
from support.databases import NOW

CHILD = Path(__file__).parent / "sqlite_child.py"


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    """A migrated file of this test's own."""
    copy = tmp_path / "family.db"
    copy.write_bytes(sqlite_template.read_bytes())
    return copy


@pytest.fixture
async def store(path: Path) -> Any:
    """An open SQLite store with the table `item`."""
    opened = await SqliteStore.open(path)
    await opened.run(table.create())
    yield opened
    await opened.close()


def child(*arguments: str | Path) -> "subprocess.Popen[str]":
    """Start the helper program of these tests."""
    command = [sys.executable, str(CHILD), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(CHILD.parents[2])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def write_text(path: Path, text: str) -> None:
    """Make a file that is no database."""
    path.write_text(text)


@transaction
def pragmas(*names: str) -> Txn[dict[str, str]]:
    """The connection's settings."""
    values: dict[str, str] = {}
    for name in names:
        values[name] = str((yield from Statement(f"PRAGMA {name}", str).get()))
    return values


async def test_the_writer_is_durable(store: SqliteStore) -> None:
    """WAL, FULL, foreign keys, a long busy timeout and no memory mapping on the writer."""
    assert await store.run(
        pragmas("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "mmap_size")
    ) == {
        "journal_mode": "wal",
        "synchronous": "2",
        "foreign_keys": "1",
        "busy_timeout": "10000",
        "mmap_size": "0",
    }


async def test_the_reader_never_writes_and_never_checkpoints(store: SqliteStore) -> None:
    """Only the writer may touch the log: the reader is query-only without automatic checkpoints."""
    assert await store.read(pragmas("query_only", "wal_autocheckpoint", "mmap_size")) == {
        "query_only": "1",
        "wal_autocheckpoint": "0",
        "mmap_size": "0",
    }


async def test_a_second_store_on_the_same_file_is_refused(store: SqliteStore, path: Path) -> None:
    """Also within one process; the message names who holds it."""
    with pytest.raises(FileInUse, match=f"process {os.getpid()}"):
        await SqliteStore.open(path)
    assert await store.run(table.add("still works")) == 1


async def test_a_second_process_on_the_same_file_is_refused(store: SqliteStore, path: Path) -> None:
    """Another server on this file exits with a clear error, and the first one goes on."""
    other = child("write", path)
    output = other.communicate(timeout=30)[0]
    assert "FileInUse" in output
    assert f"process {os.getpid()}" in output
    assert await store.run(table.add("still works")) == 1


async def test_a_crash_gives_the_file_back(path: Path) -> None:
    """The kernel drops the lock with the process: nobody has to remove a stale file."""
    other = child("write", path)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(FileInUse, match=f"process {other.pid}"):
        await SqliteStore.open(path)
    other.kill()
    other.communicate()
    store = await SqliteStore.open(path)
    await store.close()


async def test_acknowledged_writes_survive_kill_9(path: Path) -> None:
    """20 times: a process is killed while it writes; whatever it acknowledged is there."""
    acknowledged: set[str] = set()
    for turn in range(20):
        other = child("write", path, str(turn))
        assert other.stdout is not None
        for _ in range(1 + 3 * turn):
            acknowledged.add(other.stdout.readline().strip())
        other.send_signal(signal.SIGKILL)
        acknowledged |= {line.strip() for line in other.communicate()[0].splitlines(keepends=True)}
    store = await open_store(f"sqlite:///{path}")
    kept = {row.id for row in await store.read(table.look_all())}
    await store.close()
    lost = {name for name in acknowledged if len(name) == len("00-000000")} - kept
    assert len(acknowledged) > 200
    assert lost == set()


async def test_callers_at_once_share_commits(store: SqliteStore) -> None:
    """600 waiting transactions need three commits: batches of at most 256."""
    commits: list[str] = []
    lane = store.writer
    await hop(lane.connection, lambda raw: raw.set_trace_callback(commits.append))
    await asyncio.gather(*(store.run(table.add(f"{n}")) for n in range(600)))
    await hop(lane.connection, lambda raw: raw.set_trace_callback(None))
    assert commits.count("COMMIT") == 3
    saved = [line for line in commits if line.startswith("SAVEPOINT")]
    assert len(saved) == 600
    assert BATCH == 256


async def test_one_hop_runs_a_function_on_the_connection_s_thread(path: Path) -> None:
    """The one protected call of aiosqlite that we lean on is there and does what we need.

    If this fails after an update of aiosqlite: `storage/hop.py` is the only place to change.
    """
    connection = await connect(path)
    try:
        seen = await hop(connection, lambda raw: (threading.get_ident(), raw.execute("SELECT 7")))
        thread, cursor = seen
        assert thread != threading.get_ident()
        assert isinstance(cursor, sqlite3.Cursor)
        with pytest.raises(sqlite3.OperationalError):
            await hop(connection, lambda raw: raw.execute("nonsense"))
        assert await hop(connection, lambda raw: raw.in_transaction) is False
    finally:
        await connection.close()
    assert hasattr(aiosqlite.Connection, "_execute")


async def test_what_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    """A missing file, and one that is no database, leave no connection and no lock behind."""
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await connect(tmp_path / "missing.db")
    path = tmp_path / "letter.db"
    write_text(path, "Dear family, this is a letter and not a database. " * 100)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="not a database"):
            await SqliteStore.open(path)


async def test_close_leaves_no_thread_and_no_log(path: Path) -> None:
    """aiosqlite's threads are not daemons: a clean close lets the process end."""
    before = set(threading.enumerate())
    store = await SqliteStore.open(path)
    await store.run(table.create())
    own = set(threading.enumerate()) - before
    await store.close()
    for thread in own:
        thread.join(timeout=10)
    assert [thread.is_alive() for thread in own] == [False, False]
    assert not path.with_name("family.db-wal").exists()


async def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    """A new database and its log are private to the account that runs the server."""
    path = tmp_path / "new" / "family.db"
    url = f"sqlite:///{path}"
    with pytest.raises(SchemaError, match="no database"):
        await open_store(url)
    await migrate(url, now=NOW)
    store = await open_store(url)
    await store.run(table.create())
    rights = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    await store.close()
    names = ("family.db", "family.db-shm", "family.db-wal", "family.db.lock")
    assert rights == dict.fromkeys(names, 0o600)


async def test_a_full_disk_fails_the_write_and_recovers(store: SqliteStore) -> None:
    """No space: the callers hear it, nothing is kept, reads go on; with space, writes go on."""
    await store.run(table.add("before"))
    pages = await hop(store.writer.connection, _limit_pages)
    with pytest.raises(StoreUnavailable, match="FULL"):
        await store.run(table.add("x" * 200_000))
    assert [row.id for row in await store.read(table.look_all())] == ["before"]
    assert pages > 0
    await hop(store.writer.connection, lambda raw: raw.execute("PRAGMA max_page_count = 100000"))
    assert await store.run(table.add("after")) == 1


def _limit_pages(raw: sqlite3.Connection) -> int:
    count = int(raw.execute("PRAGMA page_count").fetchone()[0])
    raw.execute(f"PRAGMA max_page_count = {count + 1}")
    return count


async def test_an_i_o_error_stops_writing_and_never_lies(path: Path) -> None:
    """The disk refuses a write: those callers are told, later writers are refused, reads go on.

    After a restart everything acknowledged is there.
    """
    other = child("io-error", path)
    output = other.communicate(timeout=30)[0].split()
    assert other.returncode == 0
    acknowledged = {name for name in output if name.startswith("ok:")}
    assert "refused:StoreUnavailable" in output
    assert "read:works" in output
    assert acknowledged
    store = await SqliteStore.open(path)
    kept = {f"ok:{row.id[:8]}" for row in await store.read(table.look_all())}
    await store.close()
    assert acknowledged <= kept


async def test_a_failed_commit_fails_the_whole_batch(store: SqliteStore) -> None:
    """When COMMIT itself fails, nobody is told that it worked, and nothing is there."""

    @transaction
    def dangling() -> Txn[None]:
        yield from Statement("PRAGMA defer_foreign_keys = ON").run()
        yield from Statement(
            "INSERT INTO ledger_entry (teen_id, seq, type, at, commitment, hash)"
            " VALUES ('nobody', 1, 't', 1, 'c', 'h')"
        ).run()

    done = await asyncio.gather(
        store.run(table.add("innocent")), store.run(dangling()), return_exceptions=True
    )
    assert [type(one).__name__ for one in done] == ["ConstraintViolated"] * 2
    assert await store.read(table.look_all()) == []
    assert await store.run(table.add("next")) == 1


async def test_an_outside_lock_is_waited_for(store: SqliteStore, path: Path) -> None:
    """An operator's `sqlite3` that holds the file for a moment delays writers, nothing else."""
    outside = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    outside.execute("BEGIN IMMEDIATE")
    waiting = [asyncio.ensure_future(store.run(table.add(f"{n}"))) for n in range(8)]
    assert await store.read(table.look_all()) == []
    outside.execute("COMMIT")
    outside.close()
    assert await asyncio.gather(*waiting) == [1] * 8


def test_a_sqlite_that_is_too_old_is_refused() -> None:
    """The version before RETURNING is refused with both versions in the message."""
    require_version((3, 35, 0))
    with pytest.raises(StoreUnavailable, match=r"3\.35\.0.*\(3, 34, 1\)"):
        require_version((3, 34, 1))


async def test_a_stopped_loop_answers_unknown(store: SqliteStore) -> None:
    """When the loop ends under a batch, its callers hear that the outcome is unknown."""
    caller = asyncio.ensure_future(store.run(table.add("a")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    pump = store.writer.pump
    assert pump is not None
    pump.cancel()
    with pytest.raises(OutcomeUnknown):
        await caller
    with pytest.raises(asyncio.CancelledError):
        await pump
    assert await store.run(table.add("b")) == 1
