"""Receipts: a signature that holds, and every way in which it does not."""

from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from familypair.client.receipts import ReceiptNotValid, verify
from familypair.rules.receipts import MEDIA_TYPE

KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"})
OTHER = OKPKey.generate_key("Ed25519", {"kid": "k1"})


def keys(*held: OKPKey) -> dict[str, Any]:
    """A published key set."""
    return dict(KeySet(list(held)).as_dict(private=False))


def signed(*, typ: str = MEDIA_TYPE, kid: str = "k1", payload: bytes = b'{"link":"lnk_1"}') -> str:
    """A receipt as the server makes it."""
    header = {"alg": "Ed25519", "kid": kid, "typ": typ}
    return jws.serialize_compact(header, payload, KEY, algorithms=["Ed25519"])


def test_a_good_receipt_gives_its_claims_and_the_key() -> None:
    """The claims come back with the key's id and thumbprint."""
    found = verify(signed() + "\n", keys(KEY))
    assert found.claims == {"link": "lnk_1"}
    assert (found.key, found.thumbprint) == ("k1", KEY.thumbprint())


def test_one_flipped_character_anywhere_is_found() -> None:
    """Every single position of the file is under the signature."""
    good = signed()
    for place in range(0, len(good), 7):
        bad = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
        with pytest.raises(ReceiptNotValid):
            verify(bad, keys(KEY))


@pytest.mark.parametrize(
    ("receipt", "held"),
    [
        (signed(), keys(OTHER)),
        (signed(kid="k2"), keys(KEY)),
        (signed(typ="JWT"), keys(KEY)),
        (signed(payload=b"[]"), keys(KEY)),
        (signed(), {}),
        (signed(), {"keys": [{"kty": "oct", "k": "AAAA", "kid": "k1"}]}),
        ("", keys(KEY)),
        ("a.b.c", keys(KEY)),
        ("é", keys(KEY)),
    ],
    ids=["other key", "kid", "type", "payload", "no keys", "key type", "empty", "junk", "text"],
)
def test_bad_receipts(receipt: str, held: dict[str, Any]) -> None:
    """Each differs from the good one in one thing, and each is refused."""
    with pytest.raises(ReceiptNotValid):
        verify(receipt, held)


def test_a_receipt_without_signature_is_refused() -> None:
    """The algorithm "none" is not an algorithm."""
    head = "eyJhbGciOiJub25lIiwia2lkIjoiazEifQ"
    with pytest.raises(ReceiptNotValid):
        verify(f"{head}.{signed().split('.')[1]}.", keys(KEY))
