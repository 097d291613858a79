"""Taking a host's batch in: durable before it is answered, each item judged by itself.

A batch over several teens is several transactions, one for each teen and each all or nothing. If
one of them fails, those before it stand; sending the batch again is harmless, because an item is
known by its device and number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.rules.days import Regimes, day_at
from familypair.rules.time.spans import from_ms, to_ms, union
from familypair.rules.time.use import OLDEST_MS, Window, window
from familypair.schema.usage import Interval, UsageItem, UsageLeft, UsageTaken
from familypair_server.days import statements as days_sql
from familypair_server.days.service import cut
from familypair_server.hosts import statements as hosts_sql
from familypair_server.hosts.reads import BoundDevice, as_bound, bound
from familypair_server.jobs import schedule
from familypair_server.links.desk import Desk
from familypair_server.storage import (
    Store,
    Txn,
    Write,
    gather,
    notify,
    together,
    transaction,
)
from familypair_server.time.opening import JOB as DAY
from familypair_server.times import millis
from familypair_server.usage import after
from familypair_server.usage import statements as sql
from familypair_server.usage.jobs import RETENTION
from familypair_server.usage.judging import Item, Judged, judge, screened, unbound
from familypair_server.usage.keeping import Added, Kept, keep
from familypair_server.usage.sent import WIDTH, Sent, read, writes
from familypair_server.usage.statements import DayRow, SentRow

DENSE: Final = 4_000
"""Numbers that are read as one range; further apart, they are looked up one by one."""
TOGETHER: Final = 8
"""Writes in one round trip."""
_READS: Final = (
    hosts_sql.devices_named,
    days_sql.regimes,
    days_sql.first,
    sql.days_between,
    sql.sent_between,
)
_DAY: Final = timedelta(days=1)
MOST: Final = timedelta(days=29)
"""How far back a batch can change anything: a device that was silent makes days known."""


class Batch(msgspec.Struct, frozen=True):
    """What one host sent in one request."""

    host_id: str
    intervals: Sequence[Interval]
    not_utc: frozenset[int] = frozenset()
    """Places of items whose text has another offset than Z."""
    standing: bool = True
    """Whether to tell where the teens stand now."""


class Part(msgspec.Struct, frozen=True):
    """What became of one teen's items."""

    items: list[UsageItem]
    rest: list[Item]
    """Items of other teens, each to be taken in by itself."""
    left: UsageLeft | None = None
    """Where the teen stands now; None when nobody asked, or the device is nobody's."""


class _Known(msgspec.Struct, frozen=True):
    """What a batch meets, read under the teen's lock."""

    devices: Mapping[str, BoundDevice]
    """Of every teen."""
    regimes: Regimes
    stored: Mapping[str, DayRow]
    """Days that may change, by date."""
    sent: Sent


async def take(store: Store, desk: Desk, batch: Batch, now: datetime) -> UsageTaken:
    """Take a batch in at `now`, the instant of its receipt. Raises only what fails all of it."""
    items, rest = screened(batch.intervals, batch.not_utc)
    left: list[UsageLeft] = []
    while rest:
        work = take_part(desk, batch.host_id, rest, now, standing=batch.standing)
        part = await store.run(work)
        items += part.items
        left += () if part.left is None else (part.left,)
        rest = part.rest
    items.sort(key=lambda item: item.index)
    return UsageTaken(items=tuple(items), teens=tuple(left), received_at=now)


@transaction
def take_part(
    desk: Desk, host_id: str, items: Sequence[Item], now: datetime, *, standing: bool = True
) -> Txn[Part]:
    """The items of the teen whose device is the first one, all or nothing, under their lock."""
    teen_id = yield from sql.lock_owner.one(host=host_id, device=items[0][1])
    if teen_id is None:
        devices = yield from bound(host_id, sorted({item[1] for item in items}))
        return Part(
            unbound(item for item in items if item[1] not in devices),
            [item for item in items if item[1] in devices],
        )
    known = yield from _known(host_id, teen_id, items, now)
    mine, strangers, rest = _sorted(items, known.devices, teen_id)
    if not mine:  # or bound anew while we waited for the lock: then `rest` is looked at again
        return Part(unbound(strangers), rest)
    judged = judge(mine, _windows(known.devices, now), known.sent)
    teen = known.devices[mine[0][1]]
    kept = yield from _keep(desk, teen, judged, known, now)
    left = None
    if standing:
        left = yield from after.left(desk, teen, kept.before, kept.today, now)
    return Part(judged.items + unbound(strangers), rest, left)


