"""Random families, instants and questions for the properties of decisions."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from familypair.rules.decide import (
    HostFacts,
    PolicySnapshot,
    Question,
    Use,
    document,
    ms_of,
    next_change,
)
from familypair.rules.decide.actions import ACTIONS
from familypair.rules.layers import Hold, Layer, LayerState, Policy
from familypair.rules.search import Pack, Packs
from familypair.rules.time.model import Lifted, Posting, PostingKind
from familypair.schema.policies import Help, PolicyDocument
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import FIELDS, WEEKDAYS, Band, Facts, Owner, Value, decode_values
from familypair.testing.families import TEEN
from support.families import EXAMPLES

HOST: Final = "cli_h"
HELP: Final = Help(country="IE")
WORDS: Final = {"knife": "weapons", "bets": "gambling", "smut": "profanity", "slur": "hate"}
HELP_WORD: Final = "helpline"
ZONES: Final = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
STARTS: Final = (
    datetime(2026, 11, 22, 12, tzinfo=UTC),
    datetime(2026, 10, 24, 20, tzinfo=UTC),
    datetime(2027, 3, 27, 22, tzinfo=UTC),
    datetime(2026, 10, 31, 16, tzinfo=UTC),
)
"""An ordinary Sunday, and the eves of changes of the clock."""


def pack(category: str, *terms: str) -> Pack:
    """A small word pack."""
    return Pack(
        name=category,
        category=category,
        severity=2,
        language="en",
        licence="",
        source="",
        version="1",
        terms=terms,
        digest=category,
    )


PACKS: Final = Packs.of([*(pack(c, w) for w, c in WORDS.items()), pack("help", HELP_WORD)])

_MENU: Final[dict[str, tuple[Any, ...]]] = {
    "messages": ({}, {"audience": "friends"}, {"audience": "suggested_and_friends", "media": "on"}),
    "interactions": ({}, {"comments": "no_one"}, {"duet": "everyone", "mentions": "everyone"}),
    "privacy": ({}, {"private_account": "off", "searchable": "on"}, {"liked_list": "everyone"}),
    "feed": ({}, {"recommended": "off"}),
    "search": (
        {},
        {"enabled": "off"},
        {"blocked_terms": ["maths test", "cake"], "blocked_terms_shown": "off"},
        {"blocked_terms": ["cake"], "packs": {"gambling": "ask", "hate": "deny"}},
        {"packs": {"gambling": "deny", "profanity": "ask"}, "allowed_terms": ["bets"]},
        {"packs": {"weapons": "allow", "hate": "allow"}, "restricted_mode": "off"},
    ),
    "contacts": ({}, {"blocked": [{"host": HOST, "account": "x"}]}),
}


def values(rnd: Random, owner: Owner, *, full: bool) -> dict[str, Any]:
    """One layer's wishes as on the wire; with `full` both halves of every limit."""
    found: dict[str, Any] = {}
    for group, options in _MENU.items():
        found[group] = dict(rnd.choice(options))
    if owner is Owner.TEEN:
        found["search"].pop("blocked_terms_shown", None)
    limit = rnd.choice([0, 1, 45, 60, 120, "none"])
    if full or rnd.random() < 0.6:
        at_limit = rnd.choice(["remind", "ask", "stop"])
        daily = dict.fromkeys(WEEKDAYS, limit)
        found["screen_time"] = {"daily_minutes": daily, "at_limit": at_limit}
    schedule: dict[str, Any] = {}
    schedule["blocks"] = [_span(rnd, kind="sleep") for _ in range(rnd.randint(0, 3))]
    if rnd.random() < 0.3:
        schedule["wind_down"] = rnd.choice(["20:00", "23:30", "off"])
    found["schedule"] = schedule
    if rnd.random() < 0.4:
        found["notifications"] = {"mute": [_night(), _span(rnd)]}
    return found


