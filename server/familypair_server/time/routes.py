"""The balance, gifts and codes over HTTP."""

from datetime import date
from typing import Annotated, TypeVar

from litestar import delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter

from familypair.reasons import Refusal
from familypair.schema import time as wire
from familypair_server.auth.principals import Caller, requires
from familypair_server.context import Context
from familypair_server.idempotency import Key, once, provide_key
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused
from familypair_server.settings_api.policies import must_load
from familypair_server.settings_api.settling import run_settled
from familypair_server.storage import Transaction, Txn, transaction
from familypair_server.teens.looks import Page, record
from familypair_server.time import codes, grants, views
from familypair_server.time.acts import Act

TAGS = ["time"]
FAMILY = [requires("guardian", "teen")]
READER = [requires("guardian", "teen", "adult")]
GUARDIAN = [requires("guardian")]
TEEN = [requires("teen")]
KEYED = {"key": Provide(provide_key)}

T = TypeVar("T")


@get("/v1/teens/{teen_id:str}/time", guards=READER, tags=TAGS)
async def get_time(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    first: Annotated[date | None, QueryParameter(name="from")] = None,
    last: Annotated[date | None, QueryParameter(name="to")] = None,
) -> wire.Time:
    """Today's balance as arithmetic, and use by day: `from` to `to`, the last 7 days by default.

    At most 28 days at once. A guardian's open day moves in steps of 15 minutes.
    """
    seen = await ctx.store.read(views.time(_act(ctx, caller, teen_id), first, last))
    await record(ctx, caller, teen_id, Page.TIME)
    return seen


@post("/v1/teens/{teen_id:str}/grants", guards=FAMILY, tags=TAGS, dependencies=KEYED)
async def create_grant(
    data: JSONBody[wire.GrantAsk],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
) -> wire.Grant:
    """Give minutes for today, unasked; the caller's own layer gains them.

    A teen without a guardian who may set time goes on by an own, recorded choice.
    """
    act = _act(ctx, caller, teen_id)
    return await _kept(ctx, act, key, grants.grant(act, data), wire.Grant)


@post("/v1/teens/{teen_id:str}/grants/preview", guards=FAMILY, tags=TAGS, status_code=200)
async def preview_grant(
    data: JSONBody[wire.GrantAsk],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
) -> wire.GrantPreview:
    """What a gift would do before it is given: "+30, of which 0 now: another rule also limits"."""
    return await ctx.store.read(grants.preview(_act(ctx, caller, teen_id), data))


@post("/v1/grants/{grant_id:str}/accept", guards=TEEN, tags=TAGS, status_code=200)
async def accept_grant(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    grant_id: FromPath[str],
) -> wire.Grant:
    """Take a gift that waits because the teen's own rule binds."""
    act = _act(ctx, caller, await ctx.store.read(grants.find_teen(grant_id)))
    return await run_settled(ctx, grants.accept(act, grant_id), act.now)


@delete("/v1/grants/{grant_id:str}", guards=FAMILY, tags=TAGS, status_code=200)
async def undo_grant(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    grant_id: FromPath[str],
) -> wire.Grant:
    """Take back the part of the caller's own gift that has not been used."""
    act = _act(ctx, caller, await ctx.store.read(grants.find_teen(grant_id)))
    return await run_settled(ctx, grants.undo(act, grant_id), act.now)


@post("/v1/teens/{teen_id:str}/codes", guards=GUARDIAN, tags=TAGS, dependencies=KEYED)
async def create_code(
    data: JSONBody[wire.CodeAsk],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
    teen_id: FromPath[str],
) -> wire.Code:
    """A one-time code for this teen and day: 6 digits, 10 minutes. It ends the caller's older one.

    `codes_stopped` where the caller's own rule stops at the limit.
    """
    act = _act(ctx, caller, teen_id)
    return await _kept(ctx, act, key, codes.make(act, data), wire.Code)


@delete("/v1/codes/{code_id:str}", guards=GUARDIAN, tags=TAGS, status_code=200)
async def withdraw_code(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    code_id: FromPath[str],
) -> wire.Code:
    """Take an unused code back."""
    act = _act(ctx, caller, await ctx.store.read(codes.find_teen(code_id)))
    return await run_settled(ctx, codes.withdraw(act, code_id), act.now)


@post("/v1/codes/redeem", guards=TEEN, tags=TAGS, status_code=200, dependencies=KEYED)
async def redeem_code(
    data: JSONBody[wire.CodeRedeem],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    key: NamedDependency[Key | None],
) -> wire.CodeRedeemed:
    """Enter a code. Wrong, used, expired and foreign codes get one answer; 5 tries a day."""
    act = _act(ctx, caller, caller.account_id)
    answer = await _kept(ctx, act, key, codes.redeem(act, data.code), wire.CodeRedeemed)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def _act(ctx: Context, caller: Caller, teen_id: str) -> Act:
    desk = Desk.of(ctx.settings, ctx.keys, ctx.random)
    return Act(desk=desk, teen_id=teen_id, caller_id=caller.account_id, now=ctx.clock())


async def _kept(
    ctx: Context, act: Act, key: Key | None, work: Transaction[T], kind: type[object]
) -> T:
    """Do the work once for its key; the caller must still be allowed to read the teen."""
    return await run_settled(ctx, _once(act, key, work, kind), act.now)


@transaction
def _once(act: Act, key: Key | None, work: Transaction[T], kind: type[object]) -> Txn[T]:
    desk = act.desk
    if key is not None:
        yield from must_load(act.teen_id, act.caller_id, desk.keys, act.now)
    whole = once(key, work, type=kind, keys=desk.keys, random=desk.random, now=act.now)
    return (yield from whole)


ROUTES = [
    get_time,
    create_grant,
    preview_grant,
    accept_grant,
    undo_grant,
    create_code,
    withdraw_code,
    redeem_code,
]
