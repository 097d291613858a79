"""Random families and questions, and what Cedar is told of them: layers, no compiled policy."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from familypair.rules.search import Pack, Packs
from familypair.schema.scopes import ALL_SCOPES
from support.cedar_rules import ACTIONS

Json = dict[str, Any]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST: Final = datetime(2026, 12, 1, tzinfo=UTC)
"""Dublin is at UTC in December, so that the oracle needs no zones; these have an oracle (B12)."""
QUARTER: Final = 900

AUDIENCES: Final = (
    "everyone",
    "suggested_and_friends",
    "friends",
    "friends_who_messaged",
    "no_one",
)
CIRCLE: Final = ("everyone", "friends", "no_one")
LISTS: Final = ("everyone", "friends", "only_me")
SWITCH: Final = ("on", "off")
CHOICES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "messages.audience": ("audience", AUDIENCES),
    "messages.media": ("media", SWITCH),
    "interactions.comments": ("comments", CIRCLE),
    "interactions.duet": ("duet", CIRCLE),
    "interactions.stitch": ("stitch", CIRCLE),
    "interactions.mentions": ("mentions", CIRCLE),
    "privacy.downloads": ("downloads", SWITCH),
    "feed.recommended": ("recommended", SWITCH),
    "privacy.private_account": ("private", SWITCH),
    "privacy.liked_list": ("liked", LISTS),
    "privacy.following_list": ("following", LISTS),
    "privacy.suggest_account": ("suggest", SWITCH),
    "privacy.searchable": ("searchable", SWITCH),
    "live.host": ("live", SWITCH),
    "money.gifts": ("gifts", SWITCH),
    "search.enabled": ("search", ("on", "on", "on", "off")),
    "search.restricted_mode": ("restricted", ("on", "off", "off")),
}
"""Path to the attribute in Cedar and its values; what is more likely is there more than once."""

WORDS: Final[Mapping[str, str]] = {
    "casino": "gambling",
    "roulette": "gambling",
    "grenade": "weapons",
    "crossbow": "weapons",
    "bigotry": "hate",
    "whiskey": "alcohol_tobacco",
}
STARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "13-15": {"gambling": "deny", "weapons": "deny", "hate": "ask", "alcohol_tobacco": "ask"},
    "16-17": {"gambling": "ask", "weapons": "ask", "hate": "ask", "alcohol_tobacco": "allow"},
    "18+": {},
}
"""From the table of categories; nothing is asked or denied where an age band has no entry."""
HARMLESS: Final = ("dinosaur", "homework", "football", "weather", "pancake")
OWN: Final = ("volcano", "umbrella", "trumpet")
"""Words that people block for themselves."""
HELP: Final = "hotline"
ACCOUNTS: Final = ("ada", "ben", "cleo")


def packs() -> Packs:
    """The words above as packs."""
    rows = [*WORDS.items(), (HELP, "help")]
    return Packs.of(_pack(word, category) for word, category in rows)


def _pack(word: str, category: str) -> Pack:
    return Pack(
        name=word,
        category=category,
        severity=2,
        language="en",
        licence="CC0-1.0",
        source="a test",
        version="1",
        terms=(word,),
        digest=word,
    )


@dataclass
class Asked:
    """One question: as an app puts it, and as Cedar is told."""

    now: datetime
    seconds: int
    question: Json
    context: Json = field(default_factory=dict[str, Any])


class Maker:
    """Random families; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a test's own

    def family(self, now: datetime) -> Json:
        """A family in the terms of `familypair.testing.decisions`."""
        r = self._random
        band = r.choice(["13-15"] * 4 + ["unknown"] + ["16-17"] * 5 + ["18+"] * 3)
        count = 0 if band == "18+" else r.choice([0, 1, 1, 2, 2, 3])
        owners = ["teen", *("ABC"[:count])]
        return {
            "band": band,
            "restricted": r.random() < 0.6,
            "teen": self._values(band, owner="teen"),
            "guardians": [self._guardian(name, now) for name in owners[1:]],
            "holds": [] if band == "18+" or r.random() < 0.8 else [self._hold(now)],
            "postings": [self._posting(owner, now) for owner in owners if r.random() < 0.3],
            "lifted": [self._lifted(owner, now) for owner in owners if r.random() < 0.15],
        }

    def now(self) -> datetime:
        """An instant of three weeks."""
        return FIRST + timedelta(seconds=self._random.randrange(21 * 86_400))

    def asked(self, now: datetime, until: datetime) -> Asked:
        """A question between two instants."""
        r = self._random
        room = max(1, int((until - now).total_seconds()))
        at = now + timedelta(seconds=r.choice([0, r.randrange(room)]))
        action = "wallet.drain" if r.random() < 0.005 else r.choice(ACTIONS)
        facts = {name: r.random() < 0.55 for name in _FACTS}
        account = r.choice(ACCOUNTS)
        query = self._query() if action == "search.query" else []
        part = r.choice(["", "liked_list", "following_list"]) if action == "profile.view" else ""
        question = {
            "action": action,
            "resource": {"type": "account", "id": account, "properties": facts},
            "context": {"query": " ".join(query), "part": part},
        }
        seconds = r.choice([0, 60, 1800, 2699, 2700, 3599, 3600, 5400, 7199, 7200, 14_400])
        told = {"help": HELP in query, "words": query, "part": part, "account": account, **facts}
        return Asked(at, seconds, question, told)

    def _query(self) -> list[str]:
        """Some words; a search for help names no category beside it."""
        r = self._random
        if r.random() < 0.08:
            return [*r.sample([*HARMLESS, *OWN], 2), HELP]
        found = r.sample([*HARMLESS, *HARMLESS, *WORDS, *OWN], r.randint(1, 3))
        return list(dict.fromkeys(found))

    def _values(self, band: str, owner: str) -> Json:
        """What one layer says of a few fields; a teen's are often open."""
        r, values = self._random, Json()
        open_ = owner == "teen" and (band == "18+" or r.random() < 0.6)
        for path, (_, options) in CHOICES.items():
            if r.random() < (0.75 if open_ else 0.25):
                _put(values, path, options[0] if open_ and r.random() < 0.8 else r.choice(options))
        if open_ and r.random() < 0.7:
            _put(values, "privacy.private_account", "off")
        self._time(values)
        self._terms(values, owner)
        if r.random() < 0.25:
            blocked = r.sample(ACCOUNTS, r.randint(1, 2))
            entries = [{"host": "$host", "account": one} for one in blocked]
            _put(values, "contacts.blocked", [*entries, {"host": "another app", "account": "ada"}])
        return values

    def _time(self, values: Json) -> None:
        r = self._random
        if r.random() < 0.45:
            minutes = r.choice(["none", 30, 45, 60, 90, 120])
            _put(values, "screen_time.daily_minutes", dict.fromkeys(DAYS, minutes))
        if r.random() < 0.45:
            _put(values, "screen_time.at_limit", r.choice(["remind", "ask", "ask", "stop"]))
        if r.random() < 0.2:
            _put(values, "schedule.blocks", [{"kind": "school", **self._span()}])
        if r.random() < 0.2:
            _put(values, "notifications.mute", [self._span()])

    def _span(self) -> Json:
        r = self._random
        start, end = r.sample(range(96), 2)
        days = sorted(r.sample(DAYS, r.randint(1, 5)), key=DAYS.index)
        return {"days": days, "start": _clock(start), "end": _clock(end)}

    def _terms(self, values: Json, owner: str) -> None:
        r = self._random
        if r.random() < 0.25:
            _put(values, "search.blocked_terms", r.sample(OWN, r.randint(1, 2)))
        if owner not in {"teen", "hold"} and r.random() < 0.3:
            _put(values, "search.blocked_terms_shown", "off")
        if owner != "hold" and r.random() < 0.25:
            _put(values, "search.allowed_terms", r.sample([*WORDS], r.randint(1, 2)))
        for category in STARTS["13-15"]:
            if r.random() < 0.2:
                _put(values, f"search.packs.{category}", r.choice(["allow", "ask", "deny"]))

    def _guardian(self, name: str, now: datetime) -> Json:
        r = self._random
        made: Json = {"id": name, "values": self._values("", name), "scopes": list(ALL_SCOPES)}
        if r.random() < 0.25:
            made["scopes"] = [one for one in ALL_SCOPES if r.random() < 0.6]
        elif r.random() < 0.15:
            made["probation_ends"] = (now + timedelta(hours=r.randint(1, 20))).isoformat()
        return made

    def _hold(self, now: datetime) -> Json:
        values = self._values("", "hold")
        for group in ("screen_time", "schedule", "notifications", "contacts"):
            values.pop(group, None)
        ends = now + timedelta(hours=self._random.choice([-5, 5, 100]))
        return {"until": ends.isoformat(), "values": values}

    def _posting(self, owner: str, now: datetime) -> Json:
        minutes = self._random.choice([-15, 15, 30])
        return {"owner": owner, "day": now.date().isoformat(), "minutes": minutes}

    def _lifted(self, owner: str, now: datetime) -> Json:
        r = self._random
        start = _quarter(now) - r.randrange(8)
        end = start + r.randrange(1, 16)
        return {"owner": owner, "start": _instant(start), "end": _instant(end)}


