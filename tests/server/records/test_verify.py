"""`verify` finds what was changed behind the service's back, and says where."""

import asyncio
import random

import pytest

from familypair_server.records.verify import (
    Bad,
    Checkpoint,
    Verdict,
    all_teens,
    checkpoint_of,
    verify,
)
from familypair_server.storage import RowMissing, Statement, Store, Txn, transaction
from support.ledgers import BEN, TEEN, write_ledger
from support.tampering import KEYS, Edit, drop_guards, make, random_edit, rows_of

EDITS = {"sqlite": 1000, "pg": 150}
AT_ONCE = {"sqlite": 100, "pg": 1}
"""SQLite isolates them in savepoints; on PostgreSQL they would wait for each other's rows."""


class TriedError(Exception):
    """Carries the verdict out of a transaction that must not stay."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


@transaction
def tried(edit: Edit) -> Txn[None]:
    """Make an edit, verify, and undo it by failing."""
    assert (yield from make(edit)) > 0, edit.name
    raise TriedError((yield from verify(TEEN)))


async def _verdict(store: Store, edit: Edit) -> Verdict:
    with pytest.raises(TriedError) as caught:
        await store.run(tried(edit))
    return caught.value.verdict


async def after(store: Store, *sql: str) -> Verdict:
    """The verdict after these edits; the edits do not stay."""
    return await _verdict(store, Edit("edits", tuple((one, {}) for one in sql)))


@pytest.fixture
async def ledger_store(store: Store) -> Store:
    """A store with one teen's ledger of 15 entries and three inboxes, and no guards left."""
    await store.run(write_ledger(rounds=3))
    await store.run(drop_guards(store.engine))
    return store


async def test_a_sound_ledger_is_sound(ledger_store: Store) -> None:
    """Nothing is reported where nothing was done."""
    assert await ledger_store.read(verify(TEEN)) == Verdict(15, 15 + 12 + 9, 0, None)


