"""Families for tests of decisions, written as JSON, and the case corpus that any code can run.

    family = {"band": "13-15", "guardians": [{"id": "A", "values": {"search": {"enabled": "off"}}}]}
    rules = rules_of(family, now=now)
    decision = rules.ask({"action": "search.query", "context": {"query": "dinosaurs"}}, minutes=10)

A family has `band` (unknown counts as 13-15), and may have `zone`, `teen` (values as on the wire),
`guardians` (`id`, `values`, `scopes`, `probation_ends`), `holds` (`until`, `values`), `caps`,
`postings` (`owner`, `day`, `minutes`), `lifted` (`owner`, `start`, `end`) and `restricted`: whether
the app can limit results. Guardians have their ids as owners, the teen is `teen`; the account's
host `$host` of a blocked contact stands for the app itself.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from familypair.packs import standard
from familypair.rules.decide import (
    NO_USE,
    Decision,
    HostFacts,
    PolicySnapshot,
    Use,
    decide,
    document,
    ms_of,
    question_of,
)
from familypair.rules.layers import Hold, Layer, LayerState, Policy
from familypair.rules.search import Packs
from familypair.rules.time.model import Lifted, Posting, PostingKind
from familypair.schema.policies import Help, HelpLine, PolicyDocument
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import Band, Owner, Value, decode_values

HOST: Final = "cli_app"
TEEN: Final = "sub_teen"
HELP: Final = Help(country="IE", lines=(HelpLine(name="Childline", contact="1800 66 66 66"),))
_CHECKED: Final = (
    "minutes_left",
    "until",
    "kind",
    "restricted",
    "calm",
    "category",
    "term",
    "help",
    "ask",
)
"""What must be absent from an answer where a case does not name it."""


class Rules(msgspec.Struct, frozen=True):
    """One teen's rules at one app, ready to be asked."""

    document: PolicyDocument
    snapshot: PolicySnapshot
    now: datetime

    def used(self, minutes: float) -> Use:
        """So many minutes of the day of `now`, reported just now."""
        if not minutes:
            return NO_USE
        day = next(one for one in self.document.days if one.start <= self.now < one.end)
        return Use(ms_of(day.start), round(minutes * 60), ms_of(self.now))

    def ask(self, asked: Mapping[str, Any], *, minutes: float = 0, live: bool = False) -> Decision:
        """The answer to a question in AuthZEN's terms, as the server would give it."""
        question = question_of(authzen(asked, self.document.teen))
        return decide(self.snapshot, self.used(minutes), question, self.now, live=live)


def rules_of(
    family: Mapping[str, Any], *, now: datetime, host: str = HOST, packs: Packs | None = None
) -> Rules:
    """A family's rules at `now`, compiled with the word packs of this release unless given."""
    words = standard() if packs is None else packs
    made = document_of(family, now=now, host=host, packs=words.digests)
    return Rules(made, PolicySnapshot.of(made, words), now)


def document_of(
    family: Mapping[str, Any],
    *,
    now: datetime,
    host: str = HOST,
    packs: Mapping[str, str] | None = None,
) -> PolicyDocument:
    """What an app would get of this family, before it is signed."""
    facts = HostFacts(
        issuer="https://pair.example",
        host=host,
        teen=TEEN,
        version=1,
        restricted=family.get("restricted", True),
        packs=packs or {},
        help=HELP,
    )
    return document(
        policy_of(family, host),
        postings=[_posting(n, one, now) for n, one in enumerate(family.get("postings", ()))],
        lifted=[_lifted(one) for one in family.get("lifted", ())],
        host=facts,
        now=now,
    )


def policy_of(family: Mapping[str, Any], host: str = HOST) -> Policy:
    """The layers of a family."""
    raw: dict[str, Any] = json.loads(json.dumps(family).replace("$host", host))
    band = raw["band"]
    return Policy(
        band=Band.YOUNGER if band == "unknown" else Band(band),
        zone=raw.get("zone", "Europe/Dublin"),
        teen=Layer(owner="teen", kind=Owner.TEEN, values=decode_values(raw.get("teen", {}))),
        guardians=tuple(map(_guardian, raw.get("guardians", ()))),
        holds=tuple(map(_hold, raw.get("holds", ()))),
        caps=decode_values(raw.get("caps", {})),
        country="IE",
    )