_FACTS: Final = ("suggested", "follows_me", "i_follow", "has_messaged")


def _put(values: Json, path: str, value: Any) -> None:
    *groups, leaf = path.split(".")
    for group in groups:
        values = values.setdefault(group, {})
    values[leaf] = value


def _get(values: Json, path: str, default: Any = None) -> Any:
    *groups, leaf = path.split(".")
    for group in groups:
        values = values.get(group, {})
    return values.get(leaf, default)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def _quarter(instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds()) // QUARTER


def _instant(quarter: int) -> str:
    return (EPOCH + timedelta(seconds=quarter * QUARTER)).isoformat()


def context_of(asked: Asked, *, asking: bool) -> Json:
    """What Cedar is told of a question; the clock is read by hand."""
    at = asked.now
    return {
        **asked.context,
        "asking": asking,
        "used": asked.seconds,
        "now": int((at - EPOCH).total_seconds()),
        "minute": at.hour * 60 + at.minute,
        "slot": at.weekday() * 96 + at.hour * 4 + at.minute // 15,
        "quarter": _quarter(at),
    }


def entities_of(family: Json, day: datetime) -> str:
    """The teen with every layer as an attribute, as JSON for Cedar."""
    band = "13-15" if family["band"] == "unknown" else family["band"]
    teen: Json = {"band": band, "limits": family["restricted"]}
    teen["teen"] = _layer(family, family["teen"], "teen", day)
    teen["start"] = _starting(family["teen"], band)
    for hold in family["holds"]:
        ends = datetime.fromisoformat(hold["until"])
        held = _layer(family, hold["values"], "hold", day)
        teen["hold"] = {**held, "until": int((ends - EPOCH).total_seconds())}
    for place, one in enumerate(family["guardians"], 1):
        more = {"scopes": list(one["scopes"]), "new": "probation_ends" in one}
        teen[f"g{place}"] = {**_layer(family, one["values"], one["id"], day), **more}
    return json.dumps([{"uid": {"type": "Teen", "id": "t"}, "attrs": teen, "parents": []}])


