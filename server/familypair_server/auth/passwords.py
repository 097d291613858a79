"""Passwords: the rules of NIST SP 800-63B-4, and argon2id that cannot be used to stop the server.

Length and a blocklist, no composition rules, no forced change (ASVS 6.2). Hashing takes 20 ms of
one core, so it runs in a thread, two at a time, with a short queue of which each network has a
share; a full queue or share is a refusal.
"""

import asyncio
import functools
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Final, Literal, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from familypair.reasons import Reason, Refusal
from familypair_server.problems import Refused

MIN_LENGTH: Final = 15
"""Characters; a password that is the only factor (NIST SP 800-63B-4)."""
MAX_LENGTH: Final = 256
AT_ONCE: Final = 2
QUEUE: Final = 50
SHARE: Final = 8
"""Places of the queue that one network (/24 or /56) may hold."""
RETRY_SECONDS: Final = 1
_LEAST_DISTINCT = 5

T = TypeVar("T")


def fault(password: str, *, pointer: str, context: Iterable[str] = ()) -> Refusal | None:
    """Why this password cannot be used, or None.

    `context` are words that an attacker would try first: the person's own names.
    """
    text = normal(password)
    if len(text) < MIN_LENGTH:
        return Refusal(Reason.WEAK_PASSWORD, pointer, {"min": MIN_LENGTH})
    if len(text) > MAX_LENGTH:
        return Refusal(Reason.TOO_LONG, pointer, {"limit": MAX_LENGTH})
    if _guessable(text, context):
        return Refusal(Reason.WEAK_PASSWORD, pointer, {"min": MIN_LENGTH})
    return None


def normal(password: str) -> str:
    """The form that is hashed: NFC, so that two keyboards type the same password."""
    return unicodedata.normalize("NFC", password)


def _guessable(text: str, context: Iterable[str]) -> bool:
    plain = "".join(char for char in text.casefold() if char.isalnum())
    if len(set(plain)) < _LEAST_DISTINCT:
        return True
    own = {"".join(filter(str.isalnum, word.casefold())) for word in context}
    words = _common_words() | {word for word in own if word}
    return _made_of(plain, words)


def _made_of(plain: str, words: frozenset[str]) -> bool:
    """Whether digits and common words alone spell the text ("password" twice is no better)."""
    longest = max(map(len, words))
    reached = [True] + [False] * len(plain)
    for end in range(1, len(plain) + 1):
        digit = plain[end - 1].isdigit() and reached[end - 1]
        starts = range(max(0, end - longest), end)
        reached[end] = digit or any(reached[at] and plain[at:end] in words for at in starts)
    return reached[-1]


@functools.cache
def _common_words() -> frozenset[str]:
    return frozenset((files("familypair_server.auth") / "blocklist.txt").read_text().split())


class Passwords:
    """Hashes and verifies. One verification always costs one argon2 run, also for nobody."""

    def __init__(self, cost: Literal["standard", "cheapest"] = "standard") -> None:
        memory, rounds = (19_456, 2) if cost == "standard" else (8, 1)
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting: Counter[str] = Counter()
        self._decoy = self._hasher.hash("nobody has this password")
        self.runs = 0
        """Argon2 runs so far: a test counts that unknown names cost the same work."""

    async def hash(self, password: str, *, network: str) -> str:
        """The argon2id hash to store.

        Raises `Refused(UNAVAILABLE)` when the queue, or this network's share of it, is full.
        """
        return await self._in_thread(network, lambda: self._hasher.hash(normal(password)))

    async def verify(self, stored: str | None, password: str, *, network: str) -> bool:
        """Whether the password fits; `stored` is None for an unknown name and costs the same.

        Raises as `hash` does.
        """
        fits = await self._in_thread(network, lambda: self._fits(stored or self._decoy, password))
        return fits and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other costs than today's (ASVS 11.4.2)."""
        return self._hasher.check_needs_rehash(stored)

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, normal(password)[: MAX_LENGTH + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _in_thread(self, network: str, work: Callable[[], T]) -> T:
        if self._waiting.total() >= QUEUE or self._waiting[network] >= SHARE:
            raise Refused(Refusal(Reason.UNAVAILABLE), retry_after=RETRY_SECONDS)
        self._waiting[network] += 1
        try:
            async with self._slots:
                self.runs += 1
                return await asyncio.to_thread(work)
        finally:
            self._waiting[network] -= 1
            if not self._waiting[network]:
                del self._waiting[network]
