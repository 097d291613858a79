"""Migrations run once, in order, whole or not at all; and `check` says what it finds."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from familypair_server.storage import SchemaError, check, migrate, open_store
from familypair_server.storage.migrations_plan import known, plan, statements
from familypair_server.storage.url import PostgresAt, SqliteAt, parse
from support.databases import NOW

COMMON = "CREATE TABLE thing (id TEXT PRIMARY KEY);\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one common migration and one that differs by engine."""
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_thing.sql").write_text(COMMON)
    (made / "0002_more.sql").write_text("CREATE TABLE more (id TEXT PRIMARY KEY);\n")
    (made / "0002_more.sqlite.sql").write_text("CREATE TABLE only_sqlite (id TEXT);\n")
    (made / "0002_more.pg.sql").write_text("CREATE TABLE only_pg (id TEXT);\n")
    (made / "README.md").write_text("not a migration")
    return made


def remove(folder: Path, pattern: str) -> None:
    """Take migrations away, as an older build has fewer."""
    for file in folder.glob(pattern):
        file.unlink()


def damage(original: Path, path: Path) -> None:
    """Copy a database with one page of zeros in it."""
    content = bytearray(original.read_bytes())
    content[4096 * 3 : 4096 * 4] = bytes(4096)
    path.write_bytes(content)


async def tables(url: str) -> set[str]:
    """Names of the tables there."""
    place = parse(url)
    if isinstance(place, SqliteAt):
        with contextlib.closing(sqlite3.connect(place.path)) as raw:
            found = [row[0] for row in raw.execute("SELECT name FROM sqlite_master")]
    else:
        connection = await asyncpg.connect(place.dsn)
        sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        found = [row[0] for row in await connection.fetch(sql)]
        await connection.close()
    return {name for name in found if not name.startswith("sqlite_")}


async def test_everything_pending_runs_once(
    empty_database_url: str, folder: Path, db_engine: str
) -> None:
    """The common part and this engine's own part run; a second run finds nothing to do."""
    url = empty_database_url
    assert await migrate(url, now=NOW, folder=folder) == ["0001_thing", "0002_more"]
    assert await migrate(url, now=NOW, folder=folder) == []
    assert await tables(url) == {"schema_migration", "thing", "more", f"only_{db_engine}"}


async def test_a_later_file_runs_on_top(empty_database_url: str, folder: Path) -> None:
    """A new number is all that runs on a database that has the others."""
    await migrate(empty_database_url, now=NOW, folder=folder)
    (folder / "0003_last.sql").write_text("CREATE TABLE last (id TEXT);\n")
    assert await migrate(empty_database_url, now=NOW, folder=folder) == ["0003_last"]


async def test_concurrent_runners_apply_each_file_once(
    empty_database_url: str, folder: Path
) -> None:
    """Six at once: together they ran every file exactly once, nobody failed."""
    done = await asyncio.gather(
        *(migrate(empty_database_url, now=NOW, folder=folder) for _ in range(6))
    )
    assert sorted(name for names in done for name in names) == ["0001_thing", "0002_more"]


async def test_a_failing_file_is_undone_and_the_earlier_ones_stay(
    empty_database_url: str, folder: Path
) -> None:
    """Its first statement is rolled back with its second; after a repair it runs."""
    broken = folder / "0003_bad.sql"
    broken.write_text("CREATE TABLE half (id TEXT);\nCREATE TABLE thing (id TEXT);\n")
    with pytest.raises((sqlite3.OperationalError, asyncpg.PostgresError)):
        await migrate(empty_database_url, now=NOW, folder=folder)
    assert "half" not in await tables(empty_database_url)
    assert {"thing", "more"} <= await tables(empty_database_url)
    broken.write_text("CREATE TABLE half (id TEXT);\n")
    assert await migrate(empty_database_url, now=NOW, folder=folder) == ["0003_bad"]


async def test_an_edited_file_is_detected(empty_database_url: str, folder: Path) -> None:
    """A file that changed after it ran stops everything, by name."""
    await migrate(empty_database_url, now=NOW, folder=folder)
    (folder / "0001_thing.sql").write_text(COMMON + "-- a harmless comment\n")
    with pytest.raises(SchemaError, match="0001_thing was edited"):
        await migrate(empty_database_url, now=NOW, folder=folder)
    assert not (await check(empty_database_url, folder=folder)).ok


async def test_a_newer_database_is_refused(empty_database_url: str, folder: Path) -> None:
    """An old build does not touch what a newer one made."""
    await migrate(empty_database_url, now=NOW, folder=folder)
    remove(folder, "0002_*")
    with pytest.raises(SchemaError, match="newer than this build: it has migration 0002"):
        await migrate(empty_database_url, now=NOW, folder=folder)


