"""Counter-offers, notes and withdrawal (product.md section 6)."""

import pytest

from support.asking import MINUTES, House, limit


def offer(minutes: int, **more: str) -> dict[str, object]:
    """A counter-offer of minutes."""
    return {"wish": {"type": "minutes", "minutes": minutes}, **more}


@pytest.mark.engine("sqlite")
async def test_an_offer_is_taken_and_takes_effect(house: House) -> None:
    """Asked 60, offered 20 with a note, accepted: 20 are posted, by the teen's yes."""
    await house.sets(house.dana, limit(60))
    request = await house.asked({"type": "minutes", "minutes": 60})
    hers = await house.did(house.dana, request, "counter", offer(20, note="then tidy up"))
    assert (hers["state"], hers["counter"]["words"], hers["counter"]["by"]) == (
        "countered",
        "+20 min today",
        "me",
    )
    mine = await house.sees(house.teen, request)
    assert mine["may"] == ["accept", "withdraw", "note"]
    assert mine["effect"].startswith("limit 60 min to 1 h 20, today only")
    assert [n["text"] for n in mine["notes"]] == ["then tidy up"]
    page = (await house.home.get(house.teen, f"/v1/teens/{house.teen}/requests")).json()
    assert (page["waiting"], len(page["items"])) == (1, 1)
    done = await house.did(house.teen, request, "accept")
    assert (done["state"], done["outcome"]) == (
        "approved",
        "You took Dana Smith's offer: 20 min at 13:00.",
    )
    theirs = await house.sees(house.dana, request)
    assert theirs["outcome"] == "Mia Smith took your offer: 20 min at 13:00."
    assert await house.limit_today() == 80
    entry = (await house.home.inbox(house.dana, house.teen))[-1]
    assert (entry["entry"]["outcome"], entry["entry"]["by"]) == ("approved", "teen")


@pytest.mark.engine("sqlite")
async def test_an_accepted_offer_still_needs_who_is_in_its_way(house: House) -> None:
    """Dana offers 20 of 60, Sam (70) is in the way of 20 too: he has the last word."""
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(70))
    request = await house.asked({"type": "minutes", "minutes": 60})
    await house.did(house.dana, request, "counter", offer(20))
    second = await house.does(house.sam, request, "counter", offer(10))
    assert (second.status_code, second.json()["code"]) == (409, "no_such_move")
    taken = await house.did(house.teen, request, "accept")
    assert (taken["state"], taken["words"], await house.limit_today()) == (
        "open",
        "+20 min today",
        60,
    )
    assert [p["state"] for p in taken["parts"]] == ["approved", "open"]
    await house.did(house.sam, request, "approve")
    assert await house.limit_today() == 80


@pytest.mark.engine("sqlite")
async def test_the_teen_takes_it_back_at_any_time(house: House) -> None:
    """Also after a yes of one of two, and while an offer lies there; nothing changes."""
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(60))
    for act, body in (("approve", {}), ("counter", offer(10))):
        request = await house.asked(MINUTES)
        await house.did(house.dana, request, act, body)
        gone = await house.did(house.teen, request, "withdraw")
        assert (gone["state"], gone["outcome"]) == ("withdrawn", "You withdrew it at 13:00.")
        late = await house.does(house.dana, request, "notes", {"text": "sorry"})
        assert (late.status_code, late.json()["code"]) == (409, "request_closed")
        assert "Mia Smith withdrew it" in late.json()["detail"]
    assert await house.limit_today() == 60


@pytest.mark.engine("sqlite")
async def test_notes_and_reasons_are_clean_and_stay_with_the_request(house: House) -> None:
    """One line of 140 characters without control or direction marks, and never in an entry."""
    await house.sets(house.dana, limit(60))
    bad = await house.asks(MINUTES, reason="a\u202eb")
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/reason")
    long = await house.asks(MINUTES, reason="x" * 141)
    assert long.status_code == 400
    request = await house.asked(MINUTES, reason="  [red]please[/]  now ")
    assert (await house.sees(house.dana, request))["reason"] == "[red]please[/] now"
    empty = await house.does(house.dana, request, "notes", {"text": " "})
    assert empty.status_code == 400
    both = [("teen", "why not"), ("me", "school first")]
    await house.did(house.teen, request, "notes", {"text": both[0][1]})
    hers = await house.did(house.dana, request, "notes", {"text": both[1][1]})
    assert [(n["by"], n["text"]) for n in hers["notes"]] == both
    no = await house.did(house.dana, request, "decline", {"reason": "not today"})
    assert (no["state"], no["outcome"]) == ("declined", "You declined it at 13:00.")
    for who in (house.teen, house.dana):
        inbox = str(await house.home.inbox(who, house.teen))
        assert not [text for text in ("please", "why not", "school", "not today") if text in inbox]


@pytest.mark.engine("sqlite")
async def test_asking_too_much_is_refused(house: House) -> None:
    """The same twice, again on the day of a no, a sixth open one; on the next day it may again."""
    await house.sets(house.dana, limit(60))
    request = await house.asked(MINUTES)
    same = await house.asks(MINUTES)
    assert (same.status_code, same.json()["code"]) == (409, "already_asked")
    await house.did(house.dana, request, "decline")
    for minutes in (30, 45):
        more = await house.asks({"type": "minutes", "minutes": minutes})
        assert (more.status_code, more.json()["code"]) == (429, "declined_today")
    less = [await house.asked({"type": "minutes", "minutes": n}) for n in (5, 10, 15, 20, 25)]
    sixth = await house.asks({"type": "settings", "patch": limit(90)})
    assert (sixth.status_code, sixth.json()["code"]) == (429, "too_many_requests_open")
    await house.did(house.teen, less[0], "withdraw")
    await house.asked({"type": "settings", "patch": limit(90)})
    nothing = await house.asks({"type": "settings", "patch": limit(30)})
    assert (nothing.status_code, nothing.json()["code"]) == (429, "too_many_requests_open")


@pytest.mark.engine("sqlite")
async def test_a_repeated_call_asks_once(house: House) -> None:
    """The same `Idempotency-Key` gives the same request; another body under it is refused."""
    await house.sets(house.dana, limit(60))
    path = f"/v1/teens/{house.teen}/requests"
    headers = house.home.headers(house.teen, **{"Idempotency-Key": "ask-1"})
    first, again = [
        await house.home.web.post(path, headers=headers, json={"wish": MINUTES}) for _ in range(2)
    ]
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    other = await house.home.web.post(
        path, headers=headers, json={"wish": {"type": "minutes", "minutes": 5}}
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    page = (await house.home.get(house.dana, path)).json()
    assert len(page["items"]) == 1
