"""`Idempotency-Key`: a creating request that is sent again has one effect and one answer.

The key is looked up, the work is done and the answer is kept in one transaction, so a crash
between any two steps leaves none or all. Refusals are not kept: the same key may succeed later.

    @post("/v1/things", dependencies={"key": Provide(provide_key)})
    async def create(key: NamedDependency[Key | None], ...) -> Thing:
        work = create_thing(...)
        return await ctx.store.run(once(key, work, type=Thing, keys=ctx.keys, ...))
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

import msgspec
from litestar import Request

from familypair.reasons import Reason, Refusal
from familypair_server.auth.principals import caller_of, host_of
from familypair_server.idempotency import statements as sql
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.problems import refuse
from familypair_server.storage import Transaction, Txn, transaction
from familypair_server.times import millis

KEPT_FOR: Final = timedelta(hours=24)
_PURPOSE: Final = "idempotency"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")

T = TypeVar("T")


class Key(msgspec.Struct, frozen=True):
    """A caller's key with the request that it belongs to."""

    account_id: str
    key: str
    route: str
    """Method and path."""
    body_hash: str

    @property
    def name(self) -> str:
        """One string for both parts of the identity."""
        return f"{self.account_id}/{self.key}"


async def provide_key(request: Request[Any, Any, Any]) -> Key | None:
    """Dependency: a person's request's key, or None. Raises `Refused` on a bad one."""
    return await _key_of(request, lambda: caller_of(request).account_id)


async def provide_host_key(request: Request[Any, Any, Any]) -> Key | None:
    """Dependency: as `provide_key`, for what host apps call."""
    return await _key_of(request, lambda: host_of(request).client_id)


async def _key_of(request: Request[Any, Any, Any], whose: Callable[[], str]) -> Key | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        raise refuse(Reason.BAD_REQUEST)
    body = await request.body()
    return Key(
        account_id=whose(),
        key=given,
        route=f"{request.method} {request.scope['path']}",
        body_hash=hashlib.sha256(body).hexdigest(),
    )


@transaction
def once(
    key: Key | None,
    work: Transaction[T],
    *,
    type: Any,  # noqa: A002 - reads as msgspec's own parameter does
    keys: Keys,
    random: Random,
    now: datetime,
) -> Txn[T]:
    """Do `work`, or return what it returned for this key within the last 24 h.

    `type` is what `work` returns: a wire type. A returned `Refusal` is passed on and not kept.
    Raises `Refused`: KEY_REUSED for another body, KEY_IN_USE while the first request runs.
    """
    if key is None:
        return (yield from work)
    if (yield from sql.claim.one(lock_name=key.name)) == 0:
        raise refuse(Reason.KEY_IN_USE)
    since = millis(now - KEPT_FOR)
    row = yield from sql.find.one(account=key.account_id, key=key.key, since=since)
    if row is not None:
        return cast("T", _remembered(row, key, type, keys))
    result = yield from work
    if isinstance(result, Refusal):
        return result
    answer = keys.seal(_PURPOSE, msgspec.json.encode(result), aad=key.name, random=random)
    yield from sql.forget.run(since=since)
    yield from sql.save.run(
        account=key.account_id,
        key=key.key,
        route=key.route,
        body_hash=key.body_hash,
        answer=answer,
        now=millis(now),
    )
    return result


def _remembered(row: sql.AnswerRow, key: Key, wanted: Any, keys: Keys) -> object:
    if (row.route, row.body_hash) != (key.route, key.body_hash):
        raise refuse(Reason.KEY_REUSED)
    return msgspec.json.decode(keys.open(_PURPOSE, row.answer, aad=key.name), type=wanted)
