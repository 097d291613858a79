"""`receipt show` and `receipt verify`: written, checked offline, and every lie found."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import KeySet, OKPKey

from client.fake import DANA
from familypair.rules.receipts import MEDIA_TYPE
from familypair.schema.base import Answer
from familypair.schema.links import Links, Receipt

from .desk import Desk
from .made import LINK

KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"})
OTHER = OKPKey.generate_key("Ed25519", {"kid": "k1"})
CLAIMS = b'{"iss":"http://127.0.0.1:8085","link":"lnk_1","granted":["see_time","set_time"]}'


class Keys(Answer, frozen=True, kw_only=True):
    """A published key set."""

    keys: tuple[dict[str, Any], ...]


def published(key: OKPKey) -> Keys:
    """What `/.well-known/jwks.json` says."""
    return Keys(keys=tuple(dict(k) for k in KeySet([key]).as_dict(private=False)["keys"]))


def receipt_of(key: OKPKey) -> Receipt:
    """A receipt signed with a key, with that key in the file."""
    header = {"alg": "Ed25519", "kid": "k1", "typ": MEDIA_TYPE}
    signed = jws.serialize_compact(header, CLAIMS, key, algorithms=["Ed25519"])
    return Receipt(jws=signed, keys=msgspec.to_builtins(published(key)))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Dana with a link, and a home of her own."""
    monkeypatch.setenv("FAMILYPAIR_HOME", str(tmp_path))
    here = Desk()
    here.server.will("GET", "/v1/links", Links(items=(LINK,)))
    here.server.will("GET", "/v1/links/lnk_1/receipt", receipt_of(KEY))
    here.server.will("GET", "/.well-known/jwks.json", published(KEY))
    return here


def written(tmp_path: Path, receipt: Receipt) -> str:
    """A receipt file."""
    target = tmp_path / "receipt.json"
    target.write_bytes(msgspec.json.encode(receipt))
    return str(target)


def test_show_checks_writes_and_names_the_next_command(desk: Desk, tmp_path: Path) -> None:
    """The file can be verified at once, without the network, by the keys now known."""
    target = str(tmp_path / "r.json")
    ran = desk.run("receipt", "show", "mia", "-o", target)
    assert ran.code == 0
    assert f"familypair receipt verify {target}" in ran.out
    assert "granted: see_time, set_time" in ran.out
    asked = len(desk.server.requests)
    ran = desk.run("receipt", "verify", target)
    assert "The receipt is valid" in ran.out
    assert "keys that this machine knows of the server" in ran.out
    assert len(desk.server.requests) == asked


def test_verify_needs_nobody_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody with the file can check it; the trust in the key is said, not assumed."""
    monkeypatch.setenv("FAMILYPAIR_HOME", str(tmp_path / "empty"))
    desk = Desk(signed_in=False)
    ran = desk.run("receipt", "verify", written(tmp_path, receipt_of(KEY)))
    assert ran.code == 0
    assert KEY.thumbprint() in ran.out
    assert desk.server.requests == []


def test_a_forged_receipt_with_its_own_key_is_found_by_the_known_key(
    desk: Desk, tmp_path: Path
) -> None:
    """Once the server's keys are known, a file that brings another key does not pass."""
    desk.run("receipt", "show", "mia")
    ran = desk.run("receipt", "verify", written(tmp_path, receipt_of(OTHER)))
    assert ran.code == 1
    assert "not valid" in ran.err


def test_verify_with_given_keys_and_json(desk: Desk, tmp_path: Path) -> None:
    """--keys decides; the JSON says which keys were trusted."""
    keys = tmp_path / "keys.json"
    keys.write_bytes(msgspec.json.encode(published(KEY)))
    file = written(tmp_path, receipt_of(KEY))
    ran = desk.run("receipt", "verify", file, "--keys", str(keys), "--json")
    assert (ran.json()["valid"], ran.json()["keys"]) == (True, "file given")
    keys.write_bytes(msgspec.json.encode(published(OTHER)))
    assert desk.run("receipt", "verify", file, "--keys", str(keys)).code == 1


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"a.b.c", b"\xff\xfe", b"x" * 1_000_001])
def test_a_file_that_is_no_receipt_is_one_sentence(
    desk: Desk, tmp_path: Path, content: bytes
) -> None:
    """Whatever is in the file, the answer is a sentence and code 1."""
    target = tmp_path / "junk"
    target.write_bytes(content)
    ran = desk.run("receipt", "verify", str(target))
    assert ran.code == 1
    assert ran.err.count("\n") == 1


def test_a_missing_file_is_one_sentence(desk: Desk) -> None:
    """The system's reason is shown, without a traceback."""
    ran = desk.run("receipt", "verify", "nowhere.json")
    assert ran.code == 1
    assert ran.err == "nowhere.json: No such file or directory.\n"
    assert DANA.name not in ran.err
