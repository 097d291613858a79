"""The ledger of a teen and the inboxes on it, on both engines."""

import asyncio
from datetime import timedelta

import pytest

from familypair.schema.ledger import EffectiveChanged, LayerChanged
from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import (
    ConstraintViolated,
    RowMissing,
    Statement,
    Store,
    Txn,
    transaction,
)
from support.faults import no_half_state
from support.ledgers import (
    ANNE,
    BEN,
    BY_ANNE,
    ENTRIES,
    START,
    TEEN,
    activated,
    append,
    layer_changed,
    write_ledger,
)


async def test_entries_come_back_as_they_were_written(store: Store) -> None:
    """Number, instant, actor and entry survive; numbers have no gap."""
    assert await store.run(write_ledger()) == len(ENTRIES)
    items = await store.read(ledger.read_ledger(TEEN))
    assert [(item.entry, item.actor) for item in items] == list(ENTRIES)
    assert [item.seq for item in items] == [1, 2, 3, 4, 5]
    assert [item.at for item in items] == [START + timedelta(minutes=n) for n in range(5)]
    assert await store.read(ledger.ledger_item(TEEN, 3)) == items[2]
    assert await store.read(ledger.ledger_item(TEEN, 6)) is None


async def test_each_viewer_has_own_gapless_numbers(store: Store) -> None:
    """Ben does not see Anne's link: his numbers 1, 2, 3 show no gap where it was."""
    await store.run(write_ledger())
    seen = {
        viewer: await store.read(ledger.read_inbox(TEEN, viewer)) for viewer in (TEEN, ANNE, BEN)
    }
    assert {viewer: [item.seq for item in items] for viewer, items in seen.items()} == {
        TEEN: [1, 2, 3, 4, 5],
        ANNE: [1, 2, 3, 4],
        BEN: [1, 2, 3],
    }
    assert [item.ledger_seq for item in seen[BEN]] == [2, 3, 4]
    assert [type(item.entry).__name__ for item in seen[BEN]] == [
        "LinkActivated",
        "EffectiveChanged",
        "AccountChanged",
    ]


async def test_another_guardian_is_not_named(store: Store) -> None:
    """Anne's change reaches Anne as hers, the teen with her name, Ben as "another guardian"."""
    await store.run(write_ledger())
    actors: list[str] = []
    for viewer in (ANNE, TEEN, BEN):
        inbox = await store.read(ledger.read_inbox(TEEN, viewer))
        kinds = (LayerChanged, EffectiveChanged)
        actors += [item.actor for item in inbox if isinstance(item.entry, kinds)]
        assert "Anne" not in repr(inbox) or viewer != BEN
        assert ANNE not in repr(inbox) or viewer != BEN
    assert actors == ["me", "Anne", "another_guardian"]


async def test_an_inbox_is_read_in_pages(store: Store) -> None:
    """`after` and `limit` give every entry once, in order."""
    await store.run(write_ledger(rounds=3))
    seen: list[int] = []
    while page := await store.read(
        ledger.read_inbox(TEEN, TEEN, after=seen[-1] if seen else 0, limit=4)
    ):
        assert len(page) <= 4
        seen += [item.seq for item in page]
    assert seen == list(range(1, 16))


async def test_heads_are_where_the_inboxes_end(store: Store) -> None:
    """`heads` lists every teen of a viewer; an inbox without entries begins at 0."""
    await store.run(write_ledger())
    await store.run(write_ledger(teen="acc_other"))
    found = await store.read(ledger.heads(BEN))
    assert [(head.teen_id, head.seq) for head in found] == [("acc_other", 3), (TEEN, 3)]
    inbox = await store.read(ledger.read_inbox(TEEN, BEN))
    assert found[1] == await store.read(ledger.head(TEEN, BEN))
    assert found[1].hash == inbox[-1].hash
    assert (await store.read(ledger.head(TEEN, "acc_nobody"))).seq == 0
    assert await store.read(ledger.heads("acc_nobody")) == []


