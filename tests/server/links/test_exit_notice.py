"""A safety exit during the notice period: to its guardian and to others there was none."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from familypair_server.links import statements as sql
from familypair_server.records.verify import verify
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis
from support.linked import DAY, Family, types
from support.pairs import Api, House
from support.server import Running

CONFIRM = {"confirm": True}
CONTACT = {"host": "clips", "account": "someone"}
HOUR = timedelta(hours=1)
RULES = {
    "contacts": {"blocked": [CONTACT]},
    "search": {"blocked_terms": ["dragons"], "enabled": "off"},
    "screen_time": {"daily_minutes": {"mon": 20}},
}
_ID = re.compile(r"(?:acc|lnk|inv)_[0-9a-z]{26}")
_OWN = re.compile(r'"(?:activated_at|probation_until|etag|request_id)": ?"(?:\\.|[^"\\])*",?')


async def two_families(server: Running) -> tuple[Family, Family]:
    """The same twice, after probation: in one the teen will leave by a safety exit."""
    families = await Family.make(server), await Family.make(server)
    await later(families, DAY)
    for family in families:
        path = f"teens/{family.teen_id}/layers/mine"
        tag = (await family.guardian.get(path)).headers["etag"]
        assert (await family.guardian.patch(path, RULES, tag)).status_code == 200
    return families


async def later(families: tuple[Family, ...], step: timedelta) -> None:
    """Move the clock and sign everybody in again."""
    families[0].house.clock.tick(step)
    for family in families:
        family.teen = await family.house.api(family.teen_id)
        family.guardian = await family.house.api(family.guardian_id)


async def worlds_apart(server: Running) -> tuple[Family, Family]:
    """Both teens have ended the link; the second has then left by a safety exit too."""
    plain, left = families = await two_families(server)
    for family in families:
        assert (await family.teen.post(family.path("/end"), {})).json()["state"] == "ending"
    done = await left.teen.post(left.path("/safety-exit"), CONFIRM)
    assert done.json()["link"]["state"] == "ended", done.text
    return plain, left


def told(reply: httpx2.Response) -> tuple[int, str]:
    """An answer without ids, and without instants of the pair alone."""
    return reply.status_code, _OWN.sub("", _ID.sub("id", reply.text))


async def reads(family: Family) -> dict[str, tuple[int, str]]:
    """Everything that the guardian can ask about this teen and link."""
    teen = f"teens/{family.teen_id}"
    paths = ("links", family.path(), "teens", teen, f"{teen}/settings", f"{teen}/ledger")
    return {
        path.replace(family.teen_id, "T").replace(family.link, "L"): told(
            await family.guardian.get(path)
        )
        for path in paths
    }


@pytest.mark.parametrize("hours", [0, 30, 47, 48, 74, 8 * 24])
async def test_every_read_is_as_without_the_exit(server: Running, hours: int) -> None:
    """Also at the notice period's own end, and never rewritten later."""
    plain, left = await worlds_apart(server)
    await later((plain, left), hours * HOUR)
    assert await reads(left) == await reads(plain)


@pytest.mark.parametrize("hours", [0, 30, 50])
async def test_every_move_is_answered_as_without_the_exit(server: Running, hours: int) -> None:
    """A proposal, a second one, agreeing with oneself, an end: the same status and body."""
    plain, left = await worlds_apart(server)
    await later((plain, left), hours * HOUR)
    moves = ("/resume/confirm", "/resume", "/resume", "/resume/confirm", "/safety-exit/undo")
    for move in (*moves, "/keep-rules", "/end", "/end", "/resume"):
        body: dict[str, Any] | None = {} if move in {"/end", "/keep-rules"} else None
        answers = [told(await one.guardian.post(one.path(move), body)) for one in (plain, left)]
        assert answers[0] == answers[1], move
        assert await reads(left) == await reads(plain), move


async def test_what_the_guardian_does_then_reaches_nobody(server: Running) -> None:
    """No entry for the teen, no rule, no right; the chains are sound."""
    _, left = await worlds_apart(server)
    store = server.store
    before = await types(store, left.teen_id, left.teen_id)
    for move in ("/resume", "/end"):
        assert (await left.guardian.post(left.path(move), {})).status_code == 200
    assert await types(store, left.teen_id, left.teen_id) == before
    assert (await left.teen.get(left.path())).json().get("resume_by") is None
    assert (await store.read(verify(left.teen_id))).bad is None


async def test_agreeing_to_what_a_teen_had_proposed_meets_a_paused_service(
    server: Running,
) -> None:
    """The guardian is told yes, reads a pause, and after at most 72 h the generic notice."""
    plain, left = families = await two_families(server)
    for family in families:
        await family.teen.post(family.path("/end"), {})
        assert (await family.teen.post(family.path("/resume"))).status_code == 200
    await left.teen.post(left.path("/safety-exit"), CONFIRM)
    answers = [told(await one.guardian.post(one.path("/resume/confirm"))) for one in families]
    assert answers[0] == answers[1]
    paused = await left.guardian.get(f"teens/{left.teen_id}")
    assert paused.json()["code"] == "teen_unavailable"
    await later((plain, left), 72 * HOUR)
    link = (await left.guardian.get("links")).json()["items"][0]
    assert link["state"] == "ended"
    assert link["note"]