def _night() -> dict[str, Any]:
    return {"days": list(WEEKDAYS), "start": "20:30", "end": "08:00"}


def _span(rnd: Random, **more: Any) -> dict[str, Any]:
    start, end = rnd.sample(["00:00", "02:30", "07:00", "12:00", "14:15", "21:00", "23:59"], 2)
    return {"days": rnd.sample(WEEKDAYS, rnd.randint(1, 7)), "start": start, "end": end, **more}


def capped(raw: Mapping[str, Any], band: Band) -> dict[str, Value]:
    """The values that may be written in this band: none is looser than a cap."""
    found = decode_values(raw)
    return {
        path: value
        for path, value in found.items()
        if (cap := FIELDS[path].cap(band)) is None
        or not FIELDS[path].order.looser_than_cap(value, cap)
    }


class Family(msgspec.Struct, frozen=True):
    """A policy with what was posted and opened, and an instant."""

    policy: Policy
    now: datetime
    postings: tuple[Posting, ...] = ()
    lifted: tuple[Lifted, ...] = ()

    def document(self, *guardians: Layer, restricted: bool = True) -> PolicyDocument:
        """The document of this family, or of it with these guardians instead."""
        policy = self.policy
        if guardians:
            policy = msgspec.structs.replace(policy, guardians=guardians)
        return document_of(policy, self.now, self.postings, self.lifted, restricted=restricted)

    @property
    def until_ms(self) -> int:
        """The exact end of what the document says."""
        change = next_change(self.policy, self.now)
        due = self.document().refresh_at
        return ms_of(min(due, change or due))


def document_of(
    policy: Policy,
    now: datetime,
    postings: Sequence[Posting] = (),
    lifted: Sequence[Lifted] = (),
    *,
    restricted: bool = True,
) -> PolicyDocument:
    """What the host gets."""
    facts = HostFacts(
        issuer="https://i", host=HOST, teen="sub", version=7, restricted=restricted, help=HELP
    )
    return document(policy, postings=postings, lifted=lifted, host=facts, now=now)


def compiled(made: PolicyDocument) -> PolicySnapshot:
    """The snapshot with the small packs."""
    return PolicySnapshot.of(made, PACKS)


def family_of(rnd: Random, *, guardians: int | None = None, steady: bool = False) -> Family:
    """A family; a `steady` one has no probation, notice, hold, posting or exception."""
    band, now = rnd.choice([Band.YOUNGER, Band.OLDER, Band.ADULT]), rnd.choice(STARTS)
    now += timedelta(minutes=rnd.randint(0, 600))
    count = rnd.randint(0, 3) if guardians is None else guardians
    layers = [_guardian(rnd, "ABC"[n], band, now, steady=steady) for n in range(count)]
    teen = capped(values(rnd, Owner.TEEN, full=False), band)
    held = capped(values(rnd, Owner.GUARDIAN, full=False), band)
    held = {p: v for p, v in held.items() if FIELDS[p].scope is not Scope.SET_TIME}
    holds = (Hold(values=held, until=now + timedelta(hours=rnd.randint(1, 60))),)
    return Family(
        Policy(
            band=band,
            zone=rnd.choice(ZONES),
            teen=Layer(owner=TEEN, kind=Owner.TEEN, values=teen),
            guardians=tuple(layers),
            holds=holds if not steady and rnd.random() < 0.2 else (),
        ),
        now,
        () if steady else tuple(_postings(rnd, now.date(), layers)),
        () if steady else tuple(_lifted(rnd, now, layers)),
    )


