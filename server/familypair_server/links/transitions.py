"""Transitions of one link that time makes by itself: their entries, and the rows to be dropped."""

from datetime import datetime
from typing import Final

import msgspec

from familypair.rules.actors import Actor
from familypair.rules.link_views import as_of, ended_by, hold_until
from familypair.schema.ledger import HoldEnded, LinkEnded, LinkProbationEnded
from familypair.schema.links import LinkState
from familypair_server.accounts import statements as accounts
from familypair_server.ids import Random
from familypair_server.jobs import schedule
from familypair_server.links import entries
from familypair_server.links import statements as sql
from familypair_server.links.records import StoredLink, Told, next_step, save
from familypair_server.settings_api import layers
from familypair_server.storage import Txn, notify, teens


def settle_one(stored: StoredLink, now: datetime, random: Random) -> Txn[StoredLink]:
    """One link's due transitions, in their order."""
    while (step := next_step(stored.link, stored.told, now)) is not None:
        stored = yield from _step(stored, step, now, random)
    return stored


def _step(stored: StoredLink, step: Told, now: datetime, random: Random) -> Txn[StoredLink]:
    link = as_of(stored.link, now=now)
    done = yield from save(stored, link, stored.told | {step})
    match step:
        case Told.PROBATION:
            yield from _probation_ended(done, now, random)
        case Told.ENDED:
            yield from _notice_over(done, now, random)
        case Told.HOLD:
            yield from hold_over(done, now, random)
        case Told.EXIT:
            # The guardian's own view changes now; nothing of it is an entry.
            yield from notify(done.guardian_id)
    return done


def _probation_ended(stored: StoredLink, now: datetime, random: Random) -> Txn[None]:
    name = yield from guardian_name(stored)
    entry = LinkProbationEnded(link=stored.id, guardian=stored.guardian_id, guardian_name=name)
    yield from entries.write(stored, entry, entries.PLATFORM, now=now, random=random)


def _notice_over(stored: StoredLink, now: datetime, random: Random) -> Txn[None]:
    name = yield from guardian_name(stored)
    yield from sql.drop_hold.run(teen=stored.teen_id, link=stored.id, kind="notice")
    yield from fence(stored)
    entry = LinkEnded(
        link=stored.id,
        guardian=stored.guardian_id,
        guardian_name=name,
        by=ended_by(stored.link, Actor.TEEN, now=now) or "teen",
        hold_until=hold_until(stored.link),
    )
    yield from entries.write(stored, entry, entries.PLATFORM, now=now, random=random)


def hold_over(stored: StoredLink, now: datetime, random: Random) -> Txn[None]:
    """What the platform held after an end is free, and the guardian's layer is gone for good."""
    yield from sql.drop_holds.run(teen=stored.teen_id, link=stored.id)
    rows = yield from sql.between.all(teen=stored.teen_id, guardian=stored.guardian_id)
    if all(row.state == LinkState.ENDED for row in rows):
        yield from layers.drop(stored.teen_id, stored.guardian_id)
    yield from entries.write(
        stored,
        HoldEnded(link=stored.id),
        entries.PLATFORM,
        now=now,
        random=random,
        viewers=entries.teen_only(stored),
    )


REQUESTS_JOB: Final = "request_expiry"


def fence(stored: StoredLink) -> Txn[StoredLink]:
    """A new epoch for the teen and this link: streams and caches of the old one are over.

    Requests to a guardian whose link has begun to end are closed right after (algebra.md A8).
    """
    epoch = yield from teens.bump_epoch.get(teen=stored.teen_id)
    yield from sql.set_epoch.run(teen=stored.teen_id, id=stored.id, epoch=epoch)
    since = stored.link.ended_at or stored.link.ending_at
    if stored.link.state is not LinkState.ACTIVE and since is not None:
        yield from schedule(REQUESTS_JOB, stored.teen_id, since)
    return msgspec.structs.replace(stored, epoch=epoch)


def guardian_name(stored: StoredLink) -> Txn[str]:
    """What the link's guardian is called."""
    guardian = yield from accounts.by_id.get(id=stored.guardian_id)
    return guardian.name
