"""From rows to a policy document: one teen's rules, postings, lifted blocks and today's use.

Transactions of the caller. What is due and not yet written counts as if it were: roll-over (A21),
the end of a link, a birthday; a document never depends on a job having run.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
from msgspec.structs import replace

from familypair import help_lines
from familypair.rules.days import Day, day_before, days_from
from familypair.rules.decide import HostFacts, document, next_change, shown_use
from familypair.rules.decide.model import Use, ms_of
from familypair.rules.decide.use import STEP
from familypair.rules.layers import Policy
from familypair.rules.search import NO_PACKS, Packs
from familypair.rules.time.model import Lifted, Posting
from familypair.schema.base import Answer
from familypair.schema.policies import Help, PolicyDay, PolicyDocument
from familypair_server.context import Context
from familypair_server.keys import Keys
from familypair_server.links.help_lines import lines_for
from familypair_server.policies.statements import StandingRow
from familypair_server.requests.lifted import lifted_of
from familypair_server.settings_api.policies import TeenState, load
from familypair_server.storage import Txn
from familypair_server.time.balances import roll_over_due
from familypair_server.time.postings import postings_of
from familypair_server.times import instant
from familypair_server.usage import books
from familypair_server.usage.reads import use_of
from familypair_server.usage.statements import DayRow

DAYS: Final = 5
"""Local days whose postings are read: more than any document covers."""
_BLANK: Final = datetime(1970, 1, 1, tzinfo=UTC)
_encoder = msgspec.json.Encoder(order="deterministic")
_day = msgspec.json.Decoder(PolicyDay)


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What every document needs beside the teen's own rows."""

    issuer: str
    keys: Keys
    packs: Packs = NO_PACKS
    """The word packs of this service; a document names them by their digests."""

    @classmethod
    def of(cls, ctx: Context) -> "Parts":
        """The parts of a running application."""
        return cls(issuer=ctx.settings.base_url(), keys=ctx.keys, packs=ctx.packs.now)


class At(msgspec.Struct, frozen=True, kw_only=True):
    """One teen at one host."""

    host_id: str
    host_name: str
    """What people call the host: blocked accounts may name it so."""
    teen_id: str
    """Our own id, which no host gets."""
    subject: str
    """Their id at this host."""
    own_at: int | None = None
    """When the host itself last reported use; only `use` hangs on it."""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A document that has no version yet, with what it was made of."""

    document: PolicyDocument
    policy: Policy
    """What it was made of: members of a family read of it what is theirs."""
    known_as: frozenset[str]
    """The host's names in blocked accounts, in one case."""
    digest: str
    """Of all that it says but its version and when that was given."""
    stale_at: datetime
    """When it must be made anew: exact, where `refresh_at` is what a host may know."""
    use: Use
    """Today's, as exactly as a host may know it."""
    day: Day
    eve: Day
    """The day before, whose late use can still change roll-over."""


def build(parts: Parts, at: At, now: datetime, *, restricted: bool) -> Txn[Built | None]:
    """What holds for a teen at a host now; None when nobody has that account any more."""
    state = yield from load(at.teen_id, parts.keys, now)
    if state is None:
        return None
    days = list(days_from(state.policy.regimes(), now, DAYS))
    postings = yield from _postings(state, days, now)
    lifted = yield from _lifted(at.teen_id, days)
    use = yield from use_of(at.teen_id, days[0], now)
    facts = HostFacts(
        issuer=parts.issuer,
        host=at.host_id,
        teen=at.subject,
        version=0,
        restricted=restricted,
        packs=parts.packs.digests,
        known_as=(at.host_name,),
        help=help_for(state.policy.country),
    )
    made = document(state.policy, postings=postings, lifted=lifted, host=facts, now=now)
    made = replace(made, issued_at=_BLANK)
    return Built(
        document=made,
        policy=state.policy,
        known_as=frozenset({at.host_id.casefold(), at.host_name.casefold()}),
        stale_at=min(made.refresh_at, next_change(state.policy, now) or made.refresh_at),
        digest=hashlib.sha256(_encoder.encode(made)).hexdigest(),
        use=shown(day_of(made, now), use.seconds, use.as_of if use.known else None, at.own_at),
        day=days[0],
        eve=day_before(state.policy.regimes(), days[0]),
    )


def help_for(country: str) -> Help:
    """Help lines as a host shows them."""
    return help_lines.shown(country, lines_for(country))


def day_of(made: PolicyDocument, now: datetime) -> PolicyDay:
    """The document's day that runs now."""
    return next(day for day in made.days if day.start <= now < day.end)


def shown(day: PolicyDay, seconds: int, as_of: datetime | None, own: int | None) -> Use:
    """A day's use as exactly as a host may know: what came from other apps is in it too.

    Near a rung `as_of` is the last report of any app. While the seconds are told in steps it is
    the host's `own` last one (milliseconds, of this day): no host can see when others report.
    Without rungs there is none.
    """
    start = ms_of(day.start)
    following = min((rung.seconds for rung in day.rungs if rung.seconds > seconds), default=None)
    if following is not None and following - seconds <= STEP:
        at = None if as_of is None else ms_of(as_of)
    else:
        at = own if own is not None and own >= start and day.rungs else None
    return Use(start, shown_use(day, seconds), at)


def shown_of(row: StandingRow) -> Use:
    """The same from what was written with the version, without the rules; see `StandingRow`."""
    day = _day.decode(row.today or "")
    if row.start_at is None or row.end_at is None or row.doc is None:
        return shown(day, 0, None, row.own_at)
    stored = DayRow(
        row.day or "", row.start_at, row.end_at, "", "", row.doc, False, row.received_at
    )
    found = books.use(stored, _cut(day, row.day or ""))
    return shown(day, found.seconds, found.as_of if found.known else None, row.own_at)


def written_day(day: PolicyDay) -> str:
    """A day as it is kept with the version."""
    return _encoder.encode(day).decode()


def basis_of(parts: Parts, *, restricted: bool) -> str:
    """What a document hangs on beside the teen: what the host declared, and the word packs."""
    said = Basis(restricted=restricted, packs=parts.packs.digests)
    return hashlib.sha256(_encoder.encode(said)).hexdigest()[:32]


class Basis(Answer, frozen=True, kw_only=True):
    """See `basis_of`."""

    restricted: bool
    packs: Mapping[str, str]


def _postings(state: TeenState, days: Sequence[Day], now: datetime) -> Txn[tuple[Posting, ...]]:
    posted = yield from postings_of(state.teen.id, [day.date for day in days])
    today = tuple(one for one in posted if one.day == days[0].date)
    due = yield from roll_over_due(state, days[0], today, now)
    return (*posted, *due)


def _lifted(teen_id: str, days: Sequence[Day]) -> Txn[list[Lifted]]:
    return (yield from lifted_of(teen_id, replace(days[0], end=days[-1].end)))


def _cut(day: PolicyDay, named: str) -> Day:
    return Day(date=datetime.fromisoformat(named).date(), start=day.start, end=day.end, zone="UTC")


def seen_at(value: int | None) -> datetime | None:
    """Milliseconds that may be missing, as an instant."""
    return None if value is None else instant(value)
