"""The policies in memory and the answers from them: no network, no lock, no waiting.

One task writes (`put`, `confirm`, `forget`), any number of threads read (`decide`). What a reader
needs is in immutable values that are replaced whole, so it sees the old policy or the new one.
"""

import heapq
import math
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from familypair.client.policy.clock import ServerTime
from familypair.help_lines import ANYWHERE
from familypair.reasons import Reason
from familypair.rules.decide import (
    Decision,
    PolicySnapshot,
    Question,
    Use,
    decide_at,
    strictest,
    unknown_subject,
)
from familypair.rules.search import Packs
from familypair.schema.policies import Help

MAX_AGE: Final = 86_400.0
"""Seconds for which the last confirmed policy answers; then the strictest (product.md 11)."""
LOOK_AGAIN: Final = 60.0
"""Seconds before an id that the server did not know is asked about again."""
_MOST_STRANGERS: Final = 10_000
_COUNTER_BYTES: Final = 200
"""About what an id, its version and their place in a table take."""


def _ignore(_: str) -> None:
    """Nobody listens."""


class Held(msgspec.Struct, frozen=True):
    """What answers a teen's questions."""

    snapshot: PolicySnapshot
    use: Use


class Slot:
    """A teen's place: `held` is replaced whole; the rest is bookkeeping."""

    __slots__ = ("confirmed", "held", "size", "touched")

    def __init__(self, held: Held, *, confirmed: float, size: int, touched: float) -> None:
        self.held = held
        self.confirmed = confirmed
        """Monotonic seconds at which the question was asked whose answer confirmed it."""
        self.size = size
        self.touched = touched
        """Monotonic seconds of the last decision; -inf while there was none."""


