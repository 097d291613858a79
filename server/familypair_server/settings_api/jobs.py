"""The notice of a new age band, to both sides, 14 days before it (product.md 2, algebra.md A11)."""

from datetime import UTC, date, datetime, time

from familypair.rules.age import Age, next_band, notice_on
from familypair.rules.layers import band_change
from familypair.rules.projection import project
from familypair.schema.ledger import BandNotice
from familypair_server.accounts.growth import growth
from familypair_server.jobs.model import Handlers, JobParts
from familypair_server.links import statements as link_sql
from familypair_server.links.settling import settle
from familypair_server.records import ledger
from familypair_server.settings_api import policies
from familypair_server.settings_api import statements as sql
from familypair_server.storage import Txn, teens, transaction
from familypair_server.times import millis

BAND_NOTICE = "band_notice"
BAND_ENTRY = "band.notice"
_PLATFORM = ledger.Actor("platform")


@transaction
def band_notice(parts: JobParts, teen_id: str, now: datetime) -> Txn[datetime | None]:
    """Tell what the next band changes when it is 14 days away; on its day, write it down."""
    person = yield from link_sql.age_of.one(teen=teen_id)
    if person is None:
        return None
    age = growth(parts.keys, person, now).now
    yield from settle(teen_id, now, parts.random, parts.keys)
    told_on = notice_on(age)
    if told_on is None or age.changes_on is None:
        return None
    if now < _midnight(told_on):
        return _midnight(told_on)
    yield from _tell(parts, teen_id, age, now)
    return _midnight(age.changes_on)


def _midnight(day: date) -> datetime:
    """The instant at which an age counts as changed."""
    return datetime.combine(day, time(), UTC)


def _tell(parts: JobParts, teen_id: str, age: Age, now: datetime) -> Txn[None]:
    """Tell whoever has not been told: later only a guardian who was linked meanwhile."""
    yield from teens.lock.get(teen=teen_id)
    state = yield from policies.load(teen_id, parts.keys, now)
    told_on, band = notice_on(age), next_band(age)
    if state is None or told_on is None or band is None or age.changes_on is None:
        return
    lines = band_change(state.policy, band, now=now).notice
    entry = BandNotice(
        at=_midnight(age.changes_on),
        band=band.value,
        paths=tuple(line.path for line in lines),
        kept=tuple(line.path for line in lines if line.kept),
    )
    since = millis(_midnight(told_on))
    told = yield from sql.told_since.all(teen=teen_id, type=BAND_ENTRY, since=since)
    viewers = [one for one in state.viewers() if one.is_teen or one.id not in told]
    if all(one.id in told or project(entry, one) is None for one in viewers):
        return
    yield from ledger.append(
        teen_id=teen_id,
        entry=entry,
        actor=_PLATFORM,
        now=now,
        viewers=viewers,
        random=parts.random,
    )


JOBS: Handlers = {BAND_NOTICE: band_notice}
