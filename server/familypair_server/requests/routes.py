"""Requests, agreements and standing yeses over HTTP (product.md section 6)."""

from typing import Annotated, TypeVar

from litestar import delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter

from familypair.schema.requests import (
    Agreement,
    AgreementAsk,
    Agreements,
    ApproveAsk,
    AutoRule,
    AutoRuleAsk,
    AutoRules,
    CounterAsk,
    DeclineAsk,
    NoteAsk,
    Request,
    RequestAsk,
    Requests,
    ReviewAsk,
)
from familypair_server.auth.principals import Caller, requires
from familypair_server.context import Context
from familypair_server.idempotency import Key, provide_key
from familypair_server.links.desk import Desk
from familypair_server.requests import agreeing, answering, asking, auto_rules, reading, repeats
from familypair_server.requests.standing import Asker
from familypair_server.settings_api.settling import run_settled
from familypair_server.storage import Transaction

TAGS = ["requests"]
FAMILY = [requires("guardian", "teen", "adult")]
KEYED = {"key": Provide(provide_key)}
"""Routes that create: `Idempotency-Key` makes repeating them safe."""
T = TypeVar("T")
After = Annotated[str, Parameter(max_length=40)]


@get("/v1/teens/{teen_id:str}/requests", guards=FAMILY, tags=TAGS)
async def get_requests(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    after: FromQuery[After] = "",
) -> Requests:
    """The teen's requests, or those that the calling guardian was asked, newest first."""
    return await ctx.store.read(reading.page(_asker(ctx, caller), teen_id, after))


@post("/v1/teens/{teen_id:str}/requests", guards=FAMILY, tags=TAGS, dependencies=KEYED)
async def ask(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
    data: JSONBody[RequestAsk],
) -> Request:
    """The teen asks for an exact change. Exactly those whose rules stand in the way are asked.

    422 `nothing_in_the_way` or `cap_in_the_way`, 409 `frozen_in_the_way` or `already_asked`, 429
    for more than five open ones, or for what was declined today.
    """
    who = _asker(ctx, caller)
    return await _begin(ctx, who, key, teen_id, asking.begin(who, teen_id, data))


@get("/v1/requests/{request_id:str}", guards=FAMILY, tags=TAGS)
async def get_request(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], request_id: FromPath[str]
) -> Request:
    """One request, for the teen and for those who were asked."""
    return await ctx.store.read(reading.one(_asker(ctx, caller), request_id))


