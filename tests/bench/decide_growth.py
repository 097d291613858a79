"""B4 in process: B1's decision with more teens, words and blocks, and bytes per teen.

As in B1 a question is made, decided, and its sentence is read; the teens are asked about at random,
as hosts do. With many teens the first look at one is a look into the machine's memory: what that
alone costs is the row with an empty decision, and no code behind it can be faster.
"""

import gc
import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from bench.runner import Row
from familypair.packs import standard
from familypair.rules.decide import PolicySnapshot, Question, Use, decide_at, ms_of
from familypair.schema.policies import BlockedAccount, By, PolicyDocument
from familypair.settings.audience import Facts
from familypair.testing.decisions import document_of

NOW: Final = datetime(2026, 12, 2, 16, tzinfo=UTC)
NOW_MS: Final = ms_of(NOW)
DAY_MS: Final = ms_of(NOW.replace(hour=0))
SIZES: Final = tuple(int(n) for n in os.environ.get("BENCH_TEENS", "1000 10000 100000").split())
"""`BENCH_TEENS="1000 10000 100000 1000000"` needs 2 GB and some minutes."""
BASES: Final = 64
WORDS: Final = 10
"""Of every fourth teen; the others have no words of their own."""
FLAT: Final = 1.3
TEEN_BYTES: Final = 2048
ROUNDS, ASKED = 15, 2000
Asked = tuple[str, str, str]
"""Action, account, searched words."""
Turns = Sequence[tuple[int, Asked]]
KINDS: Final[Sequence[Asked]] = (
    ("message.receive", "u5", ""),
    ("search.query", "", "a river and a castle"),
    ("app.use", "", ""),
)
_MADE: Final = {
    (action, account, text): Question(action=action, account=account, text=text)
    for action, account, text in KINDS
}
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
        base,
        teen=f"sub_{number}",
        version=1 + number % 200,
        days=days,
        contacts=accounts,
        search=voices,
    )


Answer = Callable[[PolicySnapshot, Use, Asked], object]


def explained(snapshot: PolicySnapshot, use: Use, asked: Asked) -> object:
    """B1's operation."""
    action, account, text = asked
    facts = Facts(follows_me=True)
    question = Question(action=action, account=account, facts=facts, text=text)
    return decide_at(snapshot, use, question, NOW_MS).explanation


def bare(snapshot: PolicySnapshot, use: Use, asked: Asked) -> object:
    """The decision alone: the question is there, the sentence is not read."""
    return decide_at(snapshot, use, _MADE[asked], NOW_MS)


def empty(snapshot: PolicySnapshot, _use: Use, _asked: Asked) -> object:
    """Nothing but the look at the teen."""
    return snapshot.version


def p50(snapshots: Sequence[PolicySnapshot], asked: Turns, answer: Answer) -> float:
    """The median of what one answer takes over random teens, in microseconds, lookup included."""
    took: list[float] = []
    for number, question in asked:
        start = time.perf_counter_ns()
        answer(snapshots[number], Use(DAY_MS, 1800, NOW_MS), question)
        took.append((time.perf_counter_ns() - start) / 1e3)
    return statistics.median(took)


def mixed(count: int, random_: random.Random) -> Turns:
    """Questions of three kinds about random teens."""
    return [(random_.randrange(count), KINDS[n % len(KINDS)]) for n in range(ASKED)]


async def growth() -> list[Row]:
    """What a decision costs as everything grows; the smallest of each kind is the measure."""
    random_ = random.Random(11)  # noqa: S311 - the same families each time
    bases = [
        document_of(family(random_, terms=0 if n % 4 else WORDS), now=NOW) for n in range(BASES)
    ]
    rows = [
        _memory(bases, max(SIZES), "a teen's compiled rules", TEEN_BYTES),
        _memory(bases[::4], max(SIZES), f"those with {WORDS} own words", None),
    ]
    snapshots = many(bases, max(SIZES))
    teens = {n: (snapshots[:n], n) for n in SIZES}
    rows += _beside("teens", teens, random_)
    rows += _beside("teens, question and sentence not counted", teens, random_, bare, None)
    rows += _beside("teens, the lookup with an empty decision", teens, random_, empty, None)
    for what, key, sizes in (
        ("blocked terms", "terms", (10, 10_000)),
        ("blocks", "blocks", (1, 50)),
    ):
        made = {n: _some(random_, **{key: n}) for n in sizes}
        rows += _beside(what, {n: (found, len(found)) for n, found in made.items()}, random_)
    return rows


def many(bases: Sequence[PolicyDocument], count: int) -> list[PolicySnapshot]:
    """So many teens' snapshots."""
    packs = standard()
    return [PolicySnapshot.of(own(bases[n % len(bases)], n), packs) for n in range(count)]


def grown(bases: Sequence[PolicyDocument], count: int) -> int:
    """By how many bytes a process grows that holds so many teens: one of its own, for this."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_growth, (msgspec.json.encode(bases), count))


def _growth(bases: bytes, count: int) -> int:
    known = msgspec.json.decode(bases, type=tuple[PolicyDocument, ...])
    kept = many(known, len(known))
    gc.collect()
    before = _resident()
    kept += many(known, count)
    gc.collect()
    return _resident() - before


def _resident() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def _some(random_: random.Random, **more: int) -> list[PolicySnapshot]:
    made = [document_of(family(random_, **more), now=NOW) for _ in range(20)]
    return [PolicySnapshot.of(one, standard()) for one in made]


def _beside(
    what: str,
    known: Mapping[int, tuple[Sequence[PolicySnapshot], int]],
    random_: random.Random,
    answer: Answer = explained,
    must: float | None = FLAT,
) -> list[Row]:
    found: dict[int, list[float]] = {n: [] for n in known}
    for _ in range(ROUNDS):
        for n, (snapshots, count) in known.items():
            found[n].append(p50(snapshots, mixed(count, random_), answer))
    least = min(known)
    label = f"with {least:,}"
    return [
        _row(f"a decision with {n:,} {what}, p50", found[n], label, found[least], must)
        for n in known
        if n != least
    ]


def _row(what: str, mine: list[float], peer: str, theirs: list[float], must: float | None) -> Row:
    return Row(
        bench="B4",
        what=what,
        ours=statistics.median(mine),
        unit="us",
        peer=peer,
        theirs=statistics.median(theirs),
        ratios=tuple(a / b for a, b in zip(mine, theirs, strict=True)),
        must=must,
        better="lower",
    )


def _memory(bases: Sequence[PolicyDocument], count: int, what: str, must: float | None) -> Row:
    return Row(
        bench="B4",
        what=f"memory of {what}, {count:,} teens",
        ours=grown(bases, count) / count,
        unit="bytes",
        must=must,
        better="lower",
        note=f"growth of a new process; own limits, 3 own accounts, every fourth {WORDS} own words",
    )
