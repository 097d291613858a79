"""From a teen's policy to the document that decides at one host (product.md section 11).

What holds is worked out by the rules of layers and time; here it is written down without names,
ids, titles or the number of guardians; that there are two shows only where two have lists of
allowed searches that differ (A12). The document says no more than decisions need.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.rules.days import Day, day_after, day_at
from familypair.rules.decide.actions import PATHS
from familypair.rules.decide.search import by_of, is_fixed, voices_of
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import LayerState, Policy, Source, SourceKind
from familypair.rules.layers.pairs import Rung
from familypair.rules.time.balance import balance
from familypair.rules.time.blocks import LOOK_AHEAD, block_voices, mute_voices
from familypair.rules.time.calendar import wind_downs
from familypair.rules.time.model import Lifted, Posting
from familypair.rules.time.stretches import DAY, Stretch, instant_of, seconds_of
from familypair.rules.time.voiced import Voice, stretches
from familypair.schema.policies import (
    BlockedAccount,
    Held,
    Help,
    PolicyDay,
    PolicyDocument,
    PolicyRung,
    TimeStretch,
)
from familypair.settings import Contact, field

AHEAD: Final = timedelta(hours=48)
"""At least this much is covered."""
SPARE: Final = timedelta(hours=24)
"""A refresh is due when no more than this is left."""
_HOUR: Final = timedelta(hours=1)
_CONTACTS: Final = "contacts.blocked"


class HostFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the document is for, and what the policy does not know."""

    issuer: str
    host: str
    """The client id of the host."""
    teen: str
    """The teen's id at this host."""
    version: int
    help: Help
    restricted: bool = False
    """Whether the host can limit search results to what suits the age."""
    packs: Mapping[str, str] = {}
    """Name to digest of the word packs in force."""
    known_as: tuple[str, ...] = ()
    """Other names of the host under which contacts may have been blocked, whatever their case."""


def document(
    policy: Policy,
    *,
    postings: Sequence[Posting] = (),
    lifted: Sequence[Lifted] = (),
    host: HostFacts,
    now: datetime,
) -> PolicyDocument:
    """The document as of `now`; `postings` and `lifted` are those of all days that it covers.

    Within a local day, while nobody writes and nothing changes by itself, it stays the same but for
    `issued_at`.
    """
    days = tuple(_days(policy, now))
    start, until = days[0].start, days[-1].end
    quiet = _reaching(mute_voices(policy), policy, start, until)
    return PolicyDocument(
        issuer=host.issuer,
        host=host.host,
        teen=host.teen,
        version=host.version,
        issued_at=now,
        refresh_at=min([*map(_hour_after, _changes(policy, now)), days[0].end, until - SPARE]),
        until=until,
        settings=_settings(policy, now),
        restricted=host.restricted,
        search=voices_of(policy, now),
        packs=dict(host.packs),
        contacts=_contacts(policy, host, now),
        blocked=_told(_reaching(block_voices(policy, lifted), policy, start, until), kinds=True),
        quiet=_told(quiet),
        calm=_told(_calm(policy, start, until, now)),
        days=tuple(_day(policy, day, postings, now) for day in days),
        help=host.help,
    )


def next_change(policy: Policy, now: datetime) -> datetime | None:
    """The exact instant of the next such change, which no host is told; None when none is near.

    Whoever keeps a document beside the policy makes it anew then, before its `refresh_at`.
    """
    return min(_changes(policy, now), default=None)


def _hour_after(instant: datetime) -> datetime:
    """The next full hour: the second would tell a host when a link began or was ended.

    Later, not earlier: a host that asked too early would find nothing new. What the server decides
    changes at the instant itself, and so does its document; see `next_change`.
    """
    hour = instant.replace(minute=0, second=0, microsecond=0)
    return hour if hour == instant else hour + _HOUR


def _days(policy: Policy, now: datetime) -> Iterator[Day]:
    """Today and the days after it, to the end of the one that runs 48 hours later."""
    regimes = policy.regimes()
    day = day_at(regimes, now)
    yield day
    while day.end <= now + AHEAD:
        day = day_after(regimes, day)
        yield day