@pytest.mark.parametrize("hours", [0, 25, 47, 48, 73])
async def test_it_counts_for_its_guardian_as_without_the_exit(server: Running, hours: int) -> None:
    """So "too many teens" tells nothing: not longer than the notice period, not shorter."""
    plain, left = await worlds_apart(server)
    await later((plain, left), hours * HOUR)
    counts = [await server.store.read(_count(family)) for family in (plain, left)]
    assert counts == ([0, 0] if hours >= 48 else [1, 1])


@transaction
def _count(family: Family) -> Txn[int]:
    now = millis(family.house.now)
    return (yield from sql.count_of_guardian.get(guardian=family.guardian_id, now=now))


async def held(api: Api, teen: str, path: str) -> Any:
    """What holds for the teen now, as this person reads it."""
    seen = (await api.get(f"teens/{teen}/settings")).json()
    return next(field["value"] for field in seen["fields"] if field["path"] == path)


@transaction
def _words(family: Family) -> Txn[list[Any]]:
    """The words that the platform holds; what the teen reads of them is the rules' matter."""
    rows = yield from sql.holds_of_link.all(teen=family.teen_id, link=family.link)
    now = millis(family.house.now)
    docs = [msgspec.json.decode(row.doc) for row in rows if row.until > now]
    return [doc["search.blocked_terms"] for doc in docs if "search.blocked_terms" in doc]


async def test_protection_goes_on_and_contacts_are_free(server: Running) -> None:
    """The words stay held for seven days from the exit; whom the guardian blocked may help."""
    _, left = await worlds_apart(server)
    for step in (timedelta(), 7 * DAY - HOUR):
        await later((left,), step)
        assert await server.store.read(_words(left)) == [["dragons"]]
        assert await held(left.teen, left.teen_id, "search.enabled") == "off"
        assert await held(left.teen, left.teen_id, "contacts.blocked") == []
    await later((left,), HOUR)
    assert await server.store.read(_words(left)) == []
    assert await held(left.teen, left.teen_id, "search.enabled") == "on"


async def test_taken_back_the_notice_period_goes_on_as_it_was(server: Running) -> None:
    """Words, contacts and time rules hold again, and end when they would have."""
    families = await worlds_apart(server)
    left = families[1]
    await later(families, 20 * HOUR)
    assert (await left.guardian.post(left.path("/resume"))).status_code == 200
    back = await left.teen.post(left.path("/safety-exit/undo"))
    assert (back.json()["state"], back.json()["resume_by"]) == ("ending", "guardian")
    fields = ("search.enabled", "contacts.blocked", "screen_time.daily_minutes.mon")
    for field in fields:
        values = [await held(one.teen, one.teen_id, field) for one in families]
        assert values[0] == values[1], field
    assert await server.store.read(_words(left)) == [["dragons"]]
    assert (await types(server.store, left.teen_id, left.guardian_id))[-1] == "link.resume_proposed"
    assert (await left.teen.post(left.path("/resume/confirm"))).json()["state"] == "active"
    assert (await left.guardian.get(f"teens/{left.teen_id}")).status_code == 200


async def test_a_guardians_own_end_leaves_no_way_back(server: Running) -> None:
    """Who ended a link that the teen had left has ended it."""
    _, left = await worlds_apart(server)
    assert (await left.guardian.post(left.path("/end"), {})).json()["ended_by"] == "guardian"
    assert (await left.teen.get(left.path())).json().get("undo_exit_until") is None
    reply = await left.teen.post(left.path("/safety-exit/undo"))
    assert reply.json()["code"] == "undo_window_over"


async def test_another_guardian_reads_a_guardians_own_end(server: Running) -> None:
    """What holds for the teen is told to the other guardian as after an end during the notice."""
    house = House(server)
    worlds: list[list[tuple[int, str]]] = []
    start = house.now
    for leaves in ("exit", "end"):
        family = await Family.make(server)
        other = await house.guardian("Omar")
        await house.linked(other, family.teen_id)
        await later((family,), DAY)
        path = f"teens/{family.teen_id}/layers/mine"
        tag = (await family.guardian.get(path)).headers["etag"]
        rules = {name: rule for name, rule in RULES.items() if name != "contacts"}
        assert (await family.guardian.patch(path, rules, tag)).status_code == 200
        await family.teen.post(family.path("/end"), {})
        if leaves == "exit":
            done = await family.teen.post(family.path("/safety-exit"), CONFIRM)
        else:
            done = await family.guardian.post(family.path("/end"), {})
        assert done.status_code == 200
        worlds.append(await _other_reads(house, other, family.teen_id))
        house.clock.set(start)
    assert worlds[0] == worlds[1]


async def _other_reads(house: House, other: str, teen: str) -> list[tuple[int, str]]:
    """At once, after a day, after four."""
    found: list[tuple[int, str]] = []
    for step in (timedelta(), DAY, 3 * DAY):
        house.clock.tick(step)
        api = await house.api(other)
        for tail in ("", "/settings", "/layers/mine", "/ledger"):
            status, text = told(await api.get(f"teens/{teen}{tail}"))
            found.append((status, re.sub(r"[0-9a-f]{64}", "hash", text)))
    return found