@post(
    "/v1/requests/{request_id:str}/approve",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def approve(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    request_id: FromPath[str],
    data: JSONBody[ApproveAsk],
) -> Request:
    """A guardian's yes, to all of it or to fewer minutes. The last yes makes it take effect.

    409 `request_closed` says what happened when somebody else was first.
    """
    who = _asker(ctx, caller)
    return await _answer(ctx, who, key, request_id, answering.approve(who, request_id, data))


@post(
    "/v1/requests/{request_id:str}/decline",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def decline(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    request_id: FromPath[str],
    data: JSONBody[DeclineAsk],
) -> Request:
    """A guardian's no; one no closes the request. The teen reads the reason."""
    who = _asker(ctx, caller)
    return await _answer(ctx, who, key, request_id, answering.decline(who, request_id, data))


@post(
    "/v1/requests/{request_id:str}/counter",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def counter(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    request_id: FromPath[str],
    data: JSONBody[CounterAsk],
) -> Request:
    """Another offer of the same kind, which the teen accepts or lets go."""
    who = _asker(ctx, caller)
    return await _answer(ctx, who, key, request_id, answering.counter(who, request_id, data))


@post(
    "/v1/requests/{request_id:str}/accept",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def accept(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    request_id: FromPath[str],
) -> Request:
    """The teen takes the offer. Whoever else stands in its way is asked then."""
    who = _asker(ctx, caller)
    return await _answer(ctx, who, key, request_id, answering.accept(who, request_id))


@post(
    "/v1/requests/{request_id:str}/withdraw",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def withdraw(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    request_id: FromPath[str],
) -> Request:
    """The teen takes it back, at any time."""
    who = _asker(ctx, caller)
    return await _answer(ctx, who, key, request_id, answering.withdraw(who, request_id))


@post(
    "/v1/requests/{request_id:str}/notes",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    dependencies=KEYED,
)
async def note(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    request_id: FromPath[str],
    data: JSONBody[NoteAsk],
) -> Request:
    """A line for the teen and those who were asked, while the request is open."""
    who = _asker(ctx, caller)
    return await _answer(ctx, who, key, request_id, answering.note(who, request_id, data))


@get("/v1/teens/{teen_id:str}/agreements", guards=FAMILY, tags=TAGS)
async def get_agreements(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> Agreements:
    """The agreements that the caller is part of, newest first."""
    return await ctx.store.read(agreeing.listed(_asker(ctx, caller), teen_id))


@post("/v1/teens/{teen_id:str}/agreements", guards=FAMILY, tags=TAGS, dependencies=KEYED)
async def propose(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
    data: JSONBody[AgreementAsk],
) -> Request:
    """The teen proposes a plan; it is answered like any request, and marked when it is agreed."""
    who = _asker(ctx, caller)
    body = RequestAsk(wish=data.plan, reason=data.reason)
    return await _begin(ctx, who, key, teen_id, asking.begin(who, teen_id, body, "/plan"))


@post("/v1/agreements/{agreement_id:str}/review", guards=FAMILY, tags=TAGS, status_code=200)
async def review(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    agreement_id: FromPath[str],
    data: JSONBody[ReviewAsk],
) -> Agreement:
    """Look at an agreement again on a later day, or take its mark off; the rules stay."""
    who = _asker(ctx, caller)
    return await _run(ctx, who, agreeing.review(who, agreement_id, data))


@get("/v1/teens/{teen_id:str}/auto-rules", guards=FAMILY, tags=TAGS)
async def get_auto_rules(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> AutoRules:
    """Standing yeses: the teen sees all of them, a guardian their own."""
    return await ctx.store.read(auto_rules.listed(_asker(ctx, caller), teen_id))


@post("/v1/teens/{teen_id:str}/auto-rules", guards=FAMILY, tags=TAGS, dependencies=KEYED)
async def add_auto_rule(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
    data: JSONBody[AutoRuleAsk],
) -> AutoRule:
    """A guardian's standing yes: so many minutes, so many times a day, on these weekdays."""
    who = _asker(ctx, caller)
    work = auto_rules.make(who, teen_id, data)
    fence = repeats.about_teen(who, teen_id)
    return await _run(ctx, who, repeats.repeatable(who, key, fence, work, AutoRule))


@delete("/v1/auto-rules/{rule_id:str}", guards=FAMILY, tags=TAGS)
async def remove_auto_rule(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], rule_id: FromPath[str]
) -> None:
    """The guardian ends their standing yes; what it has given stays."""
    who = _asker(ctx, caller)
    await _run(ctx, who, auto_rules.remove(who, rule_id))


def _asker(ctx: Context, caller: Caller) -> Asker:
    desk = Desk.of(ctx.settings, ctx.keys, ctx.random)
    return Asker(desk=desk, caller_id=caller.account_id, now=ctx.clock())


async def _begin(
    ctx: Context, who: Asker, key: Key | None, teen_id: str, work: Transaction[Request]
) -> Request:
    fence = repeats.about_teen(who, teen_id)
    return await _run(ctx, who, repeats.repeatable(who, key, fence, work, Request))


async def _answer(
    ctx: Context, who: Asker, key: Key | None, request_id: str, work: Transaction[Request]
) -> Request:
    fence = repeats.about_request(who, request_id)
    return await _run(ctx, who, repeats.repeatable(who, key, fence, work, Request))


async def _run(ctx: Context, who: Asker, work: Transaction[T]) -> T:
    return await run_settled(ctx, work, who.now)


ROUTES = [
    get_requests,
    ask,
    get_request,
    approve,
    decline,
    counter,
    accept,
    withdraw,
    note,
    get_agreements,
    propose,
    review,
    get_auto_rules,
    add_auto_rule,
    remove_auto_rule,
]