def _changes(policy: Policy, now: datetime) -> Iterator[datetime]:
    """The instants to come at which the policy changes although nobody writes.

    Those that come with a new day are left out: every day is refreshed.
    """
    for layer in policy.guardians:
        if layer.state is LayerState.PROBATION and layer.probation_ends is not None:
            yield from _later(layer.probation_ends, now)
        for until in layer.frozen.values():
            yield from _later(until, now)
    for hold in policy.holds:
        yield from _later(hold.until, now)


def _later(instant: datetime, now: datetime) -> Iterator[datetime]:
    if instant > now:
        yield instant


def _settings(policy: Policy, now: datetime) -> dict[str, Held]:
    found = effective(policy, now=now, fields=PATHS)
    return {
        path: Held(
            value=field(path).order.encode(one.value),
            by=by_of(one.decided_by[0]),
            fixed=is_fixed(one.decided_by),
        )
        for path, one in found.items()
    }


def _contacts(policy: Policy, host: HostFacts, now: datetime) -> tuple[BlockedAccount, ...]:
    """Accounts of this host that somebody blocked, and who did.

    On a tie the teen is named last: a guardian would feel a private block in their own one.
    """
    says = effective(policy, now=now, fields=(_CONTACTS,))[_CONTACTS].says
    names = {host.host.casefold(), *(name.casefold() for name in host.known_as)}
    found: dict[str, Source] = {}
    for said in sorted(says, key=lambda one: one.source.kind is SourceKind.TEEN):
        for one in said.value if isinstance(said.value, frozenset) else ():
            if isinstance(one, Contact) and one.host.casefold() in names:
                found.setdefault(one.account, said.source)
    return tuple(
        BlockedAccount(account=account, by=by_of(found[account])) for account in sorted(found)
    )


def _reaching(
    voices: Sequence[Voice], policy: Policy, start: datetime, until: datetime
) -> tuple[Stretch, ...]:
    """Stretches from `start` on; one that runs at `until` is followed to its end, a week ahead."""
    first, last = seconds_of(start), seconds_of(until)
    found = stretches(voices, policy.regimes(), first, last)
    if not found or found[-1].end < last:
        return found
    longer = stretches(voices, policy.regimes(), first, last + LOOK_AHEAD)
    kept = [one for one in longer if one.start < last]
    for one in longer[len(kept) :]:
        if one.start != kept[-1].end:
            break
        kept.append(one)
    return tuple(kept)


def _calm(policy: Policy, start: datetime, until: datetime, now: datetime) -> tuple[Stretch, ...]:
    """Wind-down, which ends with the quiet of its night (A16)."""
    low, high = seconds_of(start) - DAY, seconds_of(until) + DAY
    quiet = stretches(mute_voices(policy), policy.regimes(), low - DAY, high + DAY)
    found = wind_downs(policy, quiet, low, high, now)
    return tuple(one for one in found if one.end > low + DAY and one.start < high - DAY)


def _told(found: Sequence[Stretch], *, kinds: bool = False) -> tuple[TimeStretch, ...]:
    """Stretches without names: neighbours that differ in nothing else become one."""
    told: list[TimeStretch] = []
    for one in found:
        by, kind = by_of(one.by[0].source), one.by[0].kind if kinds else ""
        start, end = instant_of(one.start), instant_of(one.end)
        last = told[-1] if told else None
        if last is not None and last.end >= start and (last.by, last.kind) == (by, kind):
            told[-1] = TimeStretch(start=last.start, end=end, by=by, kind=kind)
        else:
            told.append(TimeStretch(start=start, end=end, by=by, kind=kind))
    return tuple(told)


def _day(policy: Policy, day: Day, postings: Sequence[Posting], now: datetime) -> PolicyDay:
    at = max(now, day.start)
    found = balance(policy, day, use_seconds=0, postings=postings, now=at)
    return PolicyDay(start=day.start, end=day.end, rungs=tuple(map(_rung, found.rungs)))


def _rung(one: Rung) -> PolicyRung:
    by, fixed = by_of(one.sources[0]), is_fixed(one.sources)
    return PolicyRung(seconds=one.seconds, outcome=one.outcome, by=by, fixed=fixed)
