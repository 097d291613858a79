"""`python -m tests.bench [B5 settings ...]`: measure, each figure beside its peer and its limit.

A name is a bench's id or part of its module's name; without one, everything runs. `BENCH_JSON=file`
also writes the rows there. Exit status 1 when a limit was missed.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import uvloop

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

from bench.runner import Row  # noqa: E402 - the line above makes it importable

Bench = Callable[[], Awaitable[list[Row]]]
HEADINGS = ("bench", "what", "ours", "beside", "theirs", "ratio", "must", "")


def discover(wanted: Sequence[str]) -> dict[str, Bench]:
    """The benches whose id or module was asked for, by id and module."""
    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules([str(FOLDER)]):
        if module.name in ("__main__", "runner"):
            continue
        benches: dict[str, Bench] = getattr(
            importlib.import_module(f"bench.{module.name}"), "BENCHES", {}
        )
        for name, bench in benches.items():
            if not wanted or any(word == name or word in module.name for word in wanted):
                found[f"{name} {module.name}"] = bench
    return found


def figure(value: float | None) -> str:
    """A number with as many digits as it deserves."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def line(row: Row) -> tuple[str, ...]:
    """A row's cells."""
    sign = "" if row.must is None else {"higher": ">= ", "lower": "<= "}[row.better]
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    must = f"{sign}{figure(row.must)}"
    ours, theirs = f"{figure(row.ours)} {row.unit}", figure(row.theirs)
    return (row.bench, row.what, ours, row.peer, theirs, ratio, must, row.verdict)


def show(rows: Sequence[Row]) -> None:
    """Print the table and what was said beside the figures."""
    cells = [HEADINGS, *map(line, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    for texts in cells:
        text = "  ".join(cell.ljust(width) for cell, width in zip(texts, widths, strict=True))
        sys.stdout.write(text.rstrip() + "\n")
    for row in rows:
        if row.note:
            sys.stdout.write(f"  {row.bench} {row.what}: {row.note}\n")
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    sys.stdout.write(f"medians of interleaved rounds; {cores} cores, load {load:.2f}\n")


async def run(benches: dict[str, Bench]) -> list[Row]:
    """Every bench in turn."""
    rows: list[Row] = []
    for name, bench in benches.items():
        sys.stderr.write(f"measuring {name} ...\n")
        rows += await bench()
    return rows


def main() -> int:
    """Run what was asked for."""
    benches = discover(sys.argv[1:] or os.environ.get("ONLY", "").split())
    if not benches:
        sys.stderr.write("no bench of that name\n")
        return 2
    rows = uvloop.run(run(benches))  # the server's event loop
    show(rows)
    if path := os.environ.get("BENCH_JSON"):
        figures = [{**msgspec.to_builtins(r), "ratio": r.ratio, "verdict": r.verdict} for r in rows]
        Path(path).write_bytes(msgspec.json.format(msgspec.json.encode(figures)))
    return int(any(row.verdict == "MISSED" for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
