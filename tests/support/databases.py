"""Fixtures that run a test on SQLite and on PostgreSQL: `store`, `database_url`, `db_engine`.

A test (or a fixture) that asks for any of them runs once per engine of `--db`. Every test has a
database of its own, copied from a template that was migrated once.
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from familypair_server.storage import Store, migrate, open_store
from support.postgres import HOW, VARIABLE, Cluster, find_binaries
from support.postgres import database_url as url_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--db` and `--require-pg`."""
    parser.addoption("--db", default="sqlite,pg", help="engines, from: sqlite,pg")
    parser.addoption("--require-pg", action="store_true", help="fail when PostgreSQL is missing")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of tests that are about one engine."""
    config.addinivalue_line("markers", "engine(name): the only engine that this test is about")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once per engine."""
    if "db_engine" in metafunc.fixturenames:
        engines = str(metafunc.config.getoption("--db")).split(",")
        only = metafunc.definition.get_closest_marker("engine")
        if only is not None:
            engines = [engine for engine in engines if engine in only.args]
        metafunc.parametrize("db_engine", engines, indirect=True)


@pytest.fixture
def db_engine(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `pg`."""
    return str(request.param)


@pytest.fixture(scope="session")
def pg_server(request: pytest.FixtureRequest) -> Generator[str]:
    """The URL of a PostgreSQL where databases may be made."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI") or request.config.getoption("--require-pg"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    cluster = Cluster(binaries)
    yield cluster.url
    cluster.stop()


@pytest.fixture(scope="session")
def pg_template(pg_server: str) -> Generator[str]:
    """A migrated PostgreSQL database, as the TEMPLATE clause of a CREATE DATABASE."""
    name = f"fp_template_{uuid.uuid4().hex[:12]}"
    in_thread(lambda: _admin(pg_server, f"CREATE DATABASE {name} TEMPLATE template0"))
    in_thread(lambda: migrate(url_of(pg_server, name), now=NOW))
    # Copying files is twice as fast as copying pages when nothing is synced; new in PostgreSQL 15.
    version = int(in_thread(lambda: _admin(pg_server, "SHOW server_version_num")))
    yield f"{name} STRATEGY FILE_COPY" if version >= 150_000 else name
    in_thread(lambda: _admin(pg_server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    in_thread(lambda: migrate(f"sqlite:///{path}", now=NOW))
    return path


@pytest.fixture
def empty_database_url(
    db_engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Generator[str]:
    """The URL of a database of this test's own, without a schema."""
    if db_engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    yield from _pg_database(request.getfixturevalue("pg_server"), "template0")


@pytest.fixture
def database_url(db_engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """The URL of a migrated database of this test's own."""
    if db_engine == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("pg_server")
    yield from _pg_database(server, request.getfixturevalue("pg_template"))


@pytest.fixture
async def store(database_url: str) -> AsyncGenerator[Store]:
    """An open store on a migrated database of this test's own."""
    opened = await open_store(database_url, statement_timeout=10.0)
    try:
        yield opened
    finally:
        await opened.close()


def in_thread(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a coroutine in another thread's loop: an async test's own loop may already run here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def _pg_database(server: str, template: str) -> Generator[str]:
    name = f"fp_{uuid.uuid4().hex[:12]}"
    in_thread(lambda: _admin(server, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield url_of(server, name)
    in_thread(lambda: _admin(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def _admin(server: str, sql: str) -> Any:
    connection = await asyncpg.connect(server)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
