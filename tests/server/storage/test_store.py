"""What every engine promises, on both engines."""

import asyncio
from typing import Any

import pytest

from familypair_server.storage import (
    ConstraintViolated,
    RowMissing,
    Statement,
    StatementFailed,
    StorageError,
    Store,
    StoreUnavailable,
    Txn,
    notify,
    open_store,
    transaction,
)
from support import items as table
from support.faults import digest, no_half_state


async def test_what_was_written_is_read(items: Store) -> None:
    """A write is visible to the next read, with its types."""
    assert await items.run(table.add("a", 5, flag=True)) == 1
    assert await items.read(table.look("a")) == table.Item("a", 5, flag=True)
    assert await items.read(table.look("b")) is None
    assert await items.run(table.bump("a")) == 6


async def test_run_counts_the_rows_it_changed(items: Store) -> None:
    """`run` gives affected rows for update, delete, insert, DDL and RETURNING alike."""

    @transaction
    def counts() -> Txn[list[int]]:
        for name in "abc":
            yield from table.insert.run(id=name, n=1, flag=False)
        update = yield from Statement("UPDATE item SET n = 2 WHERE id <> 'c'").run()
        none = yield from table.put.run(id="z", n=1)
        returning = yield from Statement("UPDATE item SET n = 3 RETURNING id", str).run()
        ignored = yield from Statement(
            "INSERT INTO item (id, n) VALUES ('a', 0) ON CONFLICT (id) DO NOTHING"
        ).run()
        deleted = yield from Statement("DELETE FROM item").run()
        return [update, none, returning, ignored, deleted]

    assert await items.run(counts()) == [2, 0, 3, 0, 3]


async def test_a_failure_in_a_batch_hurts_nobody_else(items: Store) -> None:
    """64 transactions at once, every third raises in its middle: the others are all there."""

    class Refused(Exception):  # noqa: N818 - says what happened
        pass

    @transaction
    def add(number: int) -> Txn[int]:
        yield from table.insert.run(id=f"{number:02}", n=number, flag=False)
        if number % 3 == 0:
            raise Refused
        return number

    done = await asyncio.gather(*(items.run(add(n)) for n in range(64)), return_exceptions=True)
    assert [isinstance(one, Refused) for one in done] == [n % 3 == 0 for n in range(64)]
    rows = await items.read(table.look_all())
    assert [row.n for row in rows] == [n for n in range(64) if n % 3]


async def test_64_concurrent_callers_leave_no_gap(items: Store) -> None:
    """Read, add one, write: 64 callers get 1 to 64, each number once."""
    await items.run(table.add("seq"))
    numbers = await asyncio.gather(*(items.run(table.bump("seq")) for _ in range(64)))
    assert sorted(numbers) == list(range(1, 65))


async def test_a_failure_between_any_two_steps_leaves_no_half_state(items: Store) -> None:
    """The n-th statement fails, for every n, and once more before the commit: nothing stays."""

    @transaction
    def several() -> Txn[None]:
        for name in "abcde":
            yield from table.add(name, teen="t")
        yield from table.bump("a")

    assert await no_half_state(items, several) == 5 * 2 + 2 + 1
    assert len(await items.read(table.look_all())) == 5


async def test_a_constraint_names_itself_and_rolls_back(items: Store) -> None:
    """A second row with the same key is `ConstraintViolated`; the first statement is undone too."""

    @transaction
    def twice() -> Txn[None]:
        yield from table.insert.run(id="a", n=1, flag=False)
        yield from table.insert.run(id="a", n=2, flag=False)

    before = await digest(items)
    with pytest.raises(ConstraintViolated):
        await items.run(twice())
    assert await digest(items) == before


async def test_a_body_cannot_swallow_a_database_error(items: Store) -> None:
    """PostgreSQL cannot go on after an error, so a body that would is failed on SQLite as well."""

    @transaction
    def stubborn() -> Txn[str]:
        yield from table.insert.run(id="a", n=1, flag=False)
        try:
            yield from table.insert.run(id="a", n=1, flag=False)
        except ConstraintViolated:
            yield from table.insert.run(id="b", n=1, flag=False)
        return "done"

    with pytest.raises(ConstraintViolated):
        await items.run(stubborn())
    assert await items.read(table.look_all()) == []


async def test_a_body_may_say_a_database_error_in_its_own_words(items: Store) -> None:
    """Turning the error into a refusal is fine: the transaction is rolled back by it."""

    class Taken(Exception):  # noqa: N818 - says what happened
        pass

    @transaction
    def polite() -> Txn[None]:
        try:
            yield from table.insert.run(id="a", n=-1, flag=False)
        except ConstraintViolated as error:
            raise Taken from error

    with pytest.raises(Taken):
        await items.run(polite())


async def test_a_broken_statement_is_our_fault_and_says_so(items: Store) -> None:
    """SQL that the engine cannot run is `StatementFailed`, not an outage."""

    @transaction
    def broken() -> Txn[None]:
        yield from Statement("SELECT nothing FROM nowhere").run()

    with pytest.raises(StatementFailed):
        await items.run(broken())
    with pytest.raises(StatementFailed):
        await items.read(broken())


