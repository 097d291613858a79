"""`Idempotency-Key`: one effect, one answer, for a day."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from familypair.reasons import Reason, Refusal
from familypair.testing import ManualClock
from familypair_server.idempotency import Key, once
from familypair_server.ids import SystemRandom
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.storage import Statement, Store, Txn, transaction

KEYS = Keys(bytes(range(32)))
CLOCK = ManualClock()
KEY = Key("acc_1", "key-1", "POST /v1/things", "hash-1")

_add = Statement("INSERT INTO refused_signup (day, n) VALUES (:day, 1)")
_count = Statement("SELECT CAST(count(*) AS BIGINT) FROM refused_signup", int)
_answers = Statement("SELECT answer FROM idempotency", str)


class Thing(msgspec.Struct):
    """What a creating request answers."""

    id: str


@transaction
def create(name: str) -> Txn[Thing]:
    """Make one thing; a second one of the same name is another effect."""
    made = yield from _count.get()
    yield from _add.run(day=f"{name}-{made}")
    return Thing(f"{name}-{made}")


@transaction
def refused() -> Txn[Thing]:
    """Make one thing, then say no: it must not stay."""
    yield from _add.run(day="refused")
    raise refuse(Reason.TOO_MANY_PENDING)


@transaction
def counted_refusal() -> Txn[Thing | Refusal]:
    """A no that keeps something, such as a counted guess."""
    made = yield from _count.get()
    yield from _add.run(day=f"guess-{made}")
    return Refusal(Reason.CODE_NOT_VALID)


@transaction
def things() -> Txn[int]:
    """How many effects there were."""
    return (yield from _count.get())


@transaction
def stored() -> Txn[list[str]]:
    """What is remembered."""
    return (yield from _answers.all())


async def ask(store: Store, key: Key | None, name: str = "thing", *, later: int = 0) -> Thing:
    """Run `create` under a key, some hours later."""
    now = CLOCK() + timedelta(hours=later)
    return await store.run(
        once(key, create(name), type=Thing, keys=KEYS, random=SystemRandom(), now=now)
    )


async def test_the_same_request_has_one_effect(store: Store) -> None:
    """Sent again it gets the same answer and makes nothing."""
    first = await ask(store, KEY)
    assert await ask(store, KEY) == first
    assert await store.read(things()) == 1


async def test_without_a_key_every_request_counts(store: Store) -> None:
    """The twin without a key makes two."""
    await ask(store, None)
    await ask(store, None)
    assert await store.read(things()) == 2


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(KEY, body_hash="hash-2"),
        msgspec.structs.replace(KEY, route="POST /v1/others"),
    ],
)
async def test_the_same_key_for_something_else_is_refused(store: Store, other: Key) -> None:
    """Another body or another route: KEY_REUSED, and nothing happens."""
    await ask(store, KEY)
    with pytest.raises(Refused) as error:
        await ask(store, other)
    assert error.value.refusals[0].reason == Reason.KEY_REUSED
    assert await store.read(things()) == 1


async def test_keys_belong_to_an_account(store: Store) -> None:
    """Two people may use the same key."""
    await ask(store, KEY)
    await ask(store, msgspec.structs.replace(KEY, account_id="acc_2"))
    assert await store.read(things()) == 2


async def test_a_key_is_kept_for_a_day(store: Store) -> None:
    """After 24 h the same key makes a new thing, and the table holds no old answers."""
    await ask(store, KEY)
    await ask(store, KEY, later=23)
    assert await store.read(things()) == 1
    await ask(store, KEY, later=24)
    assert await store.read(things()) == 2
    assert len(await store.read(stored())) == 1


async def test_a_refusal_is_not_kept(store: Store) -> None:
    """What was refused may be tried again with the same key; its effects are gone."""
    work = once(KEY, refused(), type=Thing, keys=KEYS, random=SystemRandom(), now=CLOCK())
    with pytest.raises(Refused):
        await store.run(work)
    assert await store.read(things()) == 0
    assert (await ask(store, KEY)).id == "thing-0"


async def test_a_returned_refusal_keeps_its_effects_but_no_answer(store: Store) -> None:
    """A counted guess stays counted each time."""
    for count in (1, 2):
        work = once(
            KEY, counted_refusal(), type=Thing, keys=KEYS, random=SystemRandom(), now=CLOCK()
        )
        assert await store.run(work) == Refusal(Reason.CODE_NOT_VALID)
        assert await store.read(things()) == count
    assert await store.read(stored()) == []


async def test_many_at_once_make_one_thing(store: Store) -> None:
    """Ten at once: one effect; each gets that answer or is told that it still runs."""
    results = await asyncio.gather(*[ask(store, KEY) for _ in range(10)], return_exceptions=True)
    answers = [result for result in results if isinstance(result, Thing)]
    busy = [result for result in results if isinstance(result, Refused)]
    assert len(answers) + len(busy) == 10
    assert {answer.id for answer in answers} == {"thing-0"}
    assert {error.refusals[0].reason for error in busy} <= {Reason.KEY_IN_USE}
    assert await store.read(things()) == 1


async def test_answers_are_sealed_at_rest(store: Store) -> None:
    """An answer may hold a code that is shown once; the table holds only ciphertext."""
    await ask(store, KEY, "secret-code")
    assert all("secret-code" not in text for text in await store.read(stored()))
