"""The numbered `.sql` files, and which of them a database still needs.

A migration is `NNNN_<subject>.sql` (for both engines), and where they differ also, or only,
`NNNN_<subject>.sqlite.sql` and `NNNN_<subject>.pg.sql`; the common part runs first. Forward only.
A file never changes once released: its checksum is in every database that ran it.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from familypair_server.storage.errors import SchemaError

Engine = Literal["sqlite", "pg"]

TABLE = """
CREATE TABLE IF NOT EXISTS schema_migration (
  number TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, at BIGINT NOT NULL
)"""
RECORDED = "SELECT number, sha256 FROM schema_migration ORDER BY number"

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+?)(?:\.(sqlite|pg))?\.sql")


class Migration(msgspec.Struct, frozen=True):
    """One numbered step for one engine."""

    number: str
    name: str
    sql: str
    sha256: str


class Plan(msgspec.Struct, frozen=True):
    """What this build knows, beside what a database ran."""

    applied: tuple[str, ...]
    pending: tuple[Migration, ...]
    problems: tuple[str, ...]

    def refuse_problems(self) -> None:
        """Raise `SchemaError` when the database and this build do not fit together."""
        if self.problems:
            raise SchemaError("; ".join(self.problems))

    def refuse_pending(self) -> None:
        """Raise `SchemaError` unless the database has exactly this build's schema."""
        self.refuse_problems()
        if self.pending:
            names = ", ".join(step.name for step in self.pending)
            raise SchemaError(f"not migrated yet: {names}; run `familypair-server migrate`")


def known(engine: Engine, folder: Traversable | None = None) -> tuple[Migration, ...]:
    """Every migration of this build for one engine, in order."""
    folder = folder or files("familypair_server.storage") / "migrations"
    parts: dict[str, dict[str, Traversable]] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        match = _NAME.fullmatch(file.name)
        if match and match[3] in (None, engine):
            _add(parts.setdefault(match[1], {}), match[3] or "common", file)
    return tuple(_migration(number, parts[number]) for number in sorted(parts))


def plan(recorded: Mapping[str, str], migrations: Sequence[Migration]) -> Plan:
    """Compare checksums by number (recorded: number -> sha256) with this build's files."""
    ours = {step.number: step for step in migrations}
    last = max(recorded, default="")
    problems = [
        f"the database is newer than this build: it has migration {number}"
        for number in sorted(recorded.keys() - ours.keys())
    ]
    for number, step in ours.items():
        if number not in recorded and number < last:
            problems.append(
                f"{step.name} is numbered before {last}, which the database already has"
            )
        elif recorded.get(number, step.sha256) != step.sha256:
            problems.append(f"{step.name} was edited after the database ran it")
    pending = tuple(step for step in migrations if step.number not in recorded)
    return Plan(tuple(sorted(recorded)), pending, tuple(problems))


def statements(sql: str) -> Iterator[str]:
    """Split a file as SQLite does; a statement ends at a line's end."""
    buffer = ""
    for line in sql.splitlines(keepends=True):
        buffer += line
        if sqlite3.complete_statement(buffer):
            yield buffer
            buffer = ""
    if re.sub(r"--[^\n]*", "", buffer).strip():
        yield buffer


def _add(parts: dict[str, Traversable], kind: str, file: Traversable) -> None:
    if kind in parts:
        raise SchemaError(f"{file.name} and {parts[kind].name} have the same number")
    parts[kind] = file


def _migration(number: str, parts: Mapping[str, Traversable]) -> Migration:
    ordered = sorted(parts.items(), key=lambda part: part[0] != "common")
    name = ordered[0][1].name.split(".")[0]
    if any(not file.name.startswith(f"{name}.") for _, file in ordered):
        raise SchemaError(f"migration {number} has parts with different names")
    sql = "\n".join(file.read_text(encoding="utf-8") for _, file in ordered)
    return Migration(number, name, sql, hashlib.sha256(sql.encode()).hexdigest())
