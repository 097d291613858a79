"""From an answer of the server to policies that answer: checked, kept on disk, then used."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from familypair.client.errors import BadAnswer, ClientError
from familypair.client.host import HostClient
from familypair.client.policy.clock import ServerTime
from familypair.client.policy.disk import Disk
from familypair.client.policy.events import EventKind, PolicyEvent
from familypair.client.policy.folder import Kept
from familypair.client.policy.keyring import Keyring, NotTrusted
from familypair.client.policy.packs import PackRoom
from familypair.client.policy.shelf import Held, Shelf
from familypair.rules.decide import PolicySnapshot, Use, ms_of
from familypair.rules.decide.weight import weight
from familypair.schema.policies import (
    MOST_TEENS,
    PolicyDocument,
    PolicySync,
    PolicySynced,
    TeenPolicy,
    TeenUse,
)

_OLD_ANSWER: Final = "The answer is older than one before, so it is not taken."


class Sweep:
    """One way through all teens, in pages; then each was confirmed after its start."""

    def __init__(self, known: list[str], *, generation: int, started: float) -> None:
        self._known = known
        self._after = ""
        self._through: str | None = None
        self.generation = generation
        """Of the stream's connection at its start."""
        self.started = started
        """Monotonic seconds."""
        self.done = False

    def asked(self, shelf: Shelf) -> PolicySync:
        """The next page's question."""
        start = bisect_right(self._known, self._after)
        chunk = self._known[start : start + MOST_TEENS]
        self._through = chunk[-1] if start + MOST_TEENS < len(self._known) else None
        have = {teen: shelf.version(teen) for teen in chunk if not shelf.is_gone(teen)}
        return PolicySync(have=have, after=self._after, through=self._through)

    def answered(self, page: PolicySynced) -> None:
        """Go on behind it. Raises `BadAnswer` for a page that leads nowhere."""
        after = self._through if page.next is None else page.next
        if after is None:
            self.done = True
        elif after <= self._after:
            raise BadAnswer("The server's page leads back to itself.")
        else:
            self._after = after


class _Ready(msgspec.Struct, frozen=True):
    """A checked document of an answer."""

    told: TeenPolicy
    made: PolicyDocument