def _sorted(
    items: Iterable[Item], devices: Mapping[str, BoundDevice], teen_id: str
) -> tuple[list[Item], list[Item], list[Item]]:
    """The teen's items, those of nobody or with another teen's name, and other teens' items.

    An unknown device, another teen's, and an item that names another teen are told alike.
    """
    mine: list[Item] = []
    strangers: list[Item] = []
    rest: list[Item] = []
    for item in items:
        device, named = devices.get(item[1]), item[4]
        if device is None or (named is not None and named != device.subject):
            strangers.append(item)
        else:
            (mine if device.teen_id == teen_id else rest).append(item)
    return mine, strangers, rest


def _windows(devices: Mapping[str, BoundDevice], now: datetime) -> dict[str, Window]:
    return {
        name: window(last_report=one.known_from, now=now, bound_at=one.bound_at)
        for name, one in devices.items()
    }


def _known(host_id: str, teen_id: str, items: Sequence[Item], now: datetime) -> Txn[_Known]:
    """Everything in one round trip. Days by dates that are wide enough in every zone."""
    seqs = [item[2] for item in items]
    low, high = min(seqs), max(seqs)
    dense = high - low < DENSE
    begun = _begun(items, now)
    owned, regimes, zone, stored, sent = yield from gather(
        _READS,
        teen=teen_id,
        host=host_id,
        devices=msgspec.json.encode(sorted({item[1] for item in items})).decode(),
        first=_date(begun),
        last=(now + _DAY).date().isoformat(),
        begun=begun,
        before=low - WIDTH,
        low=low,
        high=high if dense else low - WIDTH - 1,
    )
    if not dense:
        sent = yield from _sent_among(teen_id, host_id, items)
    devices = {row.device: as_bound(row) for row in owned}
    silent = min((d.known_from for d in devices.values() if d.teen_id == teen_id), default=now)
    days = cut(regimes, zone[0])
    first = day_at(days, max(min(from_ms(begun), silent), now - MOST)).date.isoformat()
    if first < _date(begun) or any(not row.doc for row in stored if row.day >= first):
        last = (now + _DAY).date().isoformat()
        stored = yield from sql.days_between.all(teen=teen_id, first=first, last=last, begun=0)
    return _Known(devices, days, {row.day: row for row in stored if row.doc}, read(sent))


def _begun(items: Iterable[Item], now: datetime) -> int:
    """The first start that can be taken; what is older, back to the year 1, is only refused."""
    latest = to_ms(now)
    starts = (item[3][0] for item in items)
    return min((at for at in starts if latest - OLDEST_MS <= at <= latest), default=latest)


def _date(begun: int) -> str:
    """The first date that is read at once."""
    return (from_ms(begun) - 2 * _DAY).date().isoformat()


def _keep(desk: Desk, teen: BoundDevice, judged: Judged, known: _Known, now: datetime) -> Txn[Kept]:
    """Write what is new, with all that follows."""
    teen_id, host_id = teen.teen_id, teen.host_id
    today = day_at(known.regimes, now)
    heard = [known.devices[name] for name in judged.heard]
    more = Added(
        judged.book(host_id),
        union(judged.late()),
        tuple((to_ms(device.known_from), to_ms(now)) for device in heard),
    )
    kept = keep(teen_id, known.regimes, known.stored, more, now)
    if judged.rows:
        sent = writes(teen_id, host_id, judged.sent(), millis(now))
        yield from _written([*sent, *kept.writes, *(_received(one, now) for one in heard)])
        yield from notify(teen_id)
    if kept.begun:
        yield from schedule(RETENTION, teen_id, today.end)
        yield from schedule(DAY, teen_id, today.end)
    if kept.corrected:
        yield from after.correct(desk, teen_id, kept.corrected, now)
    return kept


def _written(writes: Sequence[Write]) -> Txn[None]:
    for first in range(0, len(writes), TOGETHER):
        yield from together(*writes[first : first + TOGETHER])


def _received(device: BoundDevice, now: datetime) -> Write:
    return Write(
        hosts_sql.reported,
        {
            "teen": device.teen_id,
            "host": device.host_id,
            "device": device.device,
            "now": millis(now),
        },
    )


def _sent_among(teen_id: str, host_id: str, items: Iterable[Item]) -> Txn[list[SentRow]]:
    """What was sent before under numbers that lie far apart."""
    numbers: dict[str, set[int]] = {}
    for item in items:
        numbers.setdefault(item[1], set()).add(item[2])
    sent: list[SentRow] = []
    for device, seqs in sorted(numbers.items()):
        sent += yield from sql.sent_among.all(
            teen=teen_id, host=host_id, device=device, seqs=str(sorted(seqs)), width=WIDTH
        )
    return sent
