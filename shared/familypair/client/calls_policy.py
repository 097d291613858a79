"""What a host app asks and says about its teens' rules; scope `policy:read` (section 11)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from familypair.client.calls_base import path_of
from familypair.client.clean import decode
from familypair.client.errors import BadAnswer
from familypair.client.hints import HintStream
from familypair.client.streams import HEARTBEAT_TIMEOUT as SILENCE
from familypair.client.streams import LiveState
from familypair.client.wire import Call, Wire, refusal
from familypair.rules.decide.model import NOBODY, Question
from familypair.rules.decide.wire import ACCOUNT, TEEN
from familypair.schema.decisions import Action, Entity, Evaluated, EvaluatedAll
from familypair.schema.packs import Packs, WordPack
from familypair.schema.policies import (
    Applied,
    Capabilities,
    CapabilitiesSaid,
    PolicySync,
    PolicySynced,
    TeenPolicy,
)
from familypair.settings.audience import Facts

POLICY: Final = "policy:read"
"""What a host needs to ask for decisions and policies."""


class PolicyCalls:
    """The calls about rules and decisions; `HostClient` sets the wire."""

    _policies: Wire

    async def evaluate(
        self,
        teen: str,
        action: str,
        *,
        account: str = "",
        facts: Facts = NOBODY,
        text: str = "",
        part: str = "",
    ) -> Evaluated:
        """May this teen do this now? The server's own answer (AuthZEN 1.0 section 6)."""
        question = Question(action=action, account=account, facts=facts, text=text, part=part)
        body = body_of(teen, question)
        call = Call(method="POST", path="/access/v1/evaluation", body=body, safe=True)
        return await self._policies.ask(call, Evaluated)

    async def evaluations(self, asked: Iterable[tuple[str, Question]]) -> tuple[Evaluated, ...]:
        """Many questions of (teen, question) at once; the answers in their order (section 7)."""
        body = {"evaluations": [body_of(teen, question) for teen, question in asked]}
        if not body["evaluations"]:
            return ()
        call = Call(method="POST", path="/access/v1/evaluations", body=body, safe=True)
        return (await self._policies.ask(call, EvaluatedAll)).evaluations

    def hints(
        self, *, on_state: Callable[[LiveState], None] | None = None, silence: float = SILENCE
    ) -> HintStream:
        """Hints of what to sync, as it happens; the stream reconnects by itself, see `HintStream`.

        `silence` is the most seconds without a byte before the connection counts as dead.
        """
        return HintStream(self._policies, on_state=on_state, silence=silence)

    async def policy(self, teen: str) -> TeenPolicy:
        """One teen's signed policy and use. Raises `ProblemError` (404) for who is not bound."""
        call = Call(method="GET", path=path_of("policies", teen))
        return await self._policies.ask(call, TeenPolicy)

    async def sync(self, have: PolicySync) -> PolicySynced:
        """What is new, a page at a time; see `PolicySync`.

        Counts in `blocked` must not count twice: with some, a lost answer is not asked for again.
        """
        call = Call(
            method="POST", path=path_of("policies", "sync"), body=have, safe=not have.blocked
        )
        return await self._policies.ask(call, PolicySynced)

    async def applied(self, teen: str, device: str, version: int) -> None:
        """Say that a device enforces this version; saying it again is harmless."""
        body = Applied(device=device, version=version)
        path = path_of("policies", teen, "applied")
        await self._policies.send(Call(method="POST", path=path, body=body, safe=True))

    async def capabilities(
        self, enforces: Iterable[str], *, restricted_search: bool = False
    ) -> CapabilitiesSaid:
        """Declare the actions that this host asks about; families see the rest as advisory."""
        body = Capabilities(enforces=tuple(enforces), restricted_search=restricted_search)
        call = Call(method="PUT", path=path_of("host", "capabilities"), body=body, safe=True)
        return await self._policies.ask(call, CapabilitiesSaid)

    async def declared(self) -> CapabilitiesSaid:
        """What this host has declared that it enforces."""
        call = Call(method="GET", path=path_of("host", "capabilities"))
        return await self._policies.ask(call, CapabilitiesSaid)

    async def packs(self) -> Packs:
        """The word packs in force, without their terms."""
        return await self._policies.ask(Call(method="GET", path=path_of("packs")), Packs)

    async def pack(self, digest: str) -> WordPack:
        """A word pack, letter by letter as it is: the reader checks the digest."""
        reply = await self._policies.send(Call(method="GET", path=path_of("packs", digest)))
        try:
            return msgspec.json.decode(reply.body, type=WordPack)
        except msgspec.DecodeError as error:
            raise BadAnswer("What came is no word pack.") from error

    async def keys(self) -> Mapping[str, Any]:
        """The issuer's public keys (RFC 7517). Raises `Unreachable`, `BadAnswer`."""
        headers = {"Accept": "application/json"}
        reply = await self._policies.transport.send("GET", "/.well-known/jwks.json", headers)
        if not reply.ok:
            raise refusal(reply)
        found = decode(reply.body, dict[str, Any])
        if not isinstance(found.get("keys"), list):
            raise BadAnswer("The server's key set is not one.")
        return found


def body_of(teen: str, question: Question) -> dict[str, Any]:
    """A question in AuthZEN's words. Searched words are in the context, never in an id."""
    facts = {name: True for name in question.facts.__struct_fields__ if _is(question, name)}
    if question.account:
        resource = Entity(type=ACCOUNT, id=question.account, properties=facts)
    else:
        kind = "query" if question.text else "surface"
        resource = Entity(type=kind, id=question.action, properties=facts)
    said = {"query": question.text, "part": question.part}
    return {
        "subject": Entity(type=TEEN, id=teen),
        "action": Action(name=question.action),
        "resource": resource,
        "context": {name: value for name, value in said.items() if value},
    }


def _is(question: Question, fact: str) -> bool:
    return getattr(question.facts, fact) is True
