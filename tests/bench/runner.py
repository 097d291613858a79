"""What every benchmark shares: a row of the table, a measured round, medians of interleaved rounds.

A module in this folder takes part by exporting `BENCHES = {"B5": function}`; the function is
`async def () -> list[Row]`. Peers are measured in the same run, turn by turn.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import msgspec

Work = Callable[[int, int], Awaitable[object]]
"""One operation of caller number `caller`, its turn number `turn`."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line: our figure beside a peer's, and what the ratio must be.

    Without a peer (`theirs` None) the figure itself is held against `must`.
    """

    bench: str
    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    ratios: tuple[float, ...] = ()
    """Ours by theirs, round for round: steadier than a ratio of medians on a busy machine."""
    must: float | None = None
    better: Literal["higher", "lower"] = "higher"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours by theirs: the median of the rounds' ratios where they are known."""
        if self.ratios:
            return statistics.median(self.ratios)
        return None if self.theirs is None else self.ours / max(self.theirs, 1e-9)

    @property
    def verdict(self) -> str:
        """`ok`, `MISSED`, or nothing when there is no limit."""
        if self.must is None:
            return ""
        figure = self.ours if self.ratio is None else self.ratio
        met = figure >= self.must if self.better == "higher" else figure <= self.must
        return "ok" if met else "MISSED"


class Measured(msgspec.Struct, frozen=True):
    """One round of one way: operations a second, latencies, failures, the loop's worst delay."""

    rate: float
    p50_ms: float
    p99_ms: float
    errors: int
    lag_ms: float
    rates: tuple[float, ...] = ()
    """Of each round, in order."""

    def beside(self, peer: "Measured") -> tuple[float, ...]:
        """Round for round, our rate by the peer's."""
        return tuple(own / other for own, other in zip(self.rates, peer.rates, strict=True))


async def measure(work: Work, *, callers: int, seconds: float) -> Measured:
    """Let `callers` do `work` one after another for `seconds`."""
    latencies: list[float] = []
    errors = 0
    start = time.perf_counter()
    end = start + seconds

    async def caller(number: int) -> None:
        nonlocal errors
        turn = 0
        while (before := time.perf_counter()) < end:
            try:
                await work(number, turn)
            except Exception:  # noqa: BLE001 - counted: an error is part of the result
                errors += 1
            latencies.append(time.perf_counter() - before)
            turn += 1

    watcher = asyncio.ensure_future(_worst_lag(end))
    await asyncio.gather(*(caller(number) for number in range(callers)))
    took = time.perf_counter() - start
    latencies.sort()
    p50, p99 = (latencies[int(len(latencies) * share)] * 1e3 for share in (0.5, 0.99))
    return Measured((len(latencies) - errors) / took, p50, p99, errors, await watcher)


async def interleaved(
    ways: Mapping[str, Work], *, callers: int, rounds: int = 7, seconds: float = 0.4
) -> dict[str, Measured]:
    """Measure every way in turn, `rounds` times, first and last changing places each round.

    The medians, and the sum of the errors. A peer that fails is no peer: raises `RuntimeError`
    when any way but `ours` had errors.
    """
    seen: dict[str, list[Measured]] = {name: [] for name in ways}
    names = list(ways)
    for turn in range(rounds):
        order = names if turn % 2 == 0 else names[::-1]
        for name in order:
            seen[name].append(await measure(ways[name], callers=callers, seconds=seconds))
    medians = {name: _median(measured) for name, measured in seen.items()}
    failed = {name: one.errors for name, one in medians.items() if name != "ours" and one.errors}
    if failed:
        raise RuntimeError(f"the peer itself failed: {failed}")
    return medians


def _median(rounds: list[Measured]) -> Measured:
    return Measured(
        statistics.median(one.rate for one in rounds),
        statistics.median(one.p50_ms for one in rounds),
        statistics.median(one.p99_ms for one in rounds),
        sum(one.errors for one in rounds),
        max(one.lag_ms for one in rounds),
        tuple(one.rate for one in rounds),
    )


async def _worst_lag(end: float) -> float:
    """How late a timer of this loop was at worst, in milliseconds."""
    worst, step = 0.0, 0.005
    while (before := time.perf_counter()) < end:
        await asyncio.sleep(step)
        worst = max(worst, time.perf_counter() - before - step)
    return worst * 1e3
