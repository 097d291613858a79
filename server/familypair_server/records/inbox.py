"""A page of one viewer's inbox in wire form: their numbers, their words, nothing else.

Part of the caller's transaction, after the fence: who may read is the link's matter.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard

import msgspec

from familypair.rules.days import regime_at
from familypair.rules.free_text import Aside, whole
from familypair.rules.projection import Viewer, still_shared
from familypair.schema.accounts import Kind
from familypair.schema.ledger import AnyEntry, Erased, Inbox, InboxEntry, LayerChanged, Withheld
from familypair.settings import encode
from familypair.wording_entries import Reader, entry_words
from familypair_server.accounts import statements as accounts
from familypair_server.days.service import stored
from familypair_server.days.statements import regimes
from familypair_server.links.facts import LinkFacts, guardian_viewer
from familypair_server.records import ledger
from familypair_server.settings_api import statements as layers
from familypair_server.settings_api.layers import NO_VALUES, read_doc
from familypair_server.storage import Txn
from familypair_server.times import millis

ERASED = Erased()
WITHHELD = Withheld()


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an inbox its guardian may read today: the link's matter, not the inbox's."""

    viewer: Viewer
    sees_from: datetime | None = None
    """Entries of before are history that the teen did not share; None is all of it."""

    def of(self, entry: AnyEntry, at: datetime) -> AnyEntry | Withheld:
        """The entry of that instant as far as it is shared now."""
        early = self.sees_from is not None and millis(at) < millis(self.sees_from)
        shared = None if early else still_shared(entry, self.viewer)
        return WITHHELD if shared is None else shared


def reach_of(link: LinkFacts) -> Reach:
    """What a link lets its guardian read of their inbox now."""
    return Reach(viewer=guardian_viewer(link), sees_from=link.rights.sees_from)


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose inbox for which teen."""

    teen_id: str
    viewer_id: str
    reach: Reach | None = None
    """A guardian's; without it the inbox is the viewer's own: the teen's."""

    @property
    def is_teen(self) -> bool:
        """Whether it is the teen's own."""
        return self.teen_id == self.viewer_id


class Own(msgspec.Struct, frozen=True):
    """What is the viewer's own beside an entry: their layer as JSON, and what they typed then."""

    values: Mapping[str, Any]
    typed: Sequence[Aside]


def page(owner: Owner, *, after: int, limit: int) -> Txn[Inbox]:
    """Entries above `after`, oldest first, with where the inbox ends.

    What is not shared any more keeps its number, its instant and its hash.
    """
    items = yield from ledger.read_inbox(owner.teen_id, owner.viewer_id, after=after, limit=limit)
    head = yield from ledger.head(owner.teen_id, owner.viewer_id)
    if not items:
        return Inbox(items=(), head=head.seq)
    reader = yield from _reader(owner, items[-1].at)
    mine = yield from _mine(owner)
    typed = yield from _typed(owner, items)
    last = items[-1].seq
    return Inbox(
        items=tuple(
            _shape(item, owner, reader, Own(mine, typed.get(item.ledger_seq, ()))) for item in items
        ),
        head=head.seq,
        next=last if last < head.seq else None,
    )


def _reader(owner: Owner, at: datetime) -> Txn[Reader]:
    """Who reads, with the home zone that was in force at an instant."""
    teen = yield from accounts.by_id.get(id=owner.teen_id)
    clock = stored((yield from regimes.all(teen=owner.teen_id)))
    return Reader(
        audience="teen" if owner.is_teen else Kind.GUARDIAN.value,
        teen_name=teen.name,
        zone=regime_at(clock, at).zone if clock else teen.zone,
    )


def _mine(owner: Owner) -> Txn[Mapping[str, Any]]:
    """The viewer's own layer as JSON, to know which of their writes could be undone."""
    row = yield from layers.layer_of.one(teen=owner.teen_id, owner=owner.viewer_id)
    values = NO_VALUES if row is None else read_doc(row.doc)
    return {path: encode(path, value) for path, value in values.items()}


def _typed(owner: Owner, items: Sequence[ledger.InboxItem]) -> Txn[Mapping[int, Sequence[Aside]]]:
    """What the viewer typed in these writes; a page without a write of theirs asks for nothing."""
    own = [item.ledger_seq for item in items if _is_own(item.entry, owner)]
    if not own:
        return {}
    return (yield from ledger.asides_of(owner.teen_id, owner.viewer_id, first=own[0], last=own[-1]))


def _is_own(entry: AnyEntry | Erased | Withheld | None, owner: Owner) -> TypeGuard[LayerChanged]:
    return isinstance(entry, LayerChanged) and entry.owner == owner.viewer_id


def _shape(item: ledger.InboxItem, owner: Owner, reader: Reader, own: Own) -> InboxEntry:
    entry = _said(item, owner.reach)
    actor = "" if entry == WITHHELD else item.actor
    return InboxEntry(
        teen=owner.teen_id,
        seq=item.seq,
        at=item.at,
        actor=actor,
        entry=entry,
        words=entry_words(entry, actor, reader),
        undoable=_undoable(entry, owner, own),
        hash=item.hash,
    )


def _said(item: ledger.InboxItem, reach: Reach | None) -> AnyEntry | Erased | Withheld:
    if item.entry is None:
        return ERASED
    return item.entry if reach is None else reach.of(item.entry, item.at)


def _undoable(entry: AnyEntry | Erased | Withheld, owner: Owner, own: Own) -> bool:
    """An own write whose every field is still as the write left it."""
    if not _is_own(entry, owner):
        return False
    changes = [whole(change, own.typed) for change in entry.changes]
    return all(one is not None and own.values.get(one.path) == one.after for one in changes)
