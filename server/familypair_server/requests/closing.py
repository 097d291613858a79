"""What a move of a request leaves behind: its row, whose turn it is, and its entry when closed."""

from datetime import datetime, timedelta
from typing import Final

from familypair.rules.requests.model import Asked
from familypair.rules.requests.moves import TEEN
from familypair.rules.requests.table import LIVE
from familypair.rules.requests.wishes import kind_of
from familypair.schema.ledger import RequestClosed
from familypair_server.ids import Random
from familypair_server.links.desk import Desk
from familypair_server.records import ledger
from familypair_server.requests.applying import apply
from familypair_server.requests.records import StoredRequest, insert, save
from familypair_server.requests.standing import Standing
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn, notify
from familypair_server.time.postings import name_of

KEPT: Final = timedelta(days=28)
"""How long a closed request is kept, with its reason and notes: as long as the days themselves."""


def moved(
    desk: Desk, standing: Standing, stored: StoredRequest, asked: Asked
) -> Txn[StoredRequest]:
    """Store a request after a move; an approved one takes effect in the same transaction."""
    state = standing.state
    if asked.state == "approved":
        state = yield from apply(desk, standing, stored.id, asked)
    after = yield from save(stored, asked)
    yield from told(state, after, standing.now, desk.random)
    return after


def begun(desk: Desk, standing: Standing, stored: StoredRequest) -> Txn[None]:
    """Store a new request; one that standing yeses have answered takes effect at once."""
    state = standing.state
    if stored.asked.state == "approved":
        state = yield from apply(desk, standing, stored.id, stored.asked)
    yield from insert(stored)
    yield from told(state, stored, standing.now, desk.random)


def told(state: TeenState, stored: StoredRequest, now: datetime, random: Random) -> Txn[None]:
    """Wake everybody who may read it; a closed one is an entry, without its reason and notes."""
    asked = stored.asked
    if asked.state not in LIVE:
        yield from ledger.append(
            teen_id=stored.teen_id,
            entry=_entry(state, stored),
            actor=_actor(state, asked.closed_by),
            now=now,
            viewers=state.viewers(),
            random=random,
        )
    yield from notify(stored.teen_id)


def _entry(state: TeenState, stored: StoredRequest) -> RequestClosed:
    asked = stored.asked
    by_guardian = asked.closed_by not in {"", TEEN}
    return RequestClosed(
        request=stored.id,
        wish=kind_of(asked.wish),
        outcome=asked.state.value,
        minutes=asked.minutes,
        asked=asked.asked,
        by=asked.closed_by,
        by_name=name_of(state, asked.closed_by) if by_guardian else "",
    )


def _actor(state: TeenState, closed_by: str) -> ledger.Actor:
    if not closed_by:
        return ledger.Actor("platform")
    if closed_by == TEEN:
        return ledger.Actor("teen", state.teen.id)
    return ledger.Actor("guardian", closed_by, name_of(state, closed_by))
