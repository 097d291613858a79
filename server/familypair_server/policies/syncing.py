"""A page of a host's teens: which versions there are, new documents signed, today's use.

Where nothing has moved a page is two statements, however many teens it has.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from familypair.rules.decide.model import Use, instant_of_ms
from familypair.schema.policies import (
    MOST_TEENS,
    Help,
    PolicySync,
    PolicySynced,
    TeenPolicy,
    TeenUse,
)
from familypair_server.ids import is_id
from familypair_server.keys import Keys
from familypair_server.policies import statements as sql
from familypair_server.policies.building import Parts, basis_of, shown_of
from familypair_server.policies.service import Current, fetch, restricts, stands
from familypair_server.storage import Store, Txn, transaction

MOST_DOCUMENTS: Final = 100
"""New documents of one page; it ends earlier then."""
_LAST: Final = "~"
"""Behind every id."""

_encode = msgspec.json.Encoder().encode


class Page(msgspec.Struct, frozen=True):
    """Some teens of one host, as they stand."""

    rows: Sequence[sql.StandingRow]
    basis: str
    more: bool = False


class Syncing(msgspec.Struct, frozen=True, kw_only=True):
    """One page that a host asks for."""

    store: Store
    parts: Parts
    host_id: str
    asked: PolicySync
    now: datetime
    help: Help
    """For teens without a policy."""

    async def page(self) -> PolicySynced:
        """What the host lacks of a page of its teens; see `PolicySync`."""
        page = await self.store.read(read(self.parts, self.host_id, self.asked))
        teens: list[TeenPolicy] = []
        end = ""
        for row in page.rows:
            if self._is_full(teens):
                break
            found = await self._teen(row, page.basis)
            teens += () if found is None else (found,)
            end = row.subject
        cut = bool(page.rows) and end != page.rows[-1].subject
        more = self.asked.only is None and (page.more or cut)
        there = {teen.teen for teen in teens}
        return PolicySynced(
            now=self.now,
            teens=tuple(teens),
            gone=tuple(sorted(_expected(self.asked, end if more else None) - there)),
            next=end if more else None,
            help=self.help,
        )

    def _is_full(self, teens: Sequence[TeenPolicy]) -> bool:
        signed = sum(teen.document is not None for teen in teens)
        return self.asked.only is None and signed >= MOST_DOCUMENTS

    async def _teen(self, row: sql.StandingRow, basis: str) -> TeenPolicy | None:
        """One teen; without the rules where the host has what still stands."""
        has = self.asked.have.get(row.subject)
        if stands(row, basis, self.now) and has == row.version:
            use = use_of(row.subject, shown_of(row))
            return TeenPolicy(teen=row.subject, version=row.version or 0, use=use)
        found = await fetch(self.store, self.parts, self.host_id, row.subject, self.now)
        return None if found is None else told(self.parts.keys, found, has)


@transaction
def read(parts: Parts, host_id: str, asked: PolicySync) -> Txn[Page]:
    """The rows of a page."""
    restricted = yield from restricts(host_id)
    basis = basis_of(parts, restricted=restricted)
    if asked.only is not None:
        listed = msgspec.json.encode(sorted({one for one in asked.only if is_id(one)})).decode()
        return Page((yield from sql.named.all(host=host_id, listed=listed)), basis)
    through = _LAST if asked.through is None else asked.through
    rows = yield from sql.page.all(
        host=host_id, after=asked.after, through=through, limit=MOST_TEENS + 1
    )
    return Page(rows[:MOST_TEENS], basis, len(rows) > MOST_TEENS)


async def stopped(store: Store, host_id: str, asked: PolicySync) -> list[tuple[str, int]]:
    """Whose searches the host's own copy of the word packs stopped, by our id, and how many."""
    counted = {teen: count for teen, count in asked.blocked.items() if count and is_id(teen)}
    if not counted:
        return []
    rows = await store.read(_named(host_id, msgspec.json.encode(sorted(counted)).decode()))
    return [(row.teen_id, counted[row.subject]) for row in rows]


@transaction
def _named(host_id: str, listed: str) -> Txn[list[sql.StandingRow]]:
    return (yield from sql.named.all(host=host_id, listed=listed))


def told(keys: Keys, found: Current, has: int | None) -> TeenPolicy:
    """A teen's policy on the wire, signed where the host has another version."""
    made = found.document
    signed = None if has == made.version else keys.sign_policy(_encode(made))
    return TeenPolicy(
        teen=made.teen, version=made.version, document=signed, use=use_of(made.teen, found.use)
    )


def use_of(subject: str, use: Use) -> TeenUse:
    """Use on the wire."""
    return TeenUse(
        teen=subject,
        day_start=instant_of_ms(use.day_start_ms),
        seconds=use.seconds,
        as_of=None if use.as_of_ms is None else instant_of_ms(use.as_of_ms),
    )


def _expected(asked: PolicySync, end: str | None) -> set[str]:
    """Which of the teens that the host has belong on this page."""
    if asked.only is not None:
        return set(asked.only)
    last = end if end is not None else _LAST if asked.through is None else asked.through
    return {teen for teen in asked.have if asked.after < teen <= last}


def tag_of(keys: Keys, host_id: str, found: Current) -> str:
    """The tag of what `GET /v1/policies/{teen}` says: of the version and of the use."""
    use, made = found.use, found.document
    parts = (made.teen, str(made.version), str(use.day_start_ms), str(use.seconds))
    return f'"{keys.mac("etag", "policy", host_id, *parts, str(use.as_of_ms)).hex()[:32]}"'
