"""What people type into a rule is never in a ledger or an inbox (product.md section 10)."""

from datetime import timedelta
from typing import Any

from familypair_server.records import ledger
from familypair_server.records.verify import verify
from familypair_server.storage import Store
from support.faults import digest
from support.homes import Home

BLOCK: dict[str, Any] = {
    "kind": "custom",
    "days": ["mon"],
    "start": "15:00",
    "end": "17:00",
    "label": "Quagga therapy",
}
EXCEPTION: dict[str, Any] = {
    "kind": "lift_blocks",
    "first": "2026-12-24",
    "last": "2026-12-26",
    "label": "Okapi holidays",
}
TYPED: dict[str, Any] = {
    "search": {"blocked_terms": ["zebra", "yacht"], "allowed_terms": ["xenon"]},
    "contacts": {"blocked": [{"host": "clips", "account": "wombat77"}]},
    "schedule": {"blocks": [BLOCK], "exceptions": [EXCEPTION]},
}
WORDS = ("zebra", "yacht", "xenon", "wombat77", "clips", "Quagga", "Okapi")
RECORDS = ("ledger_entry", "ledger_body", "inbox_entry", "inbox_head")


async def said(store: Store, tables: tuple[str, ...]) -> set[str]:
    """Which of the typed words are found in any row of these tables."""
    found = await digest(store)
    text = "\n".join(row for table in tables for row in found[table])
    return {word for word in WORDS if word in text}


async def test_no_typed_word_is_in_any_row_of_the_records(home: Home) -> None:
    """Neither after a write, nor after a change, nor after its undo, on this engine."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, TYPED)
    changed = await home.write(guardian, teen, {"search": {"blocked_terms": ["zebra"]}})
    path = f"/v1/teens/{teen}/ledger/{changed['entry']}/revert"
    assert (await home.post(guardian, path)).status_code == 200
    own = {key: value for key, value in TYPED.items() if key == "contacts"}
    await home.write(teen, teen, own)
    assert await said(home.store, RECORDS) == set()
    assert await said(home.store, ("layer_text",)) == set(WORDS)
    assert (await home.store.read(verify(teen))).bad is None


async def test_an_undo_restores_exactly_what_was_typed(home: Home) -> None:
    """Words, accounts and titles come back letter by letter, from set and from unset."""
    guardian, teen = await home.family()
    before = (await home.write(guardian, teen, TYPED))["layer"]["values"]
    later: dict[str, Any] = {
        "search": {"blocked_terms": ["other"], "allowed_terms": None},
        "contacts": {"blocked": []},
        "schedule": {"blocks": [{**BLOCK, "label": "New"}], "exceptions": None},
    }
    changed = await home.write(guardian, teen, later)
    assert (await home.inbox(guardian, teen))[-1]["undoable"]
    path = f"/v1/teens/{teen}/ledger/{changed['entry']}/revert"
    undone = await home.post(guardian, path)
    assert undone.status_code == 200, undone.text
    assert undone.json()["layer"]["values"] == before
    assert [e["undoable"] for e in await home.inbox(guardian, teen)][-2:] == [False, True]


async def test_the_history_says_how_many_words_came_and_went(home: Home) -> None:
    """Both sides read numbers; the words are in the settings, for whom they are shown."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, {"search": {"blocked_terms": ["zebra", "yacht"]}})
    await home.write(guardian, teen, {"search": {"blocked_terms": ["zebra", "xenon", "okapi"]}})
    words = [entry["words"] for entry in await home.inbox(teen, teen)][-2:]
    assert words == [
        "Dana Smith added 2 blocked words.",
        "Dana Smith added 2 and removed 1 blocked word.",
    ]
    shown = await home.field(teen, teen, "search.blocked_terms")
    assert "zebra" in str(shown)


async def test_erasing_an_entry_takes_what_was_typed_with_it(home: Home) -> None:
    """Entry, inboxes and the text beside it; the chain stays whole and an undo is refused."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, TYPED)
    newest = (await home.store.read(ledger.read_ledger(teen)))[-1].seq
    assert await home.store.run(ledger.erase(teen, newest)) == 3 + 5
    assert await said(home.store, (*RECORDS, "layer_text")) == set()
    verdict = await home.store.read(verify(teen))
    assert verdict.bad is None
    path = f"/v1/teens/{teen}/ledger/{saved['entry']}/revert"
    assert (await home.post(guardian, path)).json()["code"] == "not_undoable"


async def test_the_notice_layer_keeps_its_blocks_with_their_titles(home: Home) -> None:
    """A block that was added on the eve of the end is not in it; the older one is, as it was."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, {"schedule": {"blocks": [BLOCK]}})
    home.clock.tick(timedelta(days=8))
    await home.sign_in_again()
    added = {**BLOCK, "days": ["tue"], "label": "Okapi eve"}
    await home.write(guardian, teen, {"schedule": {"blocks": [BLOCK, added]}})
    link = (await home.get(teen, "/v1/links")).json()["items"][0]["id"]
    ended = await home.post(teen, f"/v1/links/{link}/end", {})
    assert ended.status_code == 200, ended.text
    blocks = await home.field(teen, teen, "schedule.blocks")
    assert [block["days"] for block in blocks["value"]] == [["mon"]]
