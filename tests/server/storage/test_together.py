"""Several statements in one round trip: the same result as one after the other, on both engines."""

import msgspec
import pytest

from familypair_server.storage import (
    ConstraintViolated,
    Statement,
    Store,
    Txn,
    Write,
    gather,
    teens,
    together,
    transaction,
)

GENESIS = "0" * 64
insert_head = Statement(
    "INSERT INTO inbox_head (teen_id, viewer_id, seq, head) VALUES (:teen, :viewer, :seq, 'h')"
)
move = Statement("UPDATE teen SET epoch = epoch + :step WHERE id = :teen")


class HeadRow(msgspec.Struct, frozen=True):
    """A row with columns of one name in two tables."""

    viewer_id: str
    seq: int
    teen_seq: int


heads = Statement(
    "SELECT h.viewer_id, h.seq, t.seq FROM inbox_head h JOIN teen t ON t.id = h.teen_id"
    " WHERE h.teen_id = :teen ORDER BY h.viewer_id DESC",
    HeadRow,
)
names = Statement("SELECT viewer_id FROM inbox_head WHERE teen_id = :teen ORDER BY viewer_id", str)


def head(viewer: str, seq: int = 1) -> Write:
    """One row of one viewer."""
    return Write(insert_head, {"teen": "acc_a", "viewer": viewer, "seq": seq})


@transaction
def prepare() -> Txn[None]:
    """A teen to write about."""
    yield from teens.insert.run(teen="acc_a", genesis=GENESIS)


@transaction
def write(*writes: Write) -> Txn[None]:
    """All of them at once."""
    yield from together(*writes)


@transaction
def read(teen: str) -> Txn[tuple[list[HeadRow], list[teens.TeenRow], list[str]]]:
    """Three reads at once."""
    by_id = Statement("SELECT id, seq, head, epoch FROM teen WHERE id = :teen", teens.TeenRow)
    return (yield from gather((heads, by_id, names), teen=teen))


async def test_writes_of_every_statement_are_done_with_their_own_values(store: Store) -> None:
    """The same statement twice, and another: each with the parameters that it was given."""
    await store.run(prepare())
    step = Write(move, {"teen": "acc_a", "step": 5})
    await store.run(write(head("acc_b", 2), step, head("acc_c", 3)))
    found, teen, viewers = await store.read(read("acc_a"))
    assert found == [HeadRow("acc_c", 3, 0), HeadRow("acc_b", 2, 0)]
    assert teen == [teens.TeenRow("acc_a", 0, GENESIS, 5)]
    assert viewers == ["acc_b", "acc_c"]


async def test_what_is_not_there_is_an_empty_list(store: Store) -> None:
    """No row is no error."""
    assert await store.read(read("acc_nobody")) == ([], [], [])


async def test_one_that_fails_takes_the_others_with_it(store: Store) -> None:
    """The second insert breaks a key: the first is not kept either."""
    await store.run(prepare())
    with pytest.raises(ConstraintViolated):
        await store.run(write(head("acc_b"), head("acc_b")))
    assert (await store.read(read("acc_a")))[0] == []


async def test_texts_come_back_letter_by_letter(store: Store) -> None:
    """Quotes, backslashes, control and astral characters survive the way through JSON."""
    await store.run(prepare())
    odd = 'a"b\\c\n\u0001\u202e\U0001f600'
    await store.run(write(head(odd)))
    assert (await store.read(read("acc_a")))[2] == [odd]


engine = Statement("SELECT 'sqlite'", str, pg="SELECT CAST('pg' AS TEXT)")


async def test_reads_together_keep_their_own_words_per_engine(store: Store) -> None:
    """A read with a variant for PostgreSQL is gathered with that variant."""

    @transaction
    def own_words() -> Txn[tuple[list[str], list[str]]]:
        return (yield from gather((engine, engine)))

    assert await store.read(own_words()) == ([store.engine], [store.engine])
