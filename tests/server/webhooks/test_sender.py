"""One attempt on the wire: to the checked address, by the name's certificate, and nothing more."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from familypair_server.webhooks import sender as module
from familypair_server.webhooks.sender import Sender, SystemResolver
from support.receivers import receiving

NAME = "hooks.loop.example"


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate for a name, signed by itself, in one file."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return path


async def test_the_checked_address_is_the_one_that_is_reached(tmp_path: Path) -> None:
    """One look-up an attempt; the name is in SNI, certificate and Host; a wrong name is refused."""
    path, asked = certificate(tmp_path, NAME), list[str]()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)

    async def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    async def here(_: str, __: int) -> list[str]:
        return ["127.0.0.1"]

    trust = ssl.create_default_context(cafile=path)
    async with receiving(context) as receiver:
        sender = Sender(loopback=True, resolve=rebinding, trust=trust)
        url = f"https://{NAME}:{receiver.port}/a?b=c"
        assert (await sender.send(url, {"webhook-id": "x"}, b"{}")).status == 200
        assert (asked, names) == ([NAME], [NAME])
        (one,) = receiver.got
        assert (one.path, one.headers["host"]) == ("/a?b=c", f"{NAME}:{receiver.port}")
        assert (await sender.send(url, {}, b"{}")).error == "address"
        assert len(receiver.got) == 1
        await sender.aclose()
        other = Sender(loopback=True, resolve=here, trust=trust)
        wrong = await other.send(f"https://other.example:{receiver.port}/", {}, b"{}")
        assert (wrong.error, len(receiver.got)) == ("tls", 1)
        await other.aclose()


async def test_an_attempt_carries_nothing_over_and_asks_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No proxy of the environment, no cookie, no redirect, no body of the answer, no waiting."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    sender = Sender(loopback=True)
    async with receiving() as receiver:
        receiver.answer = lambda _: "307 Elsewhere\r\nset-cookie: a=b\r\nlocation: /other"
        for _ in range(2):
            outcome = await sender.send(receiver.url, {}, b"{}")
            assert (outcome.status, outcome.error) == (307, "status")
        assert [one.path for one in receiver.got] == ["/hook", "/hook"]
        assert "cookie" not in receiver.got[1].headers
        assert receiver.got[1].headers["user-agent"] == module.AGENT
        receiver.endless = True
        receiver.answer = lambda _: "200 OK"
        async with asyncio.timeout(5):
            assert (await sender.send(receiver.url, {}, b"{}")).error == ""
        monkeypatch.setattr(module, "ATTEMPT_SECONDS", 0.05)
        receiver.hold = asyncio.Event()
        assert (await sender.send(receiver.url, {}, b"{}")).error == "timeout"
        receiver.hold.set()
        receiver.answer = lambda _: "200 OK\r\nbroken header"
        monkeypatch.setattr(module, "ATTEMPT_SECONDS", 5.0)
        assert (await sender.send(receiver.url, {}, b"{}")).error == "connection"
    assert (await sender.send(receiver.url, {}, b"{}")).error == "connection"  # nobody listens
    await sender.aclose()


async def test_the_next_address_of_a_name_is_tried_when_one_takes_no_connection() -> None:
    """Nothing was sent to the first, so nothing can come twice."""

    async def two(_: str, __: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with receiving() as receiver:
        sender = Sender(loopback=True, resolve=two)
        outcome = await sender.send(f"http://localhost:{receiver.port}/hook", {}, b"{}")
        assert (outcome.status, len(receiver.got)) == (200, 1)
        await sender.aclose()
    assert await SystemResolver()("127.0.0.1", 80) == ["127.0.0.1"]
