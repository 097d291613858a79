"""B12: wrong minutes of days, blocks and quiet times over every zone of tzdata, 2024 to 2030.

Every minute of 26 hours before and after every change of every zone is held against a wall clock
(`support.walls`), beside the rule of AdGuard Home, which takes the time since midnight for the
clock. Zones without a change are looked at around one date.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

from bench.runner import Row
from familypair.rules.zones import tzdata_version
from support.wall_checks import BLOCKS, MUTE, STARTS, Tally, check
from support.walls import EPOCH, MINUTE, NEAR, Clock, Span, clock_of, elapsed_rule, every_zone
from support.walls import transitions as transitions_of

FIRST, LAST = 2024, 2030
ANY_DAY = (datetime(2027, 3, 1, tzinfo=UTC) - EPOCH) // MINUTE
WORKERS = min(2, len(os.sched_getaffinity(0)))
NIGHT = BLOCKS["crossing midnight"]
BERLIN = "Europe/Berlin"


def check_zones(names: Sequence[str]) -> tuple[Tally, float]:
    """Everything of these zones, and the seconds of processor time that it took."""
    start, total = time.process_time(), Tally()
    for name in names:
        clock = clock_of(name)
        changes = transitions_of(clock, FIRST, LAST)
        total.zones += 1
        for change in changes or [ANY_DAY]:
            one = check(name, clock, change)
            one.transitions = int(bool(changes))
            total.add(one)
    return total, time.process_time() - start


def peer_in_berlin(year: int, spans: tuple[Span, ...]) -> int:
    """The wrong minutes of a year by the time since midnight."""
    clock = clock_of(BERLIN)
    wrong = 0
    for change in transitions_of(clock, year, year):
        low, high = change - NEAR, change + NEAR
        right = Clock(clock, low, high).inside(spans)
        wrong += len(elapsed_rule(clock, spans, low, high) ^ right)
    return wrong


async def time_rules() -> list[Row]:
    """All zones, shared out to the processors."""
    start, loop = time.perf_counter(), asyncio.get_running_loop()
    names = every_zone()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=spawn) as pool:
        shares = [loop.run_in_executor(pool, check_zones, names[n::8]) for n in range(8)]
        done = await asyncio.gather(*shares)
    total, seconds = Tally(), sum(took for _, took in done)
    for one, _ in done:
        total.add(one)
    own, _ = check_zones([BERLIN])
    note = (
        f"tzdata {tzdata_version()}, {total.zones} zones, {total.transitions} transitions,"
        f" {total.minutes:,} minutes checked ({len(BLOCKS)} sets of blocks, quiet times of"
        f" {len(MUTE)} windows, {len(STARTS)} starts of day);"
        f" {time.perf_counter() - start:.0f} s, {seconds:.0f} s of processor time"
    )
    first = f"; first: {total.first}" if total.first else ""
    adguard = peer_in_berlin(2026, NIGHT)
    return [
        Row(
            bench="B12",
            what=f"wrong minutes, every zone, {FIRST}-{LAST}",
            ours=total.wrong,
            unit="min",
            must=0,
            better="lower",
            note=note + first,
        ),
        Row(
            bench="B12",
            what="wrong minutes a year, Berlin, a block 22:00-07:00",
            ours=own.wrong,
            unit="min",
            peer="AdGuard's rule",
            theirs=adguard,
            must=0,
            better="lower",
        ),
    ]


BENCHES = {"B12": time_rules}
