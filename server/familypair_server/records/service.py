"""Reading records: my inbox for one teen, fenced by the link in the same snapshot."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.schema.ledger import Inbox
from familypair_server.ids import is_id
from familypair_server.keys import Keys
from familypair_server.links import service as links
from familypair_server.problems import refuse
from familypair_server.records import inbox
from familypair_server.records.inbox import Owner, reach_of
from familypair_server.storage import Txn, teens, transaction


@transaction
def read(
    owner: Owner, *, after: int, limit: int, now: datetime, keys: Keys
) -> Txn[tuple[bool, Inbox]]:
    """A page of the viewer's inbox; raises `Refused` as for what is absent.

    True with it when time has moved a link whose entry is still to be written (`links.settled`).
    """
    if not is_id(owner.teen_id):
        raise refuse(Reason.NOT_FOUND)
    if not owner.is_teen:
        link = yield from links.must_link(owner.teen_id, owner.viewer_id, now, keys)
        owner = msgspec.structs.replace(owner, reach=reach_of(link))
    elif (yield from teens.by_id.one(teen=owner.teen_id)) is None:
        raise refuse(Reason.NOT_FOUND)
    due = yield from links.is_due(owner.teen_id, now, keys)
    return due, (yield from inbox.page(owner, after=after, limit=limit))
