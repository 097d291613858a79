"""The person's half of the device flow (RFC 8628 section 3.3): type the code, look, decide."""

from datetime import datetime
from typing import Literal

import msgspec

from familypair.reasons import Reason, Refusal
from familypair_server.auth import limits
from familypair_server.auth import statements as sql
from familypair_server.auth.clients import client_name
from familypair_server.auth.tokens import user_code_digest
from familypair_server.keys import Keys
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis


class Waiting(msgspec.Struct, frozen=True):
    """A client that waits for the person's word."""

    client: str
    started_at: datetime
    network: str
    """Where the request came from, to compare with where the person is."""


class Typed(msgspec.Struct, frozen=True):
    """A code that a signed-in person typed, with what is needed to look it up and to count it."""

    code: str
    account_id: str
    session_id: str
    """Of the browser session, which must still live when the decision is written down."""
    network: str
    now: datetime
    keys: Keys


@transaction
def look(typed: Typed) -> Txn[Waiting | Refusal]:
    """What waits behind the code. A wrong one is counted, and the count is kept."""
    row = yield from _pending(typed)
    if isinstance(row, Refusal):
        return row
    return Waiting(client_name(row.client_id), instant(row.created_at), row.network)


@transaction
def decide(typed: Typed, decision: Literal["approve", "deny"]) -> Txn[Waiting | Refusal]:
    """Say yes or no, once."""
    row = yield from _pending(typed)
    if isinstance(row, Refusal):
        return row
    # A change of the password ends sessions and approvals; this one must not slip in after it.
    if (yield from sql.touch_web.run(id=typed.session_id, now=millis(typed.now))) != 1:
        return Refusal(Reason.CODE_NOT_VALID, "/user_code")
    changed = yield from sql.decide_device.run(
        hash=row.hash,
        state="approved" if decision == "approve" else "denied",
        account=typed.account_id,
        now=millis(typed.now),
    )
    if changed != 1:
        return Refusal(Reason.CODE_NOT_VALID, "/user_code")
    return Waiting(client_name(row.client_id), instant(row.created_at), row.network)


def _pending(typed: Typed) -> Txn[sql.DeviceRow | Refusal]:
    counters = _counters(typed)
    for rule, who in counters:
        wait = yield from limits.wait(rule, who, typed.now)
        if wait:
            return Refusal(Reason.TOO_MANY_GUESSES, "/user_code", {"seconds": wait})
    row = yield from sql.pending_by_user_code.one(
        user_hash=user_code_digest(typed.keys, typed.code), now=millis(typed.now)
    )
    if row is not None:
        return row
    for rule, who in counters:
        yield from limits.count(rule, who, typed.now)
    return Refusal(Reason.CODE_NOT_VALID, "/user_code")


def _counters(typed: Typed) -> list[tuple[limits.Rule, str]]:
    return [
        (limits.USER_CODE_ACCOUNT, limits.subject(typed.keys, "user-code", typed.account_id)),
        (limits.USER_CODE_NETWORK, limits.subject(typed.keys, "user-code", typed.network)),
        (limits.USER_CODE_ALL, "all"),
    ]
