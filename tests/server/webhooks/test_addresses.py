"""Where a webhook may go: public https only, whatever form the address has."""

import re
from ipaddress import ip_address

import pytest

from familypair.reasons import Reason
from familypair_server.problems import Refused
from familypair_server.webhooks.addresses import is_public
from familypair_server.webhooks.sender import Sender
from familypair_server.webhooks.urls import target_of

CLOSED = tuple(
    re.findall(
        r"\S+",
        """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1
127.255.255.254 168.63.129.16 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255
192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7
203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1
::ffff:8.8.8.8 ::7f00:1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1
2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 2620:4f:8000::1
3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 4000::1
""",
    )
)
OPEN = tuple(
    re.findall(
        r"\S+",
        """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255
128.0.0.1 169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0
198.17.0.0 198.20.0.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2606:4700::1111
2a00:1450::1
""",
    )
)
PRIVATE_URLS = (
    *(f"https://{a}/x" if ":" not in a else f"https://[{a}]/x" for a in CLOSED if "%" not in a),
    "https://127.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://1.2.3.4.5/",
    "https://localhost/",
    "https://LOCALHOST:8443/",
    "https://db.internal/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
)
ODD_URLS = (
    "",
    "https://",
    "https:///x",
    "https://?x",
    "https://user@hooks.example/",
    "https://user:pass@hooks.example/",
    "https://hooks.example@127.0.0.1/",
    "https://hooks.example:0/",
    "https://hooks.example:99999/",
    "https://hooks.example:/",
    "https://hooks.example:x/",
    "https://hooks.example./",
    "https://-hooks.example/",
    "https://hooks..example/",
    "https://hooks.example/#part",
    "https://hooks.example/a b",
    "https://hooks.example/\r\nHost: other",
    "https://hooks.example/\t",
    "https://hooks.example\\@127.0.0.1/",
    "https://höoks.example/",
    "https://hooks.example/ü",
    "https://%31%32%37.0.0.1/",
    "https://[::1/",
    "https://[fe80::1%25eth0]/",
    "https://[v1.x]/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 130 + "example/",
)
PLAIN_URLS = (
    "http://hooks.example/",
    "ftp://hooks.example/",
    "file:///etc/passwd",
    "gopher://hooks.example/",
    "javascript:alert(1)",
    "//hooks.example/",
    "http://8.8.8.8/",
)


def reason_of(url: str) -> Reason | None:
    """Why an address is refused; None when it is taken."""
    try:
        target_of(url)
    except Refused as refused:
        (refusal,) = refused.refusals
        return refusal.reason if refusal.pointer == "/url" else None
    return None


def test_only_the_open_internet_is_public() -> None:
    """Every special range of IPv4 and IPv6 is closed, also right at its edges."""
    assert [text for text in CLOSED if is_public(ip_address(text))] == []
    assert [text for text in OPEN if not is_public(ip_address(text))] == []


def test_an_address_is_judged_before_it_is_kept() -> None:
    """Odd forms of local addresses are private; what two parsers could read apart is no URL."""
    private = {Reason.WEBHOOK_PRIVATE_ADDRESS}
    assert {url for url in PRIVATE_URLS if reason_of(url) not in private} == set()
    odd = {Reason.BAD_TEXT, Reason.WEBHOOK_NOT_HTTPS}
    assert {url for url in ODD_URLS if reason_of(url) not in odd} == set()
    plain = {Reason.WEBHOOK_NOT_HTTPS, Reason.BAD_TEXT}
    assert {url for url in PLAIN_URLS if reason_of(url) not in plain} == set()


def test_the_good_twins_are_taken_apart() -> None:
    """A name or a public address, with or without a port; path and query stay as they are."""
    whole = target_of("https://Hooks.Example:8443/a/b?c=d%20e")
    assert (whole.host, whole.port, whole.path) == ("hooks.example", 8443, "/a/b?c=d%20e")
    assert whole.authority == "hooks.example:8443"
    assert target_of("https://xn--hks-0qa.example").authority == "xn--hks-0qa.example"
    assert target_of("https://8.8.8.8/").authority == "8.8.8.8"
    six = target_of("https://[2606:4700::1111]/")
    assert (six.host, six.authority, six.port) == ("2606:4700::1111", "[2606:4700::1111]", 443)


def test_this_machine_only_where_the_operator_says_so() -> None:
    """With the setting loopback passes, also over http; the rest of the private world does not."""
    for url in ("http://127.0.0.1:8000/", "https://[::1]/", "http://localhost:1/"):
        assert target_of(url, loopback=True).path == "/"
    for url in (
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "http://hooks.example/",
        "https://intranet/",
    ):
        with pytest.raises(Refused):
            target_of(url, loopback=True)


async def test_a_name_is_only_as_good_as_all_of_its_addresses() -> None:
    """One private address among public ones, none at all, no answer, nonsense: nothing is sent."""
    asked: list[str] = []

    async def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        if host == "gone.example":
            raise OSError("no such name")
        return answers[host]

    answers = {f"n{n}.example": [text] for n, text in enumerate(CLOSED)}
    answers |= {
        "mixed.example": ["8.8.8.8", "10.0.0.1"],
        "none.example": [],
        "odd.example": ["8.8.8.8", "not-an-address"],
        "gone.example": [],
    }
    sender = Sender(resolve=resolve)
    for name in answers:
        outcome = await sender.send(f"https://{name}/", {}, b"{}")
        assert (outcome.error, outcome.status) == ("address", None), name
    assert asked == list(answers)
    # Judged again when it is sent: a stored address is not trusted.
    assert (await sender.send("https://10.0.0.1/", {}, b"")).error == "address"
    assert (await sender.send("http://hooks.example/", {}, b"")).error == "address"
