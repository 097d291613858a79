"""Calls that a client may send again because an answer was lost: one effect, one answer.

The kept answer is only for one who may still read what it is about.
"""

from typing import TypeVar

from familypair_server.idempotency import Key, once
from familypair_server.requests.standing import Asker, found, hide_older
from familypair_server.settings_api.policies import must_load
from familypair_server.storage import Transaction, Txn, transaction

T = TypeVar("T")


@transaction
def about_teen(ask: Asker, teen_id: str) -> Txn[None]:
    """The fence of what a caller does with a teen; raises `Refused` as for what is absent."""
    yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)


@transaction
def about_request(ask: Asker, request_id: str) -> Txn[None]:
    """The fence of what a caller does with a request; raises `Refused` as for what is absent."""
    stored = yield from found(ask, request_id)
    state = yield from must_load(stored.teen_id, ask.caller_id, ask.desk.keys, ask.now)
    hide_older(state, ask.caller_id, stored)


@transaction
def repeatable(
    ask: Asker, key: Key | None, fence: Transaction[None], work: Transaction[T], kind: type[T]
) -> Txn[T]:
    """Do `work`, or return what it returned for this key within the last 24 h."""
    if key is None:
        return (yield from work)
    yield from fence
    desk = ask.desk
    return (yield from once(key, work, type=kind, keys=desk.keys, random=desk.random, now=ask.now))
