"""From a body to an answer: one question, or many with what one no or one yes ends."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.decide.answering import decide_at, unknown_subject
from familypair.rules.decide.model import Decision, instant_of_ms, ms_of
from familypair.rules.decide.wire import ACCOUNT, TEEN, TYPES, asked_of
from familypair.schema.decisions import DecisionContext, Evaluated, ItemError
from familypair.schema.policies import By
from familypair.wording import sentence
from familypair_server.auth.principals import Host
from familypair_server.context import Context
from familypair_server.decisions import wire
from familypair_server.decisions.shelf import Entry
from familypair_server.decisions.wire import Evaluation, Outcome
from familypair_server.decisions.written import written
from familypair_server.policies.building import help_for
from familypair_server.problems import Refused, status_of

_ENCODER = msgspec.json.Encoder()
_ENDS: Final = {"deny_on_first_deny": False, "permit_on_first_permit": True}


Alike = tuple[str, str, str, str, bool, bool, bool, bool]
"""See `_alike`."""


async def evaluation(ctx: Context, host: Host, body: bytes) -> bytes:
    """The answer to one question; raises `Refused`."""
    asked = wire.one(body)
    return await _single(ctx, host, asked)


async def evaluations(ctx: Context, host: Host, body: bytes) -> bytes:
    """The answers to many questions; raises `Refused` for a fault of the whole."""
    found = wire.many(body, ctx.settings.questions_per_batch)
    if isinstance(found, Evaluation):
        return await _single(ctx, host, found)
    questions, semantic = found
    now = ctx.clock()
    _charge(ctx, host, len(questions), now)
    return await _several(ctx, host, questions, _ENDS.get(semantic), now)


async def _several(
    ctx: Context,
    host: Host,
    questions: Sequence[Outcome],
    last: bool | None,  # noqa: FBT001 - the decision that ends it
    now: datetime,
) -> bytes:
    """Every question in turn, each subject looked up once, up to the decision that is the last."""
    now_ms, hot = ms_of(now), ctx.decisions.shelf.hot
    entries: dict[str, Entry] = {}
    known: dict[Alike, tuple[bool, bytes]] = {}
    said: list[bytes] = []
    for asked in questions:
        if isinstance(asked, Refusal):
            allowed, text = False, _at_fault(asked, now_ms)
        else:
            subject = asked.subject.id
            entry = entries.get(subject)
            if entry is None:
                key = (host.client_id, subject)
                entry = entries[subject] = hot(key, now_ms) or await _find(ctx, key, now)
            alike = _alike(asked, entry)
            found = known.get(alike) if alike else None
            if found is None:
                answer = _answer(ctx, asked, entry, now_ms)
                found = answer.outcome == "allow", written(answer)
                if alike:
                    known[alike] = found
                elif asked.context:
                    await asyncio.sleep(0)  # words take long to look at, and others wait
            allowed, text = found
        said.append(text)
        if allowed is last:
            break
    return b'{"evaluations":[' + b",".join(said) + b"]}"


async def _single(ctx: Context, host: Host, asked: Evaluation) -> bytes:
    now = ctx.clock()
    _charge(ctx, host, 1, now)
    now_ms = ms_of(now)
    key = (host.client_id, asked.subject.id)
    entry = ctx.decisions.shelf.hot(key, now_ms) or await _find(ctx, key, now)
    return written(_answer(ctx, asked, entry, now_ms))


def _alike(asked: Evaluation, entry: Entry) -> Alike | None:
    """What an answer hangs on, equal for questions that are answered alike at one instant.

    A batch asks the same of many accounts; most differ in nothing that a rule looks at. None where
    more is looked at than what is here: words, a context, a subject that is nobody.
    """
    resource, snapshot = asked.resource, entry.snapshot
    said = resource.properties.get
    if asked.context or snapshot is None or said("part") is not None or said("account") is not None:
        return None
    if resource.type not in TYPES:
        return None
    contacts = snapshot.contacts
    return (
        asked.subject.type,
        asked.subject.id,
        asked.action.name,
        resource.id if contacts is not None and resource.type == ACCOUNT else "",
        said("suggested") is True,
        said("follows_me") is True,
        said("i_follow") is True,
        said("has_messaged") is True,
    )


async def _find(ctx: Context, key: tuple[str, str], now: datetime) -> Entry:
    return await ctx.decisions.shelf.find(ctx.decisions.source, key, now)


def _answer(ctx: Context, asked: Evaluation, entry: Entry, now_ms: int) -> Decision:
    resource = asked.resource
    question = asked_of(
        asked.action.name, resource.type, resource.id, resource.properties, asked.context or {}
    )
    if entry.snapshot is None or asked.subject.type != TEEN:
        return unknown_subject(question, now_ms, help_for(ctx.settings.country))
    decision = decide_at(entry.snapshot, entry.use, question, now_ms)
    if decision.counted:
        ctx.decisions.stopped.add(entry.teen_id, now_ms)
    return decision


def _at_fault(refusal: Refusal, now_ms: int) -> bytes:
    """A no that says what is wrong with the question (section 7.2.1)."""
    said = sentence(refusal, "guardian")
    error = ItemError(status=status_of(refusal.reason), message=said, pointer=refusal.pointer)
    context = DecisionContext(
        outcome="deny",
        reason=refusal.reason,
        explanation=said,
        decided_by=By.PLATFORM,
        policy_version=0,
        valid_until=instant_of_ms(now_ms),
        error=error,
    )
    return _ENCODER.encode(Evaluated(decision=False, context=context))


def _charge(ctx: Context, host: Host, questions: int, now: datetime) -> None:
    """Take the questions from what the host may still ask this minute; raises `Refused`."""
    most = ctx.settings.questions_per_minute
    wait = ctx.decisions.budget.take(host.client_id, questions, most=most, now=now)
    if wait:
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=wait)
