"""Consent receipts: signed, the same for both, verified without the server."""

import json
from base64 import urlsafe_b64decode

import pytest

from familypair.client.receipts import ReceiptNotValid, verify
from familypair.rules.receipts import ConsentReceipt, parse
from support.linked import Family
from support.server import Running


async def test_both_sides_get_the_same_receipt(family: Family) -> None:
    """It verifies offline with the published keys, and says what was agreed."""
    mine = (await family.teen.get(family.path("/receipt"))).json()
    theirs = (await family.guardian.get(family.path("/receipt"))).json()
    assert mine == theirs
    published = (await family.teen.web.get("/.well-known/jwks.json")).json()
    checked = verify(mine["jws"], published)
    assert checked.claims["granted"] == checked.claims["asked"]
    payload = mine["jws"].split(".")[1]
    receipt = parse(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(receipt, ConsentReceipt)
    assert receipt.iss == "https://pair.example"
    assert receipt.notice_hours == 48


async def test_a_flipped_byte_fails(family: Family) -> None:
    """Any changed character of header, payload or signature is found."""
    receipt = (await family.teen.get(family.path("/receipt"))).json()
    jws = receipt["jws"]
    for at in range(0, len(jws) - 1, 37):
        flipped = jws[:at] + ("A" if jws[at] != "A" else "B") + jws[at + 1 :]
        with pytest.raises(ReceiptNotValid):
            verify(flipped, receipt["keys"])


async def test_no_account_and_no_other_link_is_in_it(server: Running) -> None:
    """Two receipts of one guardian have no id in common, and none that the service uses."""
    one, two = await Family.make(server), await Family.make(server)
    texts: list[str] = []
    for family in (one, two):
        jws = (await family.teen.get(family.path("/receipt"))).json()["jws"]
        payload = jws.split(".")[1]
        texts.append(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode())
    for text, family in zip(texts, (one, two), strict=True):
        for known in (family.teen_id, family.guardian_id, family.link, "Dana", "Mia"):
            assert known not in text
    first, second = (json.loads(text) for text in texts)
    for name in ("receipt", "link", "teen", "guardian"):
        assert first[name] != second[name]


async def test_the_receipt_stays_after_the_end(family: Family) -> None:
    """Who ended a link can still prove what had been agreed."""
    await family.guardian.post(family.path("/end"), {})
    for api in (family.teen, family.guardian):
        assert (await api.get(family.path("/receipt"))).status_code == 200


async def test_a_stranger_gets_no_receipt(family: Family) -> None:
    """It is for the two people alone."""
    stranger = await family.house.api(await family.house.teen("Max"))
    assert (await stranger.get(family.path("/receipt"))).status_code == 404
