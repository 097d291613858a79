"""The port through which the app asks "may this teen do this now?", and who can answer.

Whoever answers, the app gets the same: `Evaluated`, an AuthZEN answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter_ns
from typing import Final, Protocol

from familypair.client.errors import ClientError
from familypair.client.host import HostClient
from familypair.client.policy import PolicyCache
from familypair.reasons import Reason, Refusal
from familypair.rules.decide.model import Question
from familypair.rules.decide.wire import context_of
from familypair.schema.decisions import DecisionContext, Evaluated
from familypair.schema.policies import By
from familypair.wording import sentence
from familypair_tui.demo.app_loop.log import Log

_KNOWS_NOTHING: Final = frozenset({Reason.POLICY_UNKNOWN, Reason.POLICY_TOO_OLD})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and where the answer was made."""

    found: Evaluated
    where: str
    """`cache` or `server`."""
    micros: float = 0.0
    """How long whoever answered took, in microseconds; of the server with the way there."""


class Gate(Protocol):
    """Whoever can answer questions about bound teens."""

    async def ask(self, teen: str, question: Question) -> Answer:
        """The answer for a teen, by their id at this app. It never raises: no answer is a no."""
        ...


def unanswered(now: datetime) -> Evaluated:
    """The no of an app that could not ask."""
    context = DecisionContext(
        outcome="deny",
        reason=Reason.POLICY_UNKNOWN,
        explanation=sentence(Refusal(Reason.POLICY_UNKNOWN), "teen"),
        decided_by=By.PLATFORM,
        policy_version=0,
        valid_until=now + timedelta(seconds=1),
    )
    return Evaluated(decision=False, context=context)


class HttpGate:
    """Asks the server for each answer: AuthZEN over HTTP."""

    def __init__(self, host: HostClient, clock: Callable[[], datetime]) -> None:
        self._host, self._clock = host, clock

    async def ask(self, teen: str, question: Question) -> Answer:
        """One request; no answer is a no."""
        start = perf_counter_ns()
        try:
            found = await self._host.evaluate(
                teen,
                question.action,
                account=question.account,
                facts=question.facts,
                text=question.text,
                part=question.part,
            )
        except ClientError:
            found = unanswered(self._clock())
        return Answer(found, "server", _since(start))


def _since(start: int) -> float:
    """Microseconds since an instant of `perf_counter_ns`."""
    return (perf_counter_ns() - start) / 1000


class CacheGate:
    """Answers in this process, from rules that are kept fresh; asks the server where it has none.

    That is so for a moment after the start, and after more than a day without news.
    """

    def __init__(self, cache: PolicyCache, server: Gate) -> None:
        self._cache, self._server = cache, server

    async def ask(self, teen: str, question: Question) -> Answer:
        """No network, in microseconds."""
        start = perf_counter_ns()
        decision = self._cache.answer(teen, question)
        micros = _since(start)
        if decision.reason in _KNOWS_NOTHING:
            return await self._server.ask(teen, question)
        found = Evaluated(decision=decision.allowed, context=context_of(decision))
        return Answer(found, "cache", micros)


class Watched:
    """A gate whose answers are noted with their time."""

    def __init__(self, gate: Gate, log: Log, clock: Callable[[], datetime]) -> None:
        self.gate, self.log, self._clock = gate, log, clock

    async def ask(self, surface: str, teen: str, question: Question) -> Evaluated:
        """Ask for a surface, and note outcome and time, not what it was about."""
        answer = await self.gate.ask(teen, question)
        said = answer.found.context
        self.log.add(
            self._clock(),
            surface=surface,
            action=question.action,
            answer=(said.outcome, said.reason.value, said.decided_by.value),
            where=answer.where,
            micros=answer.micros,
        )
        return answer.found