class Syncer:
    """Asks for pages and takes what comes; used by one task."""

    def __init__(
        self,
        *,
        host: HostClient,
        shelf: Shelf,
        time: ServerTime,
        monotonic: Callable[[], float],
        keyring: Keyring,
        room: PackRoom,
        disk: Disk,
        tell: Callable[[PolicyEvent], None],
    ) -> None:
        self._host = host
        self._shelf = shelf
        self._time = time
        self._monotonic = monotonic
        self._keyring = keyring
        self._room = room
        self._disk = disk
        self._tell = tell
        self.held_back: set[str] = set()
        """Of the last answer: whose new policy could not be taken. Ask again."""
        self.due: list[tuple[int, str]] = []
        """Of the last answer: when which policy must be refreshed, in the server's epoch ms."""
        self.changed: set[str] = set()
        """Of the last answer: who has another policy now."""
        self._uses: dict[str, TeenUse] = {}

    async def ask(self, asked: PolicySync) -> PolicySynced:
        """One page, asked for and taken. Raises `ClientError`; what was taken by then stays."""
        self.held_back, self.due, self.changed = set(), [], set()
        sent = self._monotonic()
        page = await self._host.sync(asked)
        if not self._time.told(ms_of(page.now), sent=sent, got=self._monotonic()):
            raise BadAnswer(_OLD_ANSWER)
        if page.help is not None:
            self._shelf.help = page.help
        wanted = frozenset(asked.only or ())
        await self._lose([*page.gone, *(wanted - {one.teen for one in page.teens})])
        await self._take(page.teens, sent, wanted)
        return page

    async def load(self, kept: Kept, *, confirmed: float) -> None:
        """Use a policy from the disk. Raises `NotTrusted`; without its packs it is left out."""
        made = self._keyring.document(kept.document, kept.teen)
        if made.version != kept.version or made.version < self._shelf.version(kept.teen):
            raise NotTrusted("The policy is older than one before.")
        told = TeenPolicy(teen=kept.teen, version=kept.version, use=kept.use)
        for digest in self._room.lacking(made.packs):
            raw = await self._disk.pack(digest)
            if raw is None:
                return
            self._room.learn(raw, digest)
        self._put(_Ready(told, made), confirmed, wanted=False)

    async def _take(self, teens: Iterable[TeenPolicy], sent: float, wanted: frozenset[str]) -> None:
        ready: list[_Ready] = []
        for told in teens:
            if told.document is None:
                self._confirm(told, sent)
            else:
                ready += await self._checked(told, told.document)
                await asyncio.sleep(0)  # a page is long: others want to run
        lacking = [one for one in ready if self._room.lacking(one.made.packs)]
        self.held_back.update(one.told.teen for one in lacking)
        await self._use([one for one in ready if one not in lacking], sent, wanted)
        await self.keep_uses()
        await self._fetch({digest for one in lacking for digest in one.made.packs.values()})
        here = [one for one in lacking if not self._room.lacking(one.made.packs)]
        await self._use(here, sent, wanted)

    async def _fetch(self, digests: set[str]) -> None:
        """Word packs that are not here. One that does not come holds back its documents only."""
        for digest in sorted(self._room.lacking_of(digests)):
            try:
                await self._disk.keep_pack(digest, await self._room.fetch(digest))
            except ClientError as error:
                detail = f"The word pack {digest}: {error}"
                self._tell(PolicyEvent(kind=EventKind.FAILED, detail=detail))

    def _confirm(self, told: TeenPolicy, sent: float) -> None:
        """The rules that are here still hold, perhaps with other use."""
        slot = self._shelf.slot(told.teen)
        if told.version < self._shelf.version(told.teen):
            self._refuse(told, "The answer has an older version than one before.")
        elif slot is not None and slot.held.snapshot.version == told.version:
            self.take_use(told.use)
            self._shelf.confirm(told.teen, confirmed=sent)
            self.due.append((slot.held.snapshot.refresh_ms, told.teen))
        elif slot is not None:
            self.held_back.add(told.teen)

    async def _checked(self, told: TeenPolicy, document: str) -> list[_Ready]:
        """The document when it holds; nothing, and an event, when it does not."""
        try:
            made = await self._keyring.open(document, told.teen)
        except NotTrusted as error:
            self._refuse(told, str(error))
            return []
        if made.version != told.version or made.version < self._shelf.version(told.teen):
            self._refuse(told, "The policy is older than one before.")
            return []
        return [_Ready(told, made)]

    async def _use(self, ready: list[_Ready], sent: float, wanted: frozenset[str]) -> None:
        """Keep them, then let them answer: a restart must not know less than was acted upon."""
        await self._disk.keep(
            Kept(
                teen=one.told.teen,
                version=one.made.version,
                document=one.told.document or "",
                use=one.told.use,
            )
            for one in ready
        )
        for one in ready:
            self._put(one, sent, wanted=one.told.teen in wanted)
            self.held_back.discard(one.told.teen)

    def _put(self, one: _Ready, confirmed: float, *, wanted: bool) -> None:
        teen = one.told.teen
        slot = self._shelf.slot(teen)
        if slot is None and not wanted and not self._shelf.has_room():
            self._shelf.count(teen, one.made.version)
            return
        packs = self._room.of(one.made.packs)
        snapshot = PolicySnapshot.of(one.made, packs)
        use = use_of(one.told.use) if slot is None else newer(slot.held.use, one.told.use, self.now)
        before = None if slot is None else slot.held.snapshot.version
        self._shelf.packs = packs
        held = Held(snapshot, use)
        self._shelf.put(teen, held, confirmed=confirmed, size=weight(one.made), wanted=wanted)
        self.due.append((snapshot.refresh_ms, teen))
        if before != snapshot.version:
            self.changed.add(teen)
            self._tell(PolicyEvent(kind=EventKind.CHANGED, teen=teen, version=snapshot.version))

    def take_use(self, told: TeenUse) -> None:
        """How much is used by now, unless that is older than what is known."""
        slot = self._shelf.slot(told.teen)
        if slot is None:
            return
        found = newer(slot.held.use, told, self.now)
        if found is not slot.held.use:
            self._shelf.use(told.teen, found)
            self._uses[told.teen] = told

    async def keep_uses(self) -> None:
        """Keep what was taken since the last call."""
        uses, self._uses = list(self._uses.values()), {}
        await self._disk.keep_use(uses)

    @property
    def now(self) -> int:
        """The server's time, in epoch milliseconds."""
        return self._time.now_ms()

    async def _lose(self, teens: Iterable[str]) -> None:
        lost = [teen for teen in teens if not self._shelf.is_gone(teen)]
        for teen in lost:
            known = self._shelf.version(teen)
            self._shelf.forget(teen)
            if known:
                self._tell(PolicyEvent(kind=EventKind.GONE, teen=teen, version=known))
        await self._disk.drop(lost)

    def _refuse(self, told: TeenPolicy, why: str) -> None:
        self.held_back.add(told.teen)
        event = PolicyEvent(
            kind=EventKind.REFUSED, teen=told.teen, version=told.version, detail=why
        )
        self._tell(event)


def use_of(told: TeenUse) -> Use:
    """Use from the wire."""
    as_of = None if told.as_of is None else ms_of(told.as_of)
    return Use(ms_of(told.day_start), told.seconds, as_of)


def newer(held: Use, told: TeenUse, now_ms: int) -> Use:
    """Which of the two holds: an answer that took long must not take minutes back.

    A day's use only grows and no figure is above it, so of one day the larger is the better one,
    whichever came first. Else the later day, unless it has not begun (a clock was set).
    """
    found = use_of(told)
    if found == held:
        return held
    if found.day_start_ms == held.day_start_ms:
        return max(found, held, key=lambda use: (use.seconds, use.as_of_ms or 0))
    older = found.day_start_ms < held.day_start_ms <= now_ms
    return held if older else found
