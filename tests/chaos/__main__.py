"""`python -m tests.chaos [NAME ...]`: break the service on purpose, and print what was lost.

Exit code 1 when a figure that must be 0 is not.
"""

import asyncio
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

sys.path.insert(0, str(Path(__file__).parents[1]))

from chaos import kill_approve
from support.postgres import Cluster, database_url, find_binaries

Figures = kill_approve.Figures
Run = Callable[[str, Path, int], Coroutine[Any, Any, Figures]]
KILLS = 200

RUNS: dict[str, Run] = {"approve": kill_approve.run}


def say(line: str) -> None:
    """One line of the table, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def show(name: str, engine: str, figures: Figures, seconds: float) -> None:
    """The figures of one run, each with its name."""
    verdict = "sound" if figures.sound else "BROKEN"
    say(f"{name} on {engine}: {verdict}, {seconds:.0f} s")
    for field, value in msgspec.structs.asdict(figures).items():
        say(f"  {field.replace('_', ' '):<24}{value:>8}")


async def on_sqlite(run: Run, kills: int) -> Figures:
    """A run on a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return await run(f"sqlite:///{folder}/chaos.db", Path(folder), kills)


async def on_postgres(run: Run, kills: int) -> Figures | None:
    """A run on a database of its own, or None without PostgreSQL."""
    binaries = find_binaries()
    if binaries is None:
        return None
    cluster = await asyncio.to_thread(Cluster, binaries)
    try:
        name = f"chaos_{uuid.uuid4().hex[:8]}"
        connection = await asyncpg.connect(cluster.url)
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        await connection.close()
        with tempfile.TemporaryDirectory() as folder:
            return await run(database_url(cluster.url, name), Path(folder), kills)
    finally:
        await asyncio.to_thread(cluster.stop)


def option(arguments: list[str], name: str) -> str:
    """Take `name VALUE` out of the arguments; empty when it is not there."""
    if name not in arguments[:-1]:
        return ""
    at = arguments.index(name)
    value = arguments[at + 1]
    del arguments[at : at + 2]
    return value


def main(arguments: list[str]) -> int:
    """Run what was named, or everything; `--kills N` for a shorter run, `--db NAME` for one."""
    kills = int(option(arguments, "--kills") or KILLS)
    wanted = option(arguments, "--db")
    unknown = sorted(set(arguments) - RUNS.keys())
    if unknown:
        say(f"no such run: {', '.join(unknown)}; there is: {', '.join(RUNS)}")
        return 2
    sound = True
    for name in arguments or RUNS:
        for engine, on in (("sqlite", on_sqlite), ("postgres", on_postgres)):
            if wanted not in {"", engine}:
                continue
            began = time.monotonic()
            figures = asyncio.run(on(RUNS[name], kills))
            if figures is None:
                say(f"{name} on {engine}: no PostgreSQL found, not run")
                continue
            show(name, engine, figures, time.monotonic() - began)
            sound = sound and figures.sound
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
