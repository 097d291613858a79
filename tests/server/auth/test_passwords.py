"""Password rules (NIST SP 800-63B-4) and the bounded work of hashing."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.reasons import Reason
from familypair_server.auth import passwords
from familypair_server.auth.passwords import Passwords
from familypair_server.problems import Refused

GOOD = [
    "seven green bicycles in the rain",
    "korrekt Pferd Batterie Heftklammer",
    "aqzplmwkrutyvbx",
    "夏の夜に蛍がたくさん飛んでいたのを見た",
    "quiet-otters-paint-7",
    "                mostly blanks, still fine",
]
HERE = "203.0.113.0/24"
COMMON = [
    "passwordpassword",
    "password1234567",
    "P A S S W O R D 2 0 2 6",
    "123456789012345",
    "qwertyuiopasdfgh",
    "iloveyouiloveyou",
    "correct horse battery staple",
    "familypairfamilypair",
    "aaaaaaaaaaaaaaaa",
    "abababababababab",
    "               ",
]


@pytest.mark.parametrize("password", GOOD)
def test_good_passwords(password: str) -> None:
    """Long and not common is enough; no kind of character is demanded."""
    assert passwords.fault(password, pointer="/password") is None


@pytest.mark.parametrize("password", COMMON)
def test_common_passwords(password: str) -> None:
    """Common words, digits and repeats alone spell no password."""
    found = passwords.fault(password, pointer="/password")
    assert found is not None
    assert (found.reason, found.pointer) == (Reason.WEAK_PASSWORD, "/password")


def test_own_names_are_common() -> None:
    """A password made of one's own names is refused; the same one is fine for another."""
    text = "anastasia papadopoulou 1984"
    assert passwords.fault(text, pointer="", context=("Anastasia", "papadopoulou")) is not None
    assert passwords.fault(text, pointer="", context=("Dana", "dana")) is None


def test_length_counts_characters_after_normalisation() -> None:
    """14 is short, 15 is enough, 256 is the most (after NFC)."""
    sentence = "abcdefghijklmno pqrstuvwxyz " * 20
    for length, fine in ((14, False), (15, True), (256, True), (257, False)):
        text = "µ" + sentence[5 : 5 + length - 1]
        assert (passwords.fault(text, pointer="") is None) is fine


@given(st.text(min_size=15, max_size=80))
def test_no_composition_rules(text: str) -> None:
    """Whatever is refused stays refused with a digit, a capital and a sign put in place of none."""
    if passwords.fault(text, pointer="") is None and len(passwords.normal(text)) < 250:
        assert passwords.fault(text + " xqj", pointer="") is None


async def test_hash_and_verify() -> None:
    """Only the right password fits, in either Unicode form; the hash is argon2id."""
    hasher = Passwords("cheapest")
    stored = await hasher.hash("Zu\u0308rich has many lakes", network=HERE)
    assert stored.startswith("$argon2id$")
    assert await hasher.verify(stored, "Z\u00fcrich has many lakes", network=HERE)
    assert not await hasher.verify(stored, "Zurich has many lakes", network=HERE)
    assert not await hasher.verify("no hash at all", "Zurich has many lakes", network=HERE)
    assert not await hasher.verify(None, "nobody has this password", network=HERE)


async def test_the_standard_costs() -> None:
    """19456 KiB, 2 rounds, 1 lane (OWASP); a cheaper hash is made anew at the next sign-in."""
    hasher = Passwords()
    cheap = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b+dWRWJTmaaJObG"
    assert hasher.outdated(cheap)
    stored = await hasher.hash(GOOD[0], network=HERE)
    assert "m=19456,t=2,p=1" in stored
    assert not hasher.outdated(stored)


async def test_a_full_queue_is_a_refusal() -> None:
    """The 51st that would have to wait is told to come back (security T11)."""
    hasher = Passwords("cheapest")
    networks = [f"192.0.{number}.0/24" for number in range(passwords.QUEUE)]
    waiting = [asyncio.create_task(hasher.hash(GOOD[0], network=one)) for one in networks]
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await hasher.hash(GOOD[0], network=HERE)
    assert refused.value.refusals[0].reason == Reason.UNAVAILABLE
    await asyncio.gather(*waiting)
    assert await hasher.hash(GOOD[0], network=HERE)


async def test_a_network_has_a_share_of_the_queue() -> None:
    """Eight places of fifty; the ninth comes back later, while others and later ones go on."""
    hasher = Passwords("cheapest")
    places = range(passwords.SHARE)
    waiting = [asyncio.create_task(hasher.hash(GOOD[0], network=HERE)) for _ in places]
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await hasher.verify(None, GOOD[0], network=HERE)
    assert refused.value.refusals[0].reason == Reason.UNAVAILABLE
    assert refused.value.retry_after == 1
    assert await hasher.hash(GOOD[0], network="198.51.100.0/24")
    await asyncio.gather(*waiting)
    assert await hasher.hash(GOOD[0], network=HERE)
