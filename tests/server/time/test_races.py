"""Many gifts, codes, acceptances and undos at once, and faults between any two steps."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from familypair.reasons import Refusal
from familypair.rules.time.model import PostingKind
from familypair.schema.time import CodeAsk, GrantAsk
from familypair_server.problems import Refused
from familypair_server.records.verify import verify
from familypair_server.storage import Store, Transaction
from familypair_server.time import codes, grants
from support.faults import no_half_state
from support.timed import Pair

CROWD = 64
LEAST_STEPS = 8


async def at_once(store: Store, works: Iterable[Transaction[Any]]) -> Counter[str]:
    """Run all at once and count how each ended."""
    answers = await asyncio.gather(*map(store.run, works), return_exceptions=True)
    return Counter(map(_name, answers))


def _name(answer: object) -> str:
    if isinstance(answer, Refused):
        return str(answer.refusals[0].reason)
    if isinstance(answer, BaseException):
        raise answer
    return str(answer.reason) if isinstance(answer, Refusal) else "done"


async def test_64_entries_of_one_code_are_one_posting(store: Store) -> None:
    """One is first; the others answer as a wrong code does, and are no tries: it was theirs."""
    pair = await Pair.of(store)
    code = await store.run(codes.make(pair.act(pair.guardian), CodeAsk(minutes=15)))
    teen = pair.act(pair.teen)
    counts = await at_once(store, [codes.redeem(teen, code.code) for _ in range(CROWD)])
    assert counts == {"done": 1, "code_wrong": CROWD - 1}
    assert await pair.kinds() == {PostingKind.CODE: 1}
    assert (await pair.day()).found.limit == 75 * 60
    assert (await store.read(verify(pair.teen))).bad is None


async def test_64_undos_and_acceptances_of_one_gift_are_one_each(store: Store) -> None:
    """The gift is taken once and taken back once, whoever comes first."""
    pair = await Pair.of(store)
    await pair.limit(pair.teen, 60)
    await pair.limit(pair.guardian, 60)
    gift = await store.run(grants.grant(pair.act(pair.guardian), GrantAsk(minutes=30)))
    assert gift.state == "waiting"
    guardian, teen = pair.act(pair.guardian), pair.act(pair.teen)
    taken = await at_once(store, [grants.accept(teen, gift.id) for _ in range(CROWD // 2)])
    assert taken == {"done": 1, "not_waiting": CROWD // 2 - 1}
    back = await at_once(store, [grants.undo(guardian, gift.id) for _ in range(CROWD // 2)])
    assert back == {"done": 1, "not_unused": CROWD // 2 - 1}
    kinds = await pair.kinds()
    assert (kinds["accepted"], kinds["undone"], kinds["grant"]) == (1, 1, 1)
    assert (await pair.day()).found.limit == 3600


async def test_gifts_at_once_add_up_and_none_is_lost(store: Store) -> None:
    """20 gifts of 15 minutes are 300 minutes; what passes the day's end is refused, not cut."""
    pair = await Pair.of(store)
    ask = GrantAsk(minutes=60)
    guardian = pair.act(pair.guardian)
    counts = await at_once(store, [grants.grant(guardian, ask) for _ in range(CROWD // 2)])
    assert counts == {"done": 23, "over_the_day": CROWD // 2 - 23}
    assert (await pair.day()).found.limit == 24 * 3600
    assert (await store.read(verify(pair.teen))).bad is None


async def test_a_fault_leaves_nothing_of_a_gift_or_a_code(store: Store) -> None:
    """Row, entry, inboxes, and the code's end come together or not at all."""
    pair = await Pair.of(store)
    await pair.limit(pair.teen, 60)
    await pair.limit(pair.guardian, 60)
    made = await store.run(codes.make(pair.act(pair.guardian), CodeAsk(minutes=15)))
    gift = await store.run(grants.grant(pair.act(pair.guardian), GrantAsk(minutes=30)))
    works: list[Callable[[], Transaction[Any]]] = [
        lambda: grants.grant(pair.act(pair.guardian), GrantAsk(minutes=5)),
        lambda: codes.make(pair.act(pair.guardian), CodeAsk(minutes=10)),
        lambda: grants.accept(pair.act(pair.teen), gift.id),
        lambda: codes.redeem(pair.act(pair.teen), made.code),
    ]
    for work in works:
        assert await no_half_state(store, work) > LEAST_STEPS
