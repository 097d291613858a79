"""Asking for a search over HTTP (product.md section 7, algebra.md A12)."""

from typing import Any

import pytest

from support.asking import House

PACK = "search.packs.drugs"
WORDS = {"type": "search", "category": "drugs", "words": "weed brownies"}


def packs(outcome: str) -> dict[str, Any]:
    """A patch of one category."""
    return {"search": {"packs": {"drugs": outcome}}}


async def allowed(house: House, who: str) -> list[str]:
    """The words that somebody's own layer lets pass."""
    answer = await house.home.get(who, f"/v1/teens/{house.teen}/layers/mine")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["values"].get("search", {}).get("allowed_terms", []))


async def test_a_yes_lets_the_words_pass_in_every_layer_in_the_way(house: House) -> None:
    """Both are asked, read the words, and each loosens their own layer; the ledger has no word."""
    await house.sets(house.dana, packs("ask"))
    await house.sets(house.sam, packs("deny"))
    request = await house.asked(WORDS, reason="for a school talk")
    read = await house.sees(house.dana, request)
    assert read["words"] == "search for \u201cweed brownies\u201d (buying and making drugs)"
    await house.did(house.dana, request, "approve")
    assert await allowed(house, house.dana) == []
    done = await house.did(house.sam, request, "approve")
    assert done["state"] == "approved"
    for who in (house.dana, house.sam, house.teen):
        assert await allowed(house, who) == ["weed brownies"]
    assert await house.holds(PACK) == "deny"
    inbox = await house.home.inbox(house.sam, house.teen)
    assert "brownies" not in str(inbox)
    again = await house.asks(WORDS)
    assert again.json()["code"] == "nothing_in_the_way"


@pytest.mark.engine("sqlite")
async def test_a_category_is_opened_or_stays_shut(house: House) -> None:
    """Without words all of it; one no ends it; alone with the starting packs nobody is asked."""
    everything = {"type": "search", "category": "drugs"}
    assert (await house.asks(everything)).json()["code"] == "nothing_in_the_way"
    assert (await house.asks({**everything, "category": "chess"})).status_code == 400
    await house.sets(house.dana, packs("deny"))
    request = await house.asked(everything)
    assert (await house.does(house.sam, request, "approve")).status_code == 404
    await house.did(house.dana, request, "approve")
    assert await house.holds(PACK) == "allow"
    await house.sets(house.sam, packs("ask"))
    second = await house.asked(WORDS)
    await house.did(house.sam, second, "decline", {"reason": "no"})
    assert await house.holds(PACK) == "ask"
    assert await allowed(house, house.sam) == []