class Shelf:
    """Teens' policies, bounded in memory; version counters outlive an eviction."""

    def __init__(
        self,
        time: ServerTime,
        monotonic: Callable[[], float],
        *,
        packs: Packs,
        max_bytes: int,
        max_teens: int,
    ) -> None:
        self._time = time
        self._monotonic = monotonic
        self.packs = packs
        """For the questions of teens without a policy: which searches ask for help."""
        self._max_bytes = max_bytes
        self._max_teens = max_teens
        self.help = ANYWHERE
        """For teens without a policy: the server's own lines, once it has said which."""
        self.on_missing: Callable[[str], None] = _ignore
        """Called by `decide`, in its thread: this teen has to be loaded. Must be quick."""
        self.on_stopped: Callable[[str], None] = _ignore
        """Called by `decide`, in its thread: a search of this teen counts for the weekly band."""
        self._slots: dict[str, Slot] = {}
        self._versions: dict[str, int] = {}
        self._strangers: dict[str, float] = {}
        self._held_bytes = 0
        self.evicted = 0
        self.live = False
        """Whether the stream is up and everything was confirmed since it came up."""
        self.unsure: set[str] = set()
        """Teens of whom a change was announced that is not here yet."""

    # --- reading: any thread -----------------------------------------------------------------

    def decide(self, teen: str, question: Question) -> Decision:
        """The answer now. Never raises for want of a network, never waits."""
        mono = self._monotonic()
        now_ms = self._time.at(mono)
        slot = self._slots.get(teen)
        if slot is None:
            return self._without(teen, question, mono, now_ms)
        slot.touched = mono
        confirmed = slot.confirmed  # read before `held`, which is then at least as new
        held = slot.held
        snapshot = held.snapshot
        if mono - confirmed > MAX_AGE or now_ms >= snapshot.until_ms:
            return self._strictest(question, now_ms, Reason.POLICY_TOO_OLD, snapshot.help)
        sure = self.live and teen not in self.unsure
        live = sure and now_ms < snapshot.refresh_ms
        decision = decide_at(snapshot, held.use, question, now_ms, live=live)
        if decision.counted:
            self.on_stopped(teen)
        return decision

    def _without(self, teen: str, question: Question, mono: float, now_ms: int) -> Decision:
        asked = self._strangers.get(teen)
        if asked is None and self._versions.get(teen, 0) < 0:
            return unknown_subject(question, now_ms, self.help)
        if asked is None or mono - asked > LOOK_AGAIN:
            self.on_missing(teen)
        if asked is None:
            return self._strictest(question, now_ms, Reason.POLICY_UNKNOWN, self.help)
        return unknown_subject(question, now_ms, self.help)

    def _strictest(self, question: Question, now_ms: int, why: Reason, lines: Help) -> Decision:
        return strictest(question, now_ms, reason=why, help=lines, packs=self.packs)

    def slot(self, teen: str) -> Slot | None:
        """A loaded teen's place."""
        return self._slots.get(teen)

    def applies(self, teen: str) -> int:
        """The version that answers; 0 when none does."""
        slot = self._slots.get(teen)
        return 0 if slot is None else slot.held.snapshot.version

    def version(self, teen: str) -> int:
        """The highest version ever seen; 0 when none was."""
        return abs(self._versions.get(teen, 0))

    def is_gone(self, teen: str) -> bool:
        """Whether the server said that it knows no such teen (any more)."""
        return teen in self._strangers or self._versions.get(teen, 0) < 0

    def versions(self) -> Mapping[str, int]:
        """Every counter; negative for who is gone."""
        return self._versions

    def slots(self) -> list[tuple[str, Slot]]:
        """Every loaded teen."""
        return list(self._slots.items())

    def known(self) -> list[str]:
        """The ids to ask the server about, in the order in which it pages.

        Once there were too many to hold, also those who are not loaded: else they would come again.
        """
        full = self.evicted > 0 or not self.has_room()
        return sorted(
            teen for teen, version in self._versions.items()
            if version > 0 and (full or teen in self._slots)
        )  # fmt: skip

    @property
    def bytes(self) -> int:
        """About how much memory everything here takes."""
        return self._held_bytes + _COUNTER_BYTES * len(self._versions)

    def has_room(self) -> bool:
        """Whether a teen more can be loaded without an eviction."""
        return len(self._slots) < self._max_teens and self.bytes < self._max_bytes

    # --- writing: one task -------------------------------------------------------------------

    def put(self, teen: str, held: Held, *, confirmed: float, size: int, wanted: bool) -> bool:
        """Answer from this from now on; `size` is what it takes, in bytes.

        False, and nothing changes, when a newer version was seen before. Evicts who was not asked
        about for longest. A teen whom nobody asked for (`wanted`) is the first to go.
        """
        if held.snapshot.version < self.version(teen):
            return False
        slot = self._slots.get(teen)
        self._remember(teen, held.snapshot.version)
        if slot is None:
            touched = self._monotonic() if wanted else -math.inf
            self._slots[teen] = Slot(held, confirmed=confirmed, size=size, touched=touched)
            self._held_bytes += size
        else:
            slot.held, slot.confirmed = held, confirmed
            self._held_bytes += size - slot.size
            slot.size = size
        self._evict(keep=teen)
        return True

    def confirm(self, teen: str, *, confirmed: float) -> None:
        """The server says that this is still its word."""
        slot = self._slots.get(teen)
        if slot is not None:
            slot.confirmed = max(slot.confirmed, confirmed)

    def use(self, teen: str, use: Use) -> None:
        """How much is used by now."""
        slot = self._slots.get(teen)
        if slot is not None:
            slot.held = Held(slot.held.snapshot, use)

    def count(self, teen: str, version: int) -> None:
        """Remember a version that was seen, without its policy."""
        self._remember(teen, version)

    def recall(self, versions: Mapping[str, int]) -> None:
        """Counters from before a restart; negative for who was gone."""
        for teen, version in versions.items():
            if abs(version) > self.version(teen):
                self._versions[teen] = version

    def forget(self, teen: str) -> None:
        """The server knows no such teen of this host (any more)."""
        self._drop(teen)
        seen = self._versions.get(teen)
        if seen is not None:
            self._versions[teen] = -abs(seen)
            return
        self._strangers.pop(teen, None)
        self._strangers[teen] = self._monotonic()
        while len(self._strangers) > _MOST_STRANGERS:
            del self._strangers[next(iter(self._strangers))]

    def _remember(self, teen: str, version: int) -> None:
        self._strangers.pop(teen, None)
        self._versions[teen] = max(version, self.version(teen))

    def _drop(self, teen: str) -> None:
        slot = self._slots.pop(teen, None)
        if slot is not None:
            self._held_bytes -= slot.size

    def _evict(self, *, keep: str) -> None:
        while len(self._slots) > 1 and (
            len(self._slots) > self._max_teens or self.bytes > self._max_bytes
        ):
            for teen in self._oldest(keep):
                self._drop(teen)
                self.evicted += 1

    def _oldest(self, keep: str) -> list[str]:
        """One in fifty of those here, so that the search for them costs little each."""
        many = 1 + len(self._slots) // 50
        found = heapq.nsmallest(many + 1, self._slots.items(), key=lambda one: one[1].touched)
        return [teen for teen, _ in found if teen != keep][:many]
