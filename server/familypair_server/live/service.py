"""What one client may be told now: read in one snapshot with the link and the token it hangs on.

The fence is here: an entry is read only together with the link that allows it and with the token
family that asks, so nothing that was committed after either ended can come out.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.schema.events import PendingEvent
from familypair.schema.ledger import InboxEntry
from familypair_server.invitations import service as invitations
from familypair_server.links import service as links
from familypair_server.links.desk import Desk
from familypair_server.live import latest as newest
from familypair_server.live import statements as sql
from familypair_server.live.clients import Client
from familypair_server.live.cursor import Cursor
from familypair_server.records import inbox, ledger
from familypair_server.records.inbox import Owner, Reach, reach_of
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis

PAGE = 16
"""Most entries that one look brings, and so the most that is held for a client."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What there is for one client at one instant."""

    alive: bool
    """Whether the token and its family still stand; when not, the rest is empty."""
    served: frozenset[str] = frozenset()
    """Teens that the client may read."""
    quiet: frozenset[str] = frozenset()
    """Teens of whom nothing may be told, not even that: a paused service (product.md section 9)."""
    heads: Mapping[str, int] = {}
    reset: bool = False
    """The cursor claims what does not exist: the client must read everything again."""
    entries: tuple[InboxEntry, ...] = ()
    more: bool = False
    pending: PendingEvent = PendingEvent(invitations=())
    latest: tuple[newest.Value, ...] = ()
    """Values of which only the latest matters; read when no entries are left."""
    due: tuple[str, ...] = ()
    """Teens whose links time has moved and nobody has written down: settle them."""


@transaction
def look(
    desk: Desk,
    client: Client,
    cursor: Cursor | None,
    now: datetime,
    changed: frozenset[str] | None = None,
) -> Txn[Look]:
    """Everything after the cursor, at most a page; without a cursor only where inboxes end.

    Latest values are read of the teens in `changed` only; None means of everybody served.
    """
    if now >= client.token_expires or not (yield from _stands(client, now)):
        return Look(alive=False)
    found = yield from _teens(desk, client, now)
    served, quiet = found.served, found.quiet
    heads = {head.teen_id: head.seq for head in (yield from ledger.heads(client.account_id))}
    ends = {teen: heads.get(teen, 0) for teen in served}
    reset = cursor is None or cursor.is_ahead_of(heads)
    entries = (
        () if cursor is None or reset else (yield from _after(client, cursor, ends, found.reach))
    )
    listed = ",".join(sorted(served | quiet))
    due = yield from sql.due.all(ids=listed, now=millis(now))
    due = sorted({*due, *found.grown})
    more = len(entries) == PAGE
    wanted = served if changed is None else served & changed
    values = () if more else (yield from newest.values(desk, client, wanted, now))
    mine = yield from invitations.mine(desk, account_id=client.account_id, now=now)
    return Look(
        alive=True,
        served=served,
        quiet=quiet,
        heads=ends,
        reset=reset,
        entries=entries,
        more=more,
        pending=PendingEvent(invitations=tuple(msgspec.to_builtins(one) for one in mine)),
        latest=values,
        due=tuple(due),
    )


def _stands(client: Client, now: datetime) -> Txn[bool]:
    row = yield from sql.session.one(id=client.session_id, now=millis(now))
    return row is not None


class _Teens(msgspec.Struct, frozen=True):
    """Whom the client may read and how far, of whom nothing may be told, who is newly an adult."""

    served: frozenset[str]
    quiet: frozenset[str] = frozenset()
    grown: frozenset[str] = frozenset()
    reach: Mapping[str, Reach] = {}


def _teens(desk: Desk, client: Client, now: datetime) -> Txn[_Teens]:
    if not client.is_guardian:
        mine = frozenset({client.account_id})
        due = yield from links.is_due(client.account_id, now, desk.keys)
        return _Teens(mine, grown=mine if due else frozenset())
    found = yield from links.links_of_guardian(client.account_id, now, desk.keys)
    served = frozenset(link.teen_id for link in found if link.rights.can_read)
    paused = {link.teen_id for link in found if link.rights.refusal is Reason.TEEN_UNAVAILABLE}
    grown = {link.teen_id for link in found if link.unwritten}
    reach = {link.teen_id: reach_of(link) for link in found if link.rights.can_read}
    return _Teens(served, frozenset(paused) - served, frozenset(grown), reach)


def _after(
    client: Client, cursor: Cursor, ends: Mapping[str, int], reach: Mapping[str, Reach]
) -> Txn[tuple[InboxEntry, ...]]:
    found: list[InboxEntry] = []
    for teen_id in sorted(ends):
        room, after = PAGE - len(found), cursor.position(teen_id)
        if room and after < ends[teen_id]:
            owner = Owner(teen_id=teen_id, viewer_id=client.account_id, reach=reach.get(teen_id))
            page = yield from inbox.page(owner, after=after, limit=room)
            found += page.items
    return tuple(found)
