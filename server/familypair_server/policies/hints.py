"""What a host's stream may be told now: read with the token that asks, decided by what changed.

A hint says that a version or a figure is new. What changed nothing for the host is not hinted, and
what changes by itself at a known instant is not either: that is in the document as `refresh_at`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.schema.policies import PolicyHint, TeenHint, UseHint
from familypair_server.live.frames import raw
from familypair_server.policies import sayings
from familypair_server.policies import statements as sql
from familypair_server.policies.building import Parts, basis_of, shown_of
from familypair_server.policies.service import current, restricts, stands
from familypair_server.policies.syncing import use_of
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis

SKEW: Final = timedelta(seconds=5)
"""By which the clocks of two nodes may differ; a hint that is given twice does no harm."""
AT_ONCE: Final = 500
"""Teens of one look."""
SLICE: Final = 10_000
"""Bindings of one look at what other nodes did."""
_encode = msgspec.json.Encoder().encode


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Some teens of a host as they stand."""

    alive: bool
    """Whether the token still stands; when not, the rest is empty."""
    rows: Sequence[sql.StandingRow] = ()
    ended: Sequence[sql.EndedRow] = ()
    basis: str = ""


class Told(msgspec.Struct):
    """What one stream has told, of teens that moved since it began."""

    since: int
    """Milliseconds: news from before are no news."""
    versions: dict[str, int] = {}
    uses: dict[str, tuple[int, int]] = {}
    bound: set[str] = set()
    gone: set[str] = set()


class Teller(msgspec.Struct, frozen=True, kw_only=True):
    """Who tells one host's stream."""

    store: Store
    parts: Parts
    host_id: str
    token: str
    """The hash of the token that opened the stream."""

    async def look(self, teens: Iterable[str], told: Told, now: datetime) -> Look:
        """The named teens, in one snapshot with the token."""
        listed = msgspec.json.encode(sorted(teens)).decode()
        return await self.store.read(_look(self, listed, told.since, now))

    async def elsewhere(self, after: str, since: int) -> tuple[frozenset[str], str]:
        """Teens of the next slice who moved, whoever wrote it; and where the slice ends.

        The end is empty when it was the last one.
        """
        rows = await self.store.read(_slice(self.host_id, after, since))
        end = rows[-1].subject if len(rows) == SLICE else ""
        return frozenset(row.teen_id for row in rows if row.news), end

    async def hints(self, seen: Look, told: Told, now: datetime) -> bytes:
        """The frames that bring the host up to this look."""
        frames = [_teen("bound", subject) for subject in _bound(seen, told)]
        for row in seen.rows:
            fresh = await self._written(row, seen.basis, now)
            if fresh is not None:
                frames += _policy(fresh, told)
                frames += await self._use(fresh, told, now)
        frames += [_teen("gone", subject) for subject in _gone(seen, told)]
        return b"".join(frames)

    async def _written(
        self, row: sql.StandingRow, basis: str, now: datetime
    ) -> sql.StandingRow | None:
        """The row with the version of what holds now; None for a teen never synced."""
        if row.version is None or stands(row, basis, now):
            return None if row.version is None else row
        work = current(self.parts, self.host_id, row.teen_id, row.subject, now)
        await self.store.run(work)
        return await self.store.read(_again(self.host_id, row.subject))

    async def _use(self, row: sql.StandingRow, told: Told, now: datetime) -> list[bytes]:
        """Today's use, where it moved or was not told here.

        Nothing used on a new day is no news: midnight is in the document.
        """
        use = shown_of(row)
        value = (use.day_start_ms, use.seconds)
        if value == (row.use_start, row.use_seconds):
            is_news = (row.use_at or 0) >= told.since
        elif use.seconds == 0 and row.use_start != use.day_start_ms:
            return []
        else:
            await self.store.run(_announce(self.host_id, row, value, now))
            is_news = True
        if not is_news or told.uses.get(row.subject) == value:
            return []
        told.uses[row.subject] = value
        return [raw("use", _encode(UseHint(use=use_of(row.subject, use))))]


@transaction
def _look(teller: Teller, listed: str, since: int, now: datetime) -> Txn[Look]:
    if (yield from sql.token.one(hash=teller.token, now=millis(now))) is None:
        return Look(alive=False)
    if listed == "[]":
        return Look(alive=True)
    restricted = yield from restricts(teller.host_id)
    rows = yield from sql.of_teens.all(host=teller.host_id, listed=listed)
    ended = yield from sql.ended.all(host=teller.host_id, listed=listed, since=since)
    basis = basis_of(teller.parts, restricted=restricted)
    return Look(alive=True, rows=rows, ended=ended, basis=basis)


@transaction
def _slice(host_id: str, after: str, since: int) -> Txn[list[sql.MovedRow]]:
    return (yield from sql.slice_of.all(host=host_id, after=after, since=since, limit=SLICE))


@transaction
def _again(host_id: str, subject: str) -> Txn[sql.StandingRow | None]:
    return (yield from sql.standing.one(host=host_id, subject=subject))


@transaction
def _announce(
    host_id: str, row: sql.StandingRow, value: tuple[int, int], now: datetime
) -> Txn[None]:
    yield from sql.announce_use.run(
        teen=row.teen_id,
        host=host_id,
        subject=row.subject,
        start=value[0],
        seconds=value[1],
        now=millis(now),
    )


def _policy(row: sql.StandingRow, told: Told) -> list[bytes]:
    """A version that says something new to the host, unless this stream has told it."""
    names = (sayings.HOST, sayings.HOST_DAY)
    said = sayings.read(row.said)
    known = told.versions.get(row.subject, 0)
    if sayings.since(said, names) <= known or sayings.said_at(said, names) < told.since:
        return []
    told.versions[row.subject] = row.version or 0
    hint = PolicyHint(teen=row.subject, version=row.version or 0)
    return [raw("policy", _encode(hint))]


def _bound(seen: Look, told: Told) -> list[str]:
    """Who became the host's since the stream began, and was not told."""
    found = [row.subject for row in seen.rows if row.bound_at >= told.since]
    return _once(found, told.bound)


def _gone(seen: Look, told: Told) -> list[str]:
    return _once([one.subject for one in seen.ended], told.gone)


def _once(found: Iterable[str], told: set[str]) -> list[str]:
    new = [subject for subject in found if subject not in told]
    told.update(new)
    return new


def _teen(name: str, subject: str) -> bytes:
    return raw(name, _encode(TeenHint(teen=subject)))