def _layer(family: Json, values: Json, owner: str, day: datetime) -> Json:
    found = {name: _get(values, path) for path, (name, _) in CHOICES.items()}
    layer = {name: value for name, value in found.items() if value is not None}
    if "restricted" in layer:
        layer["restricted"] = layer["restricted"] == "on"
    layer |= _own_time(family, values, owner, day)
    layer["terms"] = _get(values, "search.blocked_terms", [])
    packs_ = _get(values, "search.packs", {})
    layer |= _words(packs_, _get(values, "search.allowed_terms", []))
    blocked = _get(values, "contacts.blocked", [])
    layer["contacts"] = [one["account"] for one in blocked if one["host"] == "$host"]
    return layer


def _own_time(family: Json, values: Json, owner: str, day: datetime) -> Json:
    blocks = _get(values, "schedule.blocks", [])
    mute = _get(values, "notifications.mute", [])
    mine = [one for one in family["postings"] if one["owner"] == owner]
    layer: Json = {
        "blocked": sorted(_slots(blocks)),
        "opened": sorted(_opened(family["lifted"], owner)),
        "quiet": sorted(_slots(mute)),
        "posted": sum(60 * one["minutes"] for one in mine),
    }
    return layer | _pair(values, family["band"], DAYS[day.weekday()])


def _pair(values: Json, band: str, weekday: str) -> Json:
    """Who says one half takes the default for the other (A4); grown-ups have no default."""
    limit = _get(values, "screen_time.daily_minutes")
    at_limit = _get(values, "screen_time.at_limit")
    if limit is None and at_limit is None:
        return {}
    start, start_at = ("none", "remind") if band == "18+" else (60, "ask")
    minutes = start if limit is None else limit[weekday]
    return {"limit": -1 if minutes == "none" else 60 * minutes, "at_limit": at_limit or start_at}


def _slots(spans: Sequence[Json]) -> Iterator[int]:
    for span in spans:
        start, end = (int(t[:2]) * 4 + int(t[3:]) // 15 for t in (span["start"], span["end"]))
        for day in span["days"]:
            for quarter in range(start, end if end > start else end + 96):
                yield (DAYS.index(day) * 96 + quarter) % 672


def _opened(lifted: Sequence[Json], owner: str) -> Iterator[int]:
    for one in lifted:
        if one["owner"] == owner:
            start, end = (_quarter(datetime.fromisoformat(one[k])) for k in ("start", "end"))
            yield from range(start, end)


def _words(said: Mapping[str, str], allowed: Sequence[str]) -> Json:
    """A layer's words by what it says to their category, less what it opens for itself."""
    return {
        name: [w for w, c in WORDS.items() if said.get(c) == outcome and w not in allowed]
        for name, outcome in (("denied", "deny"), ("asked", "ask"))
    }


def _starting(values: Json, band: str) -> Json:
    """The default packs where the teen says nothing; only the teen's own list opens them."""
    own = _get(values, "search.packs", {})
    said = {c: outcome for c, outcome in STARTS[band].items() if c not in own}
    return _words(said, _get(values, "search.allowed_terms", []))


def shown_terms(family: Json) -> frozenset[str]:
    """Every word whose owner lets the teen read it."""
    layers = [family["teen"], *(one["values"] for one in family["guardians"])]
    open_ = [v for v in layers if _get(v, "search.blocked_terms_shown") != "off"]
    return frozenset(word for v in open_ for word in _get(v, "search.blocked_terms", []))


def pairs_of_outcomes() -> frozenset[tuple[str, str]]:
    """Every outcome that an action can have."""
    asks = ("app.use", "search.query", "message.send", "live.host", "live.watch", "gift.send")
    found = {(action, outcome) for action in ACTIONS for outcome in ("allow", "deny")}
    found |= {(action, "ask") for action in asks} | {("wallet.drain", "deny")}
    return frozenset(found - {("safety.use", "deny")})
