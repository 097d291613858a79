"""A policy server of a few lines: it signs, counts versions, pages, and hints."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import httpx2
import msgspec
from joserfc import jws
from joserfc.jwk import OKPKey
from msgspec.structs import replace

from client.fake import answer, problem
from familypair.packs import standard
from familypair.reasons import Reason
from familypair.rules.decide import Decision, PolicySnapshot, Question, decide_at
from familypair.schema.packs import WordPack
from familypair.schema.policies import (
    MEDIA_TYPE,
    Help,
    HelpLine,
    PolicyDocument,
    PolicySync,
    PolicySynced,
    TeenPolicy,
    TeenUse,
)
from familypair.testing import ManualClock
from familypair.testing.decisions import document_of

ISSUER = "http://127.0.0.1:8085"
HOST = "cli_loop"
START = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
HELP = Help(country="AU", lines=(HelpLine(name="Kids", contact="1800 55 1800"),))
TOKEN = {"access_token": "fph_1", "token_type": "Bearer", "expires_in": 900}
EVALUATED = {
    "decision": True,
    "context": {
        "outcome": "allow",
        "reason": "allowed",
        "explanation": "Yes.",
        "decided_by": "platform",
        "policy_version": 1,
        "valid_until": "2026-11-23T10:01:00Z",
    },
}
_STRICT = {
    "messages": {"audience": "no_one"},
    "search": {"blocked_terms": ["dragon"]},
    "screen_time": {"daily_minutes": {"mon": 30, "tue": 30}},
}
_FAMILIES: Mapping[str, Mapping[str, Any]] = {
    "plain": {"band": "16-17"},
    "strict": {"band": "16-17", "guardians": [{"id": "A", "values": _STRICT}]},
    "off": {
        "band": "16-17",
        "guardians": [{"id": "A", "values": {"search": {"enabled": "off"}}}],
    },
}


@cache
def rules(kind: str) -> PolicyDocument:
    """One of a few documents, made once: version 1 of nobody in particular."""
    made = document_of(_FAMILIES[kind], now=START, host=HOST, packs=standard().digests)
    return replace(made, issuer=ISSUER)


@cache
def key_of(name: str) -> OKPKey:
    """A signing key, made once."""
    return OKPKey.generate_key("Ed25519", {"kid": name, "use": "sig"})


def sign(made: PolicyDocument, key: OKPKey, **header: str) -> str:
    """A signed document; `header` replaces what a true one has."""
    head = {"alg": "Ed25519", "kid": key.kid, "typ": MEDIA_TYPE, **header}
    return jws.serialize_compact(head, msgspec.json.encode(made), key, algorithms=["Ed25519"])


class Issuer:
    """What the server knows, and what it answers."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.keys = [key_of("one")]
        self.teens: dict[str, PolicyDocument] = {}
        self.uses: dict[str, TeenUse] = {}
        self.packs: dict[str, WordPack] = {}
        self.told: list[PolicySync] = []
        self.called: list[str] = []
        self.applied: list[tuple[str, str, int]] = []
        self.declared: list[Any] = []
        self.page = 500
        self.help: Help | None = HELP
        self.hints: set[asyncio.Queue[bytes | None]] = set()
        self._versions: dict[str, int] = {}

    # --- the truth ---------------------------------------------------------------------------

    def rule(self, teen: str, kind: str = "plain", **more: Any) -> int:
        """Change a teen's rules; the new version. Nobody is told yet."""
        version = self._versions.get(teen, 0) + 1
        self._versions[teen] = version
        moved = {"teen": teen, "version": version, "issued_at": self.clock(), **more}
        self.teens[teen] = replace(rules(kind), **moved)
        if teen not in self.uses:
            self.use(teen, 0)
        return version

    def use(self, teen: str, seconds: int) -> TeenUse:
        """How much of today is used."""
        now = self.clock()
        day = next(one.start for one in rules("plain").days if one.start <= now < one.end)
        last = self.uses.get(teen)
        if last is not None and last.day_start == day:
            seconds = max(seconds, last.seconds)  # a day's use only grows
        self.uses[teen] = TeenUse(teen=teen, day_start=day, seconds=seconds, as_of=now)
        return self.uses[teen]

    def unbind(self, teen: str) -> None:
        """The teen took their yes back."""
        del self.teens[teen]

    def truth(self, teen: str, question: Question, now_ms: int, *, live: bool) -> Decision:
        """What the server itself answers."""
        snapshot = PolicySnapshot.of(self.teens[teen], standard())
        from familypair.client.policy.syncing import use_of

        return decide_at(snapshot, use_of(self.uses[teen]), question, now_ms, live=live)

    def hint(self, event: str, **data: Any) -> None:
        """Send a hint on every open stream."""
        self.raw(f"event: {event}\ndata: {msgspec.json.encode(data).decode()}\n\n".encode())

    def raw(self, data: bytes | None) -> None:
        """Bytes on every open stream; None ends them."""
        for queue in self.hints:
            queue.put_nowait(data)

    # --- HTTP --------------------------------------------------------------------------------

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Any route but the stream."""
        path = request.url.path
        self.called.append(path)
        match [part for part in path.split("/") if part]:
            case ["oauth", "token"]:
                return httpx2.Response(200, json=TOKEN)
            case [".well-known", "jwks.json"]:
                keys = [key.as_dict(private=False) for key in self.keys]
                return httpx2.Response(200, json={"keys": keys})
            case ["v1", "policies", "sync"]:
                return answer(self._sync(msgspec.json.decode(request.content, type=PolicySync)))
            case ["v1", "policies", teen, "applied"]:
                said = msgspec.json.decode(request.content)
                self.applied.append((teen, said["device"], said["version"]))
                return httpx2.Response(204)
            case ["v1", "packs", digest] if digest in self.packs:
                return answer(self.packs[digest])
            case ["access", "v1", "evaluation"]:
                return httpx2.Response(200, json=EVALUATED)
            case ["v1", "host", "capabilities"]:
                said = msgspec.json.decode(request.content)
                self.declared.append(said)
                return httpx2.Response(200, json=said)
            case _:
                return problem(404, Reason.NOT_FOUND)

    def _sync(self, asked: PolicySync) -> PolicySynced:
        self.told.append(asked)
        if asked.only is not None:
            there = [teen for teen in sorted(set(asked.only)) if teen in self.teens]
            lost = set(asked.only) - self.teens.keys()
            return self._page(asked, there, lost, None)
        last = "~" if asked.through is None else asked.through
        bound = [teen for teen in sorted(self.teens) if asked.after < teen <= last]
        there, end = bound[: self.page], None
        if len(bound) > self.page:
            last = end = there[-1]
        lost = {teen for teen in asked.have if asked.after < teen <= last} - self.teens.keys()
        return self._page(asked, there, lost, end)

    def _page(
        self, asked: PolicySync, there: list[str], lost: set[str], end: str | None
    ) -> PolicySynced:
        found = tuple(self._told(teen, asked.have.get(teen)) for teen in there)
        return PolicySynced(
            now=self.clock(), teens=found, gone=tuple(sorted(lost)), next=end, help=self.help
        )

    def _told(self, teen: str, has: int | None) -> TeenPolicy:
        made = self.teens[teen]
        signed = None if has == made.version else sign(made, self.keys[-1])
        return TeenPolicy(teen=teen, version=made.version, document=signed, use=self.uses[teen])


def later(made: PolicyDocument, seconds: float) -> datetime:
    """An instant after a document was issued."""
    return made.issued_at + timedelta(seconds=seconds)