async def test_a_missing_row_comes_out_of_get(items: Store) -> None:
    """`get` without a row ends the transaction with `RowMissing`."""
    with pytest.raises(RowMissing):
        await items.run(table.bump("nobody"))


async def test_a_read_cannot_write(items: Store) -> None:
    """A write inside `read` is refused by the database itself."""
    with pytest.raises(StorageError):
        await items.read(table.add("a"))
    assert await items.read(table.look_all()) == []


async def test_a_read_cannot_notify(items: Store) -> None:
    """There is no commit that anybody could hear of."""

    @transaction
    def calls() -> Txn[None]:
        yield from notify("t")

    with pytest.raises(StorageError, match=r"store\.run"):
        await items.read(calls())


async def test_listeners_hear_after_the_commit(items: Store) -> None:
    """The ids of the notified teens arrive once the rows can be read; failed work is silent."""
    heard: list[frozenset[str]] = []
    rows: list[asyncio.Task[list[table.Item]]] = []

    def listen(teens: frozenset[str]) -> None:
        heard.append(teens)
        rows.append(asyncio.ensure_future(items.read(table.look_all())))

    stop = items.on_commit(listen)
    await items.run(table.add("a", teen="t1"))
    assert heard == [frozenset({"t1"})]
    assert [row.id for row in await rows[0]] == ["a"]
    with pytest.raises(ConstraintViolated):
        await items.run(table.add("b", n=-1, teen="t2"))
    await items.run(table.add("silent"))
    stop()
    await items.run(table.add("c", teen="t3"))
    assert heard == [frozenset({"t1"})]


async def test_a_listener_that_fails_is_reported_and_hinders_nobody(items: Store) -> None:
    """The commit stands, the caller gets the answer, the next listener is called."""
    heard: list[frozenset[str]] = []
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context))

    def fail(_: frozenset[str]) -> None:
        raise ValueError("a bug")

    items.on_commit(fail)
    items.on_commit(heard.append)
    assert await items.run(table.add("a", teen="t")) == 1
    assert heard == [frozenset({"t"})]
    assert [str(context["exception"]) for context in reported] == ["a bug"]


async def test_a_cancelled_caller_leaves_whole_work_or_none(
    items: Store, database_url: str
) -> None:
    """Callers cancelled at any moment: each pair of rows is there twice or not at all."""

    @transaction
    def pair(name: str) -> Txn[None]:
        yield from table.insert.run(id=f"{name}-1", n=1, flag=False)
        yield from table.insert.run(id=f"{name}-2", n=1, flag=False)

    tasks = [asyncio.ensure_future(items.run(pair(f"{n:02}"))) for n in range(20)]
    for number, task in enumerate(tasks):
        for _ in range(number % 5):
            await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await items.close()
    again = await open_store(database_url)
    names = [row.id for row in await again.read(table.look_all())]
    await again.close()
    assert {n[:2] for n in names if n.endswith("-1")} == {n[:2] for n in names if n.endswith("-2")}


async def test_a_closed_store_refuses(items: Store) -> None:
    """After `close` nothing runs any more, and closing again is harmless."""
    await items.close()
    with pytest.raises(StoreUnavailable):
        await items.run(table.add("late"))
    with pytest.raises(StoreUnavailable):
        await items.read(table.look_all())


async def test_close_finishes_what_was_submitted(items: Store, database_url: str) -> None:
    """Work that was handed in before `close` is answered and kept."""
    tasks = [asyncio.ensure_future(items.run(table.add(f"{n}"))) for n in range(10)]
    await asyncio.sleep(0)
    await items.close()
    assert await asyncio.gather(*tasks) == [1] * 10
    again = await open_store(database_url)
    assert len(await again.read(table.look_all())) == 10
    await again.close()


async def test_the_body_s_own_error_has_its_line_in_the_traceback(items: Store) -> None:
    """An error in a body points to the body, whichever thread ran it."""

    @transaction
    def wrong() -> Txn[None]:
        yield from table.insert.run(id="a", n=1, flag=False)
        raise LookupError("here")

    with pytest.raises(LookupError, match="here") as caught:
        await items.run(wrong())
    assert caught.traceback[-1].name == "wrong"


async def test_text_of_every_kind_comes_back_as_it_was(items: Store) -> None:
    """Umlauts, emoji, quotes, a very long text: the same on both engines."""
    for text in ("Zoë", "👩‍👧", "'; DROP TABLE item; --", "\u202e", "x" * 70_000):
        await items.run(table.add(text))
        row = await items.read(table.look(text))
        assert row is not None
        assert row.id == text


async def test_a_read_only_store_works_beside_a_running_one(
    items: Store, database_url: str
) -> None:
    """An operator's command reads while the server writes, and cannot write itself."""
    beside = await open_store(database_url, read_only=True)
    try:
        await items.run(table.add("a"))
        assert await beside.read(table.look("a")) == table.Item("a", 0, flag=False)
        with pytest.raises(StoreUnavailable, match=r"reading only, not for Transaction\(add\)"):
            await beside.run(table.add("b"))
        assert beside.engine == items.engine
    finally:
        await beside.close()
    assert await items.run(table.add("c")) == 1