async def test_an_older_number_cannot_slip_in(empty_database_url: str, folder: Path) -> None:
    """Forward only: a file below the last number would run on a schema it never saw."""
    (folder / "0001_thing.sql").rename(folder / "0003_thing.sql")
    await migrate(empty_database_url, now=NOW, folder=folder)
    (folder / "0001_early.sql").write_text("CREATE TABLE early (id TEXT);\n")
    with pytest.raises(SchemaError, match="0001_early is numbered before 0003"):
        await migrate(empty_database_url, now=NOW, folder=folder)


async def test_a_store_opens_only_on_this_build_s_schema(empty_database_url: str) -> None:
    """An unmigrated database is refused with the command that helps; a newer one is refused."""
    with pytest.raises(SchemaError, match="familypair-server migrate"):
        await open_store(empty_database_url)
    await migrate(empty_database_url, now=NOW)
    store = await open_store(empty_database_url)
    await store.close()


async def test_check_reports_a_sound_database(database_url: str, db_engine: str) -> None:
    """Engine, version, what ran, nothing pending; the tests' PostgreSQL runs without fsync."""
    report = await check(database_url)
    assert report.engine == db_engine
    assert report.version
    assert "0003" in report.applied
    assert report.pending == ()
    assert [problem for problem in report.problems if "fsync" not in problem] == []


async def test_check_works_beside_a_running_server(database_url: str) -> None:
    """It only reads, so it does not need the file to itself."""
    store = await open_store(database_url)
    report = await check(database_url)
    await store.close()
    assert report.pending == ()


async def test_check_names_what_is_pending(empty_database_url: str, folder: Path) -> None:
    """An empty database lacks everything, and is not changed by looking."""
    report = await check(empty_database_url, folder=folder)
    assert report.pending == ("0001_thing", "0002_more")
    assert not report.ok
    await migrate(empty_database_url, now=NOW, folder=folder)
    assert (await check(empty_database_url, folder=folder)).pending == ()


async def test_check_finds_a_damaged_file(tmp_path: Path, sqlite_template: Path) -> None:
    """A page of zeros in the file is a problem in the report, not a crash."""
    path = tmp_path / "damaged.db"
    damage(sqlite_template, path)
    report = await check(f"sqlite:///{path}")
    assert not report.ok
    assert report.problems


def test_two_files_for_one_number_are_refused(folder: Path) -> None:
    """Two subjects with one number would depend on the alphabet."""
    (folder / "0001_other.sql").write_text(COMMON)
    with pytest.raises(SchemaError, match="same number"):
        known("sqlite", folder)


def test_parts_of_one_number_share_a_name(folder: Path) -> None:
    """A common part and an engine's part are one migration only under one name."""
    (folder / "0001_other.sqlite.sql").write_text(COMMON)
    with pytest.raises(SchemaError, match="different names"):
        known("sqlite", folder)


def test_a_trigger_is_one_statement() -> None:
    """Semicolons inside a trigger, a string or a comment do not end a statement."""
    trigger = "CREATE TRIGGER t BEFORE UPDATE ON x\nBEGIN SELECT 1;\nSELECT ';'; END;\n"
    assert list(statements(f"{trigger}SELECT 1; -- two;\n-- end\n")) == [
        trigger,
        "SELECT 1; -- two;\n",
    ]


def test_the_real_migrations_have_no_gap() -> None:
    """Numbers 0001, 0002, ... on both engines, with the same names."""
    lite, pg = known("sqlite"), known("pg")
    assert [step.name for step in lite] == [step.name for step in pg]
    assert [step.number for step in lite] == [f"{n + 1:04}" for n in range(len(lite))]
    assert plan({}, lite).pending == lite


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("sqlite:///relative.db", SqliteAt(Path("relative.db"))),
        ("sqlite:////var/lib/fp.db", SqliteAt(Path("/var/lib/fp.db"))),
        ("sqlite:///with%20blank.db", SqliteAt(Path("with blank.db"))),
        ("postgresql://u@h/db", PostgresAt("postgresql://u@h/db")),
    ],
)
def test_a_url_names_a_place(url: str, place: SqliteAt | PostgresAt) -> None:
    """Both forms of the setting `database`."""
    assert parse(url) == place


@pytest.mark.parametrize("url", ["", "mysql://u:secret@h/db", "sqlite:///", "sqlite:///:memory:"])
def test_another_url_is_refused_without_its_text(url: str) -> None:
    """The message says what is possible and repeats no password."""
    with pytest.raises(ValueError, match="postgresql://user@host") as caught:
        parse(url)
    assert "secret" not in str(caught.value)