async def test_every_random_single_edit_is_found(ledger_store: Store) -> None:
    """A character, a number, a removed row, two swapped rows: 1000 of 1000 edits are found."""
    dice = random.Random(20261122)  # noqa: S311 - a seed, not a secret
    keys = {table: list(await ledger_store.read(rows_of(table))) for table in KEYS}
    missed: list[str] = []
    for _ in range(EDITS[ledger_store.engine] // AT_ONCE[ledger_store.engine]):
        edits = [random_edit(dice, keys) for _ in range(AT_ONCE[ledger_store.engine])]
        verdicts = await asyncio.gather(*(_verdict(ledger_store, edit) for edit in edits))
        missed += [e.name for e, v in zip(edits, verdicts, strict=True) if v.bad is None]
    assert missed == []
    assert (await ledger_store.read(verify(TEEN))).bad is None


@pytest.mark.parametrize(
    ("sql", "bad"),
    [
        ("UPDATE ledger_body SET body = body || ' ' WHERE seq = 7", Bad(TEEN, "", 7, "body")),
        ("DELETE FROM ledger_entry WHERE seq = 4", Bad(TEEN, "", 4, "missing")),
        ("UPDATE ledger_entry SET at = at + 1 WHERE seq = 9", Bad(TEEN, "", 9, "hash")),
        ("UPDATE teen SET head = 'x'", Bad(TEEN, "", 15, "head")),
        ("UPDATE teen SET seq = 16", Bad(TEEN, "", 16, "head")),
        ("UPDATE ledger_body SET seq = 99 WHERE seq = 2", Bad(TEEN, "", 99, "stray_body")),
        (
            "UPDATE inbox_entry SET body = '{}' WHERE viewer_id = 'acc_ben' AND seq = 2",
            Bad(TEEN, BEN, 2, "body"),
        ),
        (
            "DELETE FROM inbox_entry WHERE viewer_id = 'acc_ben' AND seq = 3",
            Bad(TEEN, BEN, 3, "missing"),
        ),
        (
            "DELETE FROM inbox_entry WHERE viewer_id = 'acc_ben' AND seq = 9",
            Bad(TEEN, BEN, 9, "head"),
        ),
        ("DELETE FROM inbox_head WHERE viewer_id = 'acc_ben'", Bad(TEEN, BEN, 9, "head")),
        (
            "UPDATE inbox_entry SET body = NULL WHERE viewer_id = 'acc_ben' AND seq = 1",
            Bad(TEEN, BEN, 1, "body"),
        ),
        (
            "UPDATE inbox_entry SET ledger_seq = 3 WHERE viewer_id = 'acc_ben' AND seq = 1",
            Bad(TEEN, BEN, 1, "body"),
        ),
    ],
)
async def test_the_first_bad_entry_is_named(ledger_store: Store, sql: str, bad: Bad) -> None:
    """Whose chain, which number, and what is wrong with it."""
    assert (await after(ledger_store, sql)).bad == bad


async def test_an_inbox_entry_without_its_ledger_entry_is_found(ledger_store: Store) -> None:
    """Erased words do not hide that an inbox entry points nowhere."""
    verdict = await after(
        ledger_store,
        "UPDATE inbox_entry SET salt = NULL, body = NULL, ledger_seq = 99"
        " WHERE viewer_id = 'acc_ben' AND seq = 9",
    )
    assert verdict.bad == Bad(TEEN, BEN, 9, "no_ledger_entry")


CUT_HEADS = (
    "UPDATE inbox_head SET seq = (SELECT max(i.seq) FROM inbox_entry i"
    " WHERE i.viewer_id = inbox_head.viewer_id), head = (SELECT i.hash FROM inbox_entry i"
    " WHERE i.viewer_id = inbox_head.viewer_id ORDER BY i.seq DESC LIMIT 1)"
)
TRUNCATION = (
    "DELETE FROM inbox_entry WHERE ledger_seq = 15",
    "DELETE FROM ledger_body WHERE seq = 15",
    "DELETE FROM ledger_entry WHERE seq = 15",
    "UPDATE teen SET seq = 14, head = (SELECT hash FROM ledger_entry WHERE seq = 14)",
    CUT_HEADS,
)


async def test_a_cut_tail_needs_a_checkpoint_kept_elsewhere(ledger_store: Store) -> None:
    """The newest entry removed with every head rewritten is sound by itself: we say so."""
    kept = await ledger_store.read(checkpoint_of(TEEN))

    @transaction
    def cut(checkpoint: Checkpoint | None) -> Txn[None]:
        yield from make(Edit("cut", tuple((one, {}) for one in TRUNCATION)))
        raise TriedError((yield from verify(TEEN, checkpoint)))

    found: list[Bad | None] = []
    for checkpoint in (None, kept):
        with pytest.raises(TriedError) as caught:
            await ledger_store.run(cut(checkpoint))
        found.append(caught.value.verdict.bad)
    assert found == [None, Bad(TEEN, "", 15, "checkpoint")]


async def test_a_rewritten_ledger_differs_from_its_checkpoint(ledger_store: Store) -> None:
    """A chain that was made anew from the start is sound, but not the one that was checkpointed."""
    forged = Checkpoint(15, "0" * 64)
    verdict = await ledger_store.read(verify(TEEN, forged))
    assert verdict.bad == Bad(TEEN, "", 15, "checkpoint")
    kept = await ledger_store.read(checkpoint_of(TEEN))
    assert (await ledger_store.read(verify(TEEN, kept))).bad is None


async def test_an_unknown_teen_is_an_error(store: Store) -> None:
    """Verifying nothing is not a clean bill."""
    with pytest.raises(RowMissing):
        await store.read(verify("acc_unknown"))


async def test_all_teens_pages_through_everyone(store: Store) -> None:
    """The command verifies every teen, page by page."""
    for name in ("acc_a", "acc_b", "acc_c"):
        await store.run(write_ledger(teen=name))
    assert await store.read(all_teens(limit=2)) == ["acc_a", "acc_b"]
    assert await store.read(all_teens("acc_b", limit=2)) == ["acc_c"]


async def test_ledgers_longer_than_a_page_are_walked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paging neither skips nor repeats an entry."""
    monkeypatch.setattr("familypair_server.records.verify.PAGE", 4)
    await store.run(write_ledger(rounds=3))
    assert await store.read(verify(TEEN)) == Verdict(15, 36, 0, None)
    await store.run(drop_guards(store.engine))
    delete = Statement("DELETE FROM ledger_entry WHERE seq = 9")

    @transaction
    def gap() -> Txn[Bad | None]:
        yield from delete.run()
        return (yield from verify(TEEN)).bad

    assert await store.run(gap()) == Bad(TEEN, "", 9, "missing")