async def test_64_writers_make_one_gapless_chain(store: Store) -> None:
    """64 callers append at once: numbers 1 to 64, every chain sound."""
    await store.run(ledger.open_teen(TEEN))
    entry = layer_changed()
    done = await asyncio.gather(*(store.run(append(entry, BY_ANNE, seed=n)) for n in range(64)))
    assert sorted(done) == list(range(1, 65))
    verdict = await store.read(verify(TEEN))
    assert (verdict.bad, verdict.entries, verdict.inbox_entries) == (None, 64, 3 * 64)


async def test_a_failure_between_any_two_steps_leaves_no_half_entry(store: Store) -> None:
    """Entry, body, heads and inboxes appear together or not at all, whichever step fails."""
    await store.run(write_ledger())
    tried = await no_half_state(store, lambda: append(layer_changed(), BY_ANNE))
    entry, inbox = ["entry", "body", "head"], ["entry", "head"]
    assert tried == len(["lock", "heads", *entry, *inbox * 3, "notify", "commit"])
    assert (await store.read(verify(TEEN))).bad is None


async def test_appending_tells_the_listeners(store: Store) -> None:
    """After the commit the teen's id is announced once."""
    await store.run(ledger.open_teen(TEEN))
    heard: list[frozenset[str]] = []
    store.on_commit(heard.append)
    await store.run(append(activated()))
    assert heard == [frozenset({TEEN})]


async def test_a_teen_without_a_ledger_is_an_error(store: Store) -> None:
    """Appending for an unknown teen writes nothing."""
    with pytest.raises(RowMissing):
        await store.run(append(activated(), teen="acc_unknown"))


async def test_opening_a_ledger_twice_changes_nothing(store: Store) -> None:
    """`open_teen` on a teen with entries keeps the head."""
    await store.run(write_ledger())
    await store.run(ledger.open_teen(TEEN))
    assert (await store.read(verify(TEEN))).entries == len(ENTRIES)


async def test_erasing_takes_the_words_and_keeps_the_chain(store: Store) -> None:
    """An erased entry is empty in the ledger and every inbox, and verifies as erased, not bad."""
    await store.run(write_ledger())
    assert await store.run(ledger.erase(TEEN, 3)) == 4
    assert await store.run(ledger.erase(TEEN, 3)) == 0
    item = await store.read(ledger.ledger_item(TEEN, 3))
    assert item is not None
    assert (item.actor, item.entry) == (None, None)
    inbox = await store.read(ledger.read_inbox(TEEN, BEN))
    assert [item.entry is None for item in inbox] == [False, True, False]
    verdict = await store.read(verify(TEEN))
    assert (verdict.bad, verdict.erased) == (None, 4)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET at = at + 1",
        "DELETE FROM ledger_entry WHERE seq = 2",
        "UPDATE ledger_body SET body = '{}'",
        "DELETE FROM inbox_entry WHERE seq = 1",
        "UPDATE inbox_entry SET body = '{}'",
        "UPDATE inbox_entry SET hash = commitment, salt = NULL, body = NULL",
    ],
)
async def test_the_database_itself_refuses_to_rewrite_the_past(store: Store, sql: str) -> None:
    """Triggers refuse every change but an erasure, also by our own mistake."""

    @transaction
    def rewrite() -> Txn[int]:
        return (yield from Statement(sql).run())

    await store.run(write_ledger())
    with pytest.raises(ConstraintViolated):
        await store.run(rewrite())
    assert (await store.read(verify(TEEN))).bad is None


async def test_free_text_and_secrets_stay_out_of_what_a_guardian_reads(store: Store) -> None:
    """An inbox row holds the projection only: nothing of the ledger's body leaks beside it."""
    await store.run(write_ledger())
    rows = await store.read(ledger.read_inbox(TEEN, BEN))
    assert all(item.entry is not None for item in rows)
    assert "lnk_anne" not in repr(rows)
