"""Read and change how a teen's days are cut."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import msgspec

from familypair.rules.days import Regime, Regimes, moved
from familypair.rules.layers.model import DAY_STARTS_AT
from familypair.rules.schedule import MIDNIGHT
from familypair_server.days import statements as sql
from familypair_server.days.statements import FirstRow, RegimeRow
from familypair_server.storage import Txn
from familypair_server.times import instant, millis

_doc = msgspec.json.Decoder(dict[str, object])


def regimes_of(teen_id: str) -> Txn[Regimes]:
    """How this teen's days were and will be cut. Raises `RowMissing` where nobody has that id."""
    rows = yield from sql.regimes.all(teen=teen_id)
    if rows:
        return stored(rows)
    return cut(rows, (yield from sql.first.get(teen=teen_id)))


def cut(rows: Sequence[RegimeRow], first: FirstRow) -> Regimes:
    """The same from rows that were read together with others."""
    if rows:
        return stored(rows)
    doc = {} if first.doc is None else _doc.decode(first.doc)
    return (Regime(zone=first.zone, day_starts_at=cast("str", doc.get(DAY_STARTS_AT, MIDNIGHT))),)


def stored(rows: Sequence[RegimeRow]) -> Regimes:
    """Rows as the rules have them, in order of time; none where nothing has ever changed."""
    return tuple(
        Regime(
            zone=row.zone,
            day_starts_at=row.day_starts_at,
            start=instant(row.from_at),
            held_from=instant(row.held_from),
        )
        for row in rows
    )


def change(
    teen_id: str, *, zone: str | None = None, day_starts_at: str | None = None, now: datetime
) -> Txn[Regime]:
    """Cut the days otherwise from the next boundary that gives nobody a second budget (A20).

    The caller holds the teen's lock, has checked the values, and changes the teen's layer only
    afterwards. A change that waits is replaced. Returns the regime that is the last one then;
    `begins` of it says from when it holds.
    """
    before = yield from regimes_of(teen_id)
    after = moved(before, zone=zone, day_starts_at=day_starts_at, now=now)
    yield from sql.drop_after.run(teen=teen_id, after=millis(after[0].start))
    for one in after:
        yield from sql.put.run(
            teen=teen_id,
            from_at=millis(one.start),
            held_from=millis(one.held_from),
            zone=one.zone,
            day_starts_at=one.day_starts_at,
        )
    if zone is not None:
        yield from sql.keep_zone.run(teen=teen_id, zone=zone)
    return after[-1]
