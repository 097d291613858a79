"""From an access token to a caller: a small cache in front of one indexed read.

A revocation on this node empties the cache before it is answered; another node's is seen within
`FRESH`, because every entry is read again after that (architecture.md section 4).
"""

from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from familypair_server.auth import statements as sql
from familypair_server.auth.principals import Caller, Host, Kind
from familypair_server.auth.tokens import digest, well_formed
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import instant

FRESH: Final = timedelta(seconds=1)
MOST: Final = 10_000
"""Entries; a full cache starts over, which costs one read per caller."""


class _Entry(msgspec.Struct, frozen=True):
    caller: Caller | Host
    group: str
    """What ends together: the token family; for a host's token its own hash."""
    read_at: datetime
    fresh_until: datetime


class Callers:
    """People and hosts by access token, for one node."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: dict[str, _Entry] = {}
        self._generation = 0

    @property
    def cached(self) -> int:
        """How many callers are remembered."""
        return len(self._entries)

    async def find(self, token: str, now: datetime) -> Caller | None:
        """The person that a token stands for now, or None."""
        found = await self._find(token, now) if well_formed(token, "fpa_") else None
        return found if isinstance(found, Caller) else None

    async def find_host(self, token: str, now: datetime) -> Host | None:
        """The host app that a token stands for now, or None."""
        found = await self._find(token, now) if well_formed(token, "fph_") else None
        return found if isinstance(found, Host) else None

    async def anyone(self, token: str, now: datetime) -> Caller | Host | None:
        """Whoever a token stands for now, or None; its prefix says where to look."""
        host = token.startswith("fph_")
        return await (self.find_host(token, now) if host else self.find(token, now))

    def known(self, token: str, now: datetime) -> Caller | Host | None:
        """Who was read for exactly this token within `FRESH`; None says nothing, see `anyone`.

        What `anyone` does first, without its checks: what is here passed them.
        """
        entry = self._entries.get(digest(token))
        if entry is None or not entry.read_at <= now <= entry.fresh_until:
            return None
        return entry.caller if now < entry.caller.token_expires else None

    async def _find(self, token: str, now: datetime) -> Caller | Host | None:
        key = digest(token)
        entry = self._entries.get(key)
        if entry is None or not entry.read_at <= now <= entry.fresh_until:
            entry = await self._read(key, now, host=token.startswith("fph_"))
        if entry is None or entry.caller.token_expires <= now:
            return None
        return entry.caller

    def forget(self, *groups: str) -> None:
        """Drop everything of these families; reads that are under way are not kept either."""
        self._generation += 1
        gone = set(groups)
        self._entries = {k: e for k, e in self._entries.items() if e.group not in gone}

    async def _read(self, key: str, now: datetime, *, host: bool) -> _Entry | None:
        generation = self._generation
        found = await self._store.read(_host_of(key) if host else _person_of(key))
        if found is None:
            self._entries.pop(key, None)
            return None
        caller, group = found
        entry = _Entry(caller, group, now, now + FRESH)
        if generation == self._generation:
            if len(self._entries) >= MOST:
                self._entries.clear()
            self._entries[key] = entry
        return entry


@transaction
def _person_of(key: str) -> Txn[tuple[Caller | Host, str] | None]:
    row = yield from sql.access_by_hash.one(hash=key)
    if row is None or row.revoked_at is not None:
        return None
    return _caller(row), row.family_id


@transaction
def _host_of(key: str) -> Txn[tuple[Caller | Host, str] | None]:
    row = yield from sql.host_token_by_hash.one(hash=key)
    if row is None:
        return None
    return Host(row.client_id, row.name, row.scope, instant(row.expires_at)), key


def _caller(row: sql.AccessRow) -> Caller:
    return Caller(
        account_id=row.account_id,
        kind=cast("Kind", row.kind),
        session_id=row.family_id,
        scope=row.scope,
        auth_time=None if row.auth_time is None else instant(row.auth_time),
        token_expires=instant(min(row.expires_at, row.family_expires_at)),
    )