def _guardian(rnd: Random, owner: str, band: Band, now: datetime, *, steady: bool) -> Layer:
    raw = values(rnd, Owner.GUARDIAN, full=steady)
    if not steady and rnd.random() < 0.3:
        days: dict[str, Any] = {
            "first": str(now.date()),
            "last": str(now.date() + timedelta(days=1)),
        }
        kinds: list[dict[str, Any]] = [{"kind": "lift_limit"}, {"kind": "set_limit", "minutes": 10}]
        raw["schedule"]["exceptions"] = [{**rnd.choice([*kinds, {"kind": "lift_blocks"}]), **days}]
    made = Layer(
        owner=owner,
        kind=Owner.GUARDIAN,
        values=capped(raw, band),
        scopes=frozenset(ALL_SCOPES),
    )
    later = now + timedelta(minutes=rnd.randint(1, 1500))
    state = "" if steady else rnd.choice(["", "", "", "probation", "ending", "frozen"])
    if state == "probation":
        return msgspec.structs.replace(made, state=LayerState.PROBATION, probation_ends=later)
    if state == "ending":
        return msgspec.structs.replace(
            made, state=LayerState.ENDING, frozen={Scope.SET_TIME: later}
        )
    if state == "frozen":
        scopes = made.scopes - {Scope.SET_SEARCH}
        return msgspec.structs.replace(made, scopes=scopes, frozen={Scope.SET_SEARCH: later})
    return made


def _postings(rnd: Random, day: date, layers: Sequence[Layer]) -> list[Posting]:
    owners = [TEEN, *[one.owner for one in layers]]
    at = datetime.combine(day, datetime.min.time(), UTC)
    return [
        Posting(
            id=str(n),
            owner=rnd.choice(owners),
            day=day + timedelta(days=rnd.randint(0, 1)),
            seconds=rnd.choice([900, 1800, -600]),
            kind=PostingKind.GRANT,
            at=at,
        )
        for n in range(rnd.randint(0, 3))
    ]


def _lifted(rnd: Random, now: datetime, layers: Sequence[Layer]) -> list[Lifted]:
    start = now + timedelta(minutes=rnd.randint(-300, 300))
    return [
        Lifted(owner=one.owner, start=start, end=start + timedelta(hours=2))
        for one in layers
        if rnd.random() < 0.3
    ]


TEXTS: Final = (
    "a birthday cake",
    "buy a knife",
    "bets tonight",
    "smut and bets",
    "maths test",
    "what is a slur",
    "dinosaurs",
)
_ACTIONS: Final = sorted(ACTIONS)
_PARTS: Final = ("", "", "liked_list", "following_list", "nothing")


def question(rnd: Random) -> Question:
    """Any question."""
    action = rnd.choice([*_ACTIONS, "search.query", "app.use", "app.use"])
    bits = rnd.randint(0, 15)
    return Question(
        action=action,
        account=rnd.choice(["x", "y", ""]),
        facts=Facts(
            suggested=bool(bits & 1),
            follows_me=bool(bits & 2),
            i_follow=bool(bits & 4),
            has_messaged=bool(bits & 8),
        ),
        text=rnd.choice(TEXTS),
        part=rnd.choice(_PARTS),
    )


PROFILE = settings(
    max_examples=max(20, EXAMPLES // 5),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 2**32).map(Random)
USES: Final = (0, 60, 1800, 2701, 3599, 3600, 7200, 90_000)


def instants(rnd: Random, made: PolicyDocument, count: int, until_ms: int = 0) -> list[int]:
    """Some instants up to the next refresh or the given end, and the edges of what holds there."""
    first, last = ms_of(made.issued_at), until_ms or ms_of(made.refresh_at)
    edges = [ms_of(s.start) for s in (*made.blocked, *made.quiet, *made.calm)]
    inside = [e + d for e in edges for d in (-1, 0) if first <= e + d < last]
    return [
        *(rnd.randrange(first, last) for _ in range(count)),
        *rnd.sample(inside, min(count, len(inside))),
    ]


def used(rnd: Random, snapshot: PolicySnapshot, now_ms: int) -> Use:
    """A use of the day of an instant."""
    day = next(d for d in snapshot.days if now_ms < d.end_ms)
    return Use(day.start_ms, rnd.choice(USES), now_ms)