def authzen(asked: Mapping[str, Any], teen: str) -> dict[str, Any]:
    """The body of `POST /access/v1/evaluation` for a question of the corpus.

    `action` may be a name alone; the subject is the teen unless another is named, and `$teen` in
    its id stands for the teen's.
    """
    action = asked["action"]
    subject = dict(asked.get("subject") or {"type": "teen", "id": teen})
    if subject["id"] == "$teen":
        subject["id"] = teen
    return {
        "subject": subject,
        "action": {"name": action} if isinstance(action, str) else action,
        "resource": asked.get("resource", {"type": "surface", "id": "feed"}),
        "context": asked.get("context", {}),
    }


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the corpus: a family, a question, and the answer by the specification."""

    description: str
    policy: str
    """The family's name in `policies.json`."""
    now: datetime
    question: Mapping[str, Any]
    expect: Mapping[str, Any]
    use: Mapping[str, float] = {}
    """`minutes` of the day that are used."""
    live: bool = False
    """Whether a stream of changes is open, so that an answer holds longer than a minute."""
    only: str = ""
    """`pure`: what it needs cannot be made, or asked for, over HTTP."""

    @property
    def minutes(self) -> float:
        """How much of the day is used."""
        return self.use.get("minutes", 0)


class Corpus(msgspec.Struct, frozen=True):
    """All cases of a folder and the families that they are about, by name."""

    families: Mapping[str, Mapping[str, Any]]
    cases: tuple[Case, ...]


def corpus(folder: Path) -> Corpus:
    """Read `policies.json` and the cases in every other `*.json` of a folder."""
    families = json.loads((folder / "policies.json").read_text())
    files = sorted(one for one in folder.glob("*.json") if one.name != "policies.json")
    read = (msgspec.json.decode(one.read_bytes(), type=tuple[Case, ...]) for one in files)
    return Corpus(families, tuple(case for cases in read for case in cases))


def differences(case: Case, answer: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What of an answer's `context` (as JSON values) is not as the case says: wanted and found.

    What a case does not name and an answer may carry must be absent, but for `valid_until`.
    """
    wanted = dict.fromkeys(_CHECKED, None) | dict(case.expect)
    pairs = ((name, want, _plain(name, answer.get(name))) for name, want in wanted.items())
    return {name: (want, found) for name, want, found in pairs if _same(want, found) is False}


def _same(want: Any, found: Any) -> bool:
    return want == found or (want is None and not found and found != 0)


def _plain(name: str, found: Any) -> Any:
    if name == "help":
        return True if found else None
    if name == "ask" and found:
        return {key: value for key, value in found.items() if value}
    return None if found is False or found == "" else found


def _guardian(raw: Mapping[str, Any]) -> Layer:
    ends = raw.get("probation_ends")
    return Layer(
        owner=raw["id"],
        kind=Owner.GUARDIAN,
        values=decode_values(raw.get("values", {})),
        scopes=frozenset(map(Scope, raw.get("scopes", ALL_SCOPES))),
        state=LayerState.PROBATION if ends else LayerState.ACTIVE,
        probation_ends=datetime.fromisoformat(ends) if ends else None,
    )


def _hold(raw: Mapping[str, Any]) -> Hold:
    values: dict[str, Value] = decode_values(raw["values"])
    return Hold(values=values, until=datetime.fromisoformat(raw["until"]))


def _posting(number: int, raw: Mapping[str, Any], now: datetime) -> Posting:
    return Posting(
        id=f"pst_{number}",
        owner=raw["owner"],
        day=date.fromisoformat(raw["day"]),
        seconds=raw["minutes"] * 60,
        kind=PostingKind.GRANT,
        at=now - timedelta(hours=1),
        by=raw["owner"],
    )


def _lifted(raw: Mapping[str, Any]) -> Lifted:
    start, end = (datetime.fromisoformat(raw[key]) for key in ("start", "end"))
    return Lifted(owner=raw["owner"], start=start, end=end)
