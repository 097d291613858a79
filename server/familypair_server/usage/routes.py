"""Use over HTTP: hosts report it, and whoever may see it takes it along as a file."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from familypair.reasons import Reason, Refusal
from familypair.schema.usage import UsageReport, UsageTaken
from familypair_server.auth.principals import Caller, Host, requires, requires_host
from familypair_server.context import Context
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused
from familypair_server.teens.looks import Page, record
from familypair_server.usage.export import export
from familypair_server.usage.service import Batch, take
from familypair_server.usage.wire import not_utc

BODY_BYTES = 1024 * 1024
"""Most bytes of a report (contract.md)."""
CSV = "text/csv"
FAMILY = [requires("guardian", "teen", "adult")]
REPORTING = [requires_host("usage:write")]
From = Annotated[date | None, QueryParameter(name="from", description="The first day.")]
To = Annotated[date | None, QueryParameter(name="to", description="The last day.")]


@post(
    "/v1/usage",
    guards=REPORTING,
    tags=["host apps"],
    status_code=200,
    request_max_body_size=BODY_BYTES,
)
async def report_usage(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    data: JSONBody[UsageReport],
) -> UsageTaken:
    """Report intervals of use in UTC; each is judged by itself, and the others are kept.

    `(device, seq)` names an interval: sending it again is harmless, with other content it is
    `seq_conflict`. What lies outside of this device's last report and now is clipped and stays
    unknown. Durable before it is answered; of a batch over several teens each teen's part is all
    or nothing by itself. Send the batches of one device one after another. More intervals than
    this app may send in a minute are 429 with `Retry-After`, the batch as a whole.
    """
    _refuse_flood(ctx, host.client_id, len(data.intervals))
    zones = not_utc(await request.body())
    batch = Batch(host.client_id, data.intervals, zones, standing=data.standing)
    desk = Desk.of(ctx.settings, ctx.keys, ctx.random)
    return await take(ctx.store, desk, batch, ctx.clock())


def _refuse_flood(ctx: Context, host_id: str, items: int) -> None:
    wait = ctx.budget.take(host_id, items, most=ctx.settings.usage_per_minute, now=ctx.clock())
    if wait:
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=wait)


@get("/v1/teens/{teen_id:str}/time/export", guards=FAMILY, tags=["time"], media_type=CSV)
async def export_time(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    first: From = None,
    last: To = None,
) -> Response[str]:
    """The last 28 days as a CSV file: what the caller may see of them, and no more."""
    work = export(ctx.keys, teen_id, caller.account_id, first=first, last=last, now=ctx.clock())
    file = await ctx.store.read(work)
    await record(ctx, caller, teen_id, Page.TIME)
    disposition = 'attachment; filename="family-pairing-time.csv"'
    return Response(file, headers={"Content-Disposition": disposition})


ROUTES = [report_usage, export_time]
