"""B4 in process: a decision with more teens, more words and more blocks, and bytes per teen."""

import gc
import os
import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from bench.runner import Row
from familypair.packs import standard
from familypair.rules.decide import PolicySnapshot, Question, Use, decide_at, ms_of
from familypair.schema.policies import BlockedAccount, By, PolicyDocument
from familypair.testing.decisions import document_of

NOW: Final = datetime(2026, 12, 2, 16, tzinfo=UTC)
SIZES: Final = tuple(int(n) for n in os.environ.get("BENCH_TEENS", "1000 10000 100000").split())
"""`BENCH_TEENS="1000 10000 100000 1000000"` needs 2 GB and some minutes."""
BASES: Final = 64
WORDS: Final = 10
"""Of every fourth teen; the others have no words of their own."""
FLAT: Final = 1.3
TEEN_BYTES: Final = 2048
ROUNDS, ASKED = 15, 2000
DAYS: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def family(random_: random.Random, *, terms: int = 10, blocks: int = 1) -> dict[str, Any]:
    """A family that has set something of everything."""
    pick = random_.choice
    rules = {
        "messages": {"audience": pick(["everyone", "friends", "no_one"])},
        "search": {"blocked_terms": [f"word{random_.randrange(10**9)}" for _ in range(terms)]},
        "screen_time": {"daily_minutes": {day: pick([45, 60, 90, 120]) for day in DAYS}},
        "schedule": {"blocks": [_block(n, blocks) for n in range(blocks)]},
    }
    return {"band": "16-17", "guardians": [{"id": "A", "values": rules}]}


def _block(number: int, of: int) -> dict[str, Any]:
    if of == 1:
        return {"kind": "sleep", "days": DAYS, "start": "21:00", "end": "06:30"}
    day, slot = DAYS[number % 7], number // 7
    start, end = f"{slot * 2:02}:00", f"{slot * 2 + 1:02}:00"
    return {"kind": "custom", "days": [day], "start": start, "end": end}


def own(base: PolicyDocument, number: int) -> PolicyDocument:
    """Another teen's document: own limits, own blocked accounts, own words where there are any."""
    more = 300 * (number % 37)
    days = tuple(
        replace(day, rungs=tuple(replace(r, seconds=r.seconds + more) for r in day.rungs))
        for day in base.days
    )
    accounts = tuple(BlockedAccount(account=f"u{number}-{n}", by=By.TEEN) for n in range(3))
    voices = tuple(
        replace(one, terms=tuple(f"own{number}x{n}" for n in range(WORDS))) if one.terms else one
        for one in base.search
    )
    return replace(
        base, teen=f"sub_{number}", version=number, days=days, contacts=accounts, search=voices
    )


def p50(snapshots: Sequence[PolicySnapshot], asked: Sequence[tuple[int, Question]]) -> float:
    """The median of what one decision takes over random teens, in microseconds."""
    now_ms = ms_of(NOW)
    day_ms = ms_of(NOW.replace(hour=0))
    took: list[float] = []
    for number, question in asked:
        start = time.perf_counter_ns()
        decide_at(snapshots[number], Use(day_ms, 1800, now_ms), question, now_ms)
        took.append((time.perf_counter_ns() - start) / 1e3)
    return statistics.median(took)


def mixed(count: int, random_: random.Random) -> list[tuple[int, Question]]:
    """Questions of three kinds about random teens."""
    kinds = (
        Question(action="message.receive", account="u5"),
        Question(action="search.query", text="a river and a castle"),
        Question(action="app.use"),
    )
    return [(random_.randrange(count), kinds[n % 3]) for n in range(ASKED)]


async def growth() -> list[Row]:
    """What a decision costs as everything grows; the smallest of each kind is the measure."""
    random_ = random.Random(11)  # noqa: S311 - the same families each time
    bases = [
        document_of(family(random_, terms=0 if n % 4 else WORDS), now=NOW) for n in range(BASES)
    ]
    heavy, most = many(bases[::4], min(SIZES))
    snapshots, used = many(bases, max(SIZES))
    rows = [_memory(used, len(snapshots), "a teen's compiled rules", TEEN_BYTES)]
    rows.append(_memory(most, len(heavy), f"those with {WORDS} own words", None))
    rows += _beside("teens", {n: (snapshots[:n], n) for n in SIZES}, random_)
    for what, key, sizes in (
        ("blocked terms", "terms", (10, 10_000)),
        ("blocks", "blocks", (1, 50)),
    ):
        made = {n: _some(random_, **{key: n}) for n in sizes}
        rows += _beside(what, {n: (found, len(found)) for n, found in made.items()}, random_)
    return rows


def many(bases: Sequence[PolicyDocument], count: int) -> tuple[list[PolicySnapshot], int]:
    """So many teens' snapshots, and by how many bytes the process has grown."""
    packs = standard()
    PolicySnapshot.of(bases[0], packs)
    gc.collect()
    before = _resident()
    snapshots = [PolicySnapshot.of(own(bases[n % len(bases)], n), packs) for n in range(count)]
    gc.collect()
    return snapshots, _resident() - before


def _resident() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def _some(random_: random.Random, **more: int) -> list[PolicySnapshot]:
    made = [document_of(family(random_, **more), now=NOW) for _ in range(20)]
    return [PolicySnapshot.of(one, standard()) for one in made]


def _beside(
    what: str, known: dict[int, tuple[Sequence[PolicySnapshot], int]], random_: random.Random
) -> list[Row]:
    asked = {n: mixed(count, random_) for n, (_, count) in known.items()}
    found: dict[int, list[float]] = {n: [] for n in known}
    for _ in range(ROUNDS):
        for n, (snapshots, _) in known.items():
            found[n].append(p50(snapshots, asked[n]))
    least = min(known)
    return [_row(what, n, found[n], found[least], least) for n in known if n != least]


def _row(what: str, n: int, mine: list[float], theirs: list[float], least: int) -> Row:
    return Row(
        bench="B4",
        what=f"a decision with {n:,} {what}, p50",
        ours=statistics.median(mine),
        unit="us",
        peer=f"with {least:,}",
        theirs=statistics.median(theirs),
        ratios=tuple(a / b for a, b in zip(mine, theirs, strict=True)),
        must=FLAT,
        better="lower",
    )


def _memory(used: int, count: int, what: str, must: float | None) -> Row:
    return Row(
        bench="B4",
        what=f"memory of {what}, {count:,} teens",
        ours=used / count,
        unit="bytes",
        must=must,
        better="lower",
        note=f"growth of the process; own limits, 3 own accounts, every fourth {WORDS} own words",
    )
