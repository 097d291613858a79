"""A request as it stands now, with everything that judging and showing it needs."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.rules.requests.model import Asked, Facts
from familypair.rules.requests.moves import as_of, expired
from familypair.rules.requests.parts import linked
from familypair.rules.requests.table import LIVE
from familypair.schema.requests import ChangePlace
from familypair_server.accounts import statements as accounts
from familypair_server.ids import is_id
from familypair_server.links.desk import Desk
from familypair_server.problems import refuse
from familypair_server.requests import statements as sql
from familypair_server.requests.lifted import lifted_of
from familypair_server.requests.records import StoredRequest, load
from familypair_server.settings_api.edits import Unsettled
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.storage import Txn, teens
from familypair_server.time.balances import BalanceNow, balance_of


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, with the injected parts, at an instant."""

    desk: Desk
    caller_id: str
    now: datetime


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A teen's rules and day at an instant."""

    state: TeenState
    balance: BalanceNow
    facts: Facts

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.facts.book.now


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One request with how its teen stands; it has expired where its time is over."""

    stored: StoredRequest
    standing: Standing

    @property
    def asked(self) -> Asked:
        """The request as it is now."""
        return self.stored.asked


def standing_of(state: TeenState, now: datetime) -> Txn[Standing]:
    """What judging a wish of this teen needs."""
    balance = yield from balance_of(state, now)
    lifted = yield from lifted_of(state.teen.id, balance.day)
    facts = Facts(book=balance.book, lifted=tuple(lifted))
    return Standing(state=state, balance=balance, facts=facts)


def found(ask: Asker, request_id: str) -> Txn[StoredRequest]:
    """The request, for one who may read it; raises NOT_FOUND for what is absent or not theirs."""
    row = None
    if is_id(request_id):
        row = yield from sql.anywhere.one(id=request_id, viewer=ask.caller_id)
    if row is None:
        raise refuse(Reason.NOT_FOUND)
    return load(row)


def seen(ask: Asker, request_id: str) -> Txn[Held]:
    """One request for reading."""
    stored = yield from found(ask, request_id)
    state = yield from must_load(stored.teen_id, ask.caller_id, ask.desk.keys, ask.now)
    hide_older(state, ask.caller_id, stored)
    standing = yield from standing_of(state, ask.now)
    return Held(stored=as_it_is(stored, state, ask.now), standing=standing)


def held(ask: Asker, request_id: str) -> Txn[Held]:
    """One request under the teen's lock; raises `Unsettled` where time has moved something."""
    row = yield from found(ask, request_id)
    if isinstance(row.asked.wish, ChangePlace):
        yield from accounts.lock.get(id=row.teen_id)  # it may be written: before the teen's lock
    state = yield from under_lock(ask, row.teen_id)
    hide_older(state, ask.caller_id, row)
    fresh = yield from sql.by_id.get(teen=row.teen_id, id=request_id)
    standing = yield from standing_of(state, ask.now)
    return Held(stored=as_it_is(load(fresh), state, ask.now), standing=standing)


def may_read(state: TeenState, viewer: str, at: datetime) -> bool:
    """Whether something of that instant is this viewer's to read: not from before their link."""
    link = state.link_of(viewer)
    if viewer == state.teen.id or link is None:
        return viewer == state.teen.id
    return link.rights.sees_from is None or at >= link.rights.sees_from


def hide_older(state: TeenState, viewer: str, stored: StoredRequest) -> None:
    """Raise NOT_FOUND for a request from before the viewer's link."""
    if not may_read(state, viewer, stored.asked.created_at):
        raise refuse(Reason.NOT_FOUND)


def under_lock(ask: Asker, teen_id: str) -> Txn[TeenState]:
    """The teen, locked, as the caller may know them; raises `Refused` or `Unsettled`."""
    if not is_id(teen_id) or (yield from teens.lock.one(teen=teen_id)) is None:
        raise refuse(Reason.NOT_FOUND)
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    if state.due:
        raise Unsettled(teen_id)
    return state


def as_it_is(stored: StoredRequest, state: TeenState, now: datetime) -> StoredRequest:
    """The request at `now`, whether or not a job has written down that it is over."""
    asked = as_of(stored.asked, now)
    if asked.state in LIVE and _left(asked, _present(state, asked)):
        asked = expired(asked, now)
    return msgspec.structs.replace(stored, asked=asked)


def _present(state: TeenState, asked: Asked) -> tuple[str, ...]:
    """Whose link stands and stood when it was asked: one that came again is another link."""
    links = {who: state.link_of(who) for who in linked(state.policy)}
    return tuple(
        who
        for who, link in links.items()
        if link is not None and link.activated_at <= asked.created_at
    )


def _left(asked: Asked, present: Sequence[str]) -> bool:
    """Whether the link of an owner who was asked has begun to end (A8)."""
    gone = [who for who in asked.asked if who not in present]
    return len(gone) == len(asked.asked) if asked.any_one else bool(gone)
