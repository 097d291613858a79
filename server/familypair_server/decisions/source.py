"""Where the shelf's policies come from: `policies.service`, compiled."""

from datetime import datetime

from familypair.rules.decide.snapshot import PolicySnapshot
from familypair.rules.decide.weight import weight
from familypair_server.context import Context
from familypair_server.decisions.shelf import Entry, Key
from familypair_server.ids import is_id
from familypair_server.policies.building import Parts
from familypair_server.policies.service import NOBODY, check, fetch


class Policies:
    """The source of one application."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    @property
    def _parts(self) -> Parts:
        """Taken anew each time: the word packs may have changed."""
        return Parts.of(self._ctx)

    @property
    def others_write(self) -> bool:
        """On PostgreSQL other nodes write too; SQLite has one process."""
        return self._ctx.store.engine == "pg"

    async def read(self, key: Key, now: datetime) -> Entry | None:
        """What holds now; None when the subject is nobody's at this host."""
        host_id, sent = key
        subject = sent if is_id(sent) else NOBODY
        parts = self._parts
        found = await fetch(self._ctx.store, parts, host_id, subject, now)
        if found is None:
            return None
        snapshot = PolicySnapshot.of(found.document, parts.packs)
        return Entry(
            teen_id=found.teen_id,
            snapshot=snapshot,
            use=found.use,
            head=found.head,
            stale_ms=min(found.head.refresh_ms, snapshot.until_ms),
            size=weight(found.document),
        )

    async def same(self, key: Key, entry: Entry, now: datetime) -> bool:
        """Whether nothing has moved since the entry was read; one statement."""
        work = check(self._parts, key[0], entry.teen_id, entry.head, now)
        return await self._ctx.store.read(work)
