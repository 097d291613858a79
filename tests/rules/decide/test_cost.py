"""What a cached teen costs, and that many words and blocks cost no more than few."""

import sys
import tracemalloc
from random import Random
from typing import Any, Final

from familypair.rules.decide import PolicySnapshot, Question, Use, decide, ms_of
from familypair.settings import WEEKDAYS
from familypair.testing.families import NOON, daily, family, guardian
from support.deciding import PACKS, compiled, document_of

TEENS: Final = 300
MOST: Final = 2048
"""Bytes of a cached teen (B4)."""


def varied(rnd: Random, *, blocks: int, words: int = 0) -> dict[str, Any]:
    """A guardian's rules that few others have; the app is open at noon."""
    clock = [f"{hour:02}:{minute:02}" for hour in range(13, 24) for minute in (0, 10, 25)]
    rows: list[dict[str, Any]] = []
    for _ in range(blocks):
        start, end = sorted(rnd.sample(clock, 2))
        days = rnd.sample(WEEKDAYS, 3)
        rows.append({"kind": "custom", "days": days, "start": start, "end": end})
    found = daily(rnd.randint(10, 200), *WEEKDAYS)
    found["schedule"] = {"blocks": rows}
    found["contacts"] = {"blocked": [{"host": "cli_h", "account": f"a{rnd.random()}"}]}
    found["search"] = {"blocked_terms": [f"word{n}" for n in range(words)]}
    return found


def test_a_cached_teen_takes_at_most_two_kilobytes() -> None:
    """Limits, two blocks and a blocked contact of their own; what is common is shared."""
    rnd = Random(1)  # noqa: S311 - no secret
    made = [document_of(family(guardian("A", varied(rnd, blocks=2))), NOON) for _ in range(TEENS)]
    compiled(made[0])
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [compiled(one) for one in made]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / len(kept) <= MOST


def steps(snapshot: PolicySnapshot, question: Question) -> int:
    """Calls and lines that one answer takes: a cost that no busy machine changes."""
    count = 0

    def trace(*_: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        decide(snapshot, Use(ms_of(NOON), 0), question, NOON)
    finally:
        sys.settrace(previous)
    return count


def test_the_cost_of_an_answer_does_not_grow_with_words_and_blocks() -> None:
    """As many steps with 1 block and 10 words as with 50 blocks and 10,000 words."""
    rnd = Random(2)  # noqa: S311 - no secret
    search = Question(action="search.query", text="what do dinosaurs eat")
    few, many = (
        PolicySnapshot.of(
            document_of(family(guardian("A", varied(rnd, blocks=b, words=w))), NOON), PACKS
        )
        for b, w in ((1, 10), (50, 10_000))
    )
    for question in (search, Question(action="app.use"), Question(action="message.receive")):
        assert abs(steps(many, question) - steps(few, question)) <= 5
