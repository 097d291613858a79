"""The effective calendar over HTTP, and an iCalendar file as a draft."""

import asyncio

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from familypair.schema.time import Calendar, CalendarDraft, CalendarImport
from familypair_server.auth.principals import Caller, requires
from familypair_server.calendar import service
from familypair_server.calendar.child import read_file
from familypair_server.calendar.reader import Order
from familypair_server.calendar.service import Asking
from familypair_server.context import Context
from familypair_server.teens.looks import Page, record

TAGS = ["time"]
FAMILY = [requires("guardian", "teen", "adult")]
BODY_BYTES = 1024 * 1024
"""Most bytes of a file with what is around it (contract.md)."""


@get("/v1/teens/{teen_id:str}/calendar", guards=FAMILY, tags=TAGS)
async def get_calendar(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], teen_id: FromPath[str]
) -> Calendar:
    """The next 7 days: blocks, quiet times and wind-down, each stretch with who decided it.

    Days are the teen's own, as two instants; another guardian is named only as one, and only
    where their rule decides.
    """
    view = await ctx.store.read(service.effective(_asking(ctx, caller, teen_id)))
    seen = await asyncio.to_thread(service.shown, teen_id, view)
    await record(ctx, caller, teen_id, Page.TIME)
    return seen


@post(
    "/v1/teens/{teen_id:str}/calendar/import",
    guards=FAMILY,
    tags=TAGS,
    status_code=200,
    request_max_body_size=BODY_BYTES,
)
async def import_calendar(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
    teen_id: FromPath[str],
    data: JSONBody[CalendarImport],
) -> CalendarDraft:
    """A school's or custody calendar (RFC 5545) as a draft of the caller's own exceptions.

    Nothing is saved: preview the patch, then send it to the caller's layer. Events of the next 366
    days are taken, repeated ones each time; a file that cannot be read is `bad_calendar`.
    """
    drawn = await ctx.store.read(service.before_import(_asking(ctx, caller, teen_id)))
    wish = service.wanted(drawn, data)
    found = await read_file(Order(ics=data.ics, first=wish.today, last=wish.last))
    return await asyncio.to_thread(service.draft, drawn, wish, found)


def _asking(ctx: Context, caller: Caller, teen_id: str) -> Asking:
    return Asking(teen_id=teen_id, caller_id=caller.account_id, keys=ctx.keys, now=ctx.clock())


ROUTES = [get_calendar, import_calendar]
