"""The live stream over HTTP."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.types import ASGIApp

from familypair.reasons import Reason
from familypair_server.auth.principals import Caller, requires
from familypair_server.context import Context
from familypair_server.links.desk import Desk
from familypair_server.links.service import settled
from familypair_server.live import cursor as cursors
from familypair_server.live import poll, service, subjects
from familypair_server.live.clients import Client
from familypair_server.live.cursor import Cursor
from familypair_server.live.hub import STREAMS_PER_ACCOUNT, TooManyStreams
from familypair_server.live.service import Look
from familypair_server.live.stream import EventStream, Feed
from familypair_server.problems import refuse


@get(
    "/v1/events",
    guards=[requires("guardian", "teen", "adult")],
    tags=["live"],
    media_type="text/event-stream",
)
async def get_events(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    caller: NamedDependency[Caller],
) -> ASGIApp:
    """Server-sent events: inbox entries of every teen the caller may see, resumable without a gap.

    `Last-Event-ID` resumes. Without one, and with one that is not ours, the first event is `reset`
    with where each inbox ends. `entry` carries an entry, `pending` the caller's open invitations
    (whole, at first and on change), `gone` a teen who is no longer theirs to see. 5 streams each.
    """
    client = Client(
        account_id=caller.account_id,
        is_guardian=caller.kind == "guardian",
        session_id=caller.session_id,
        token_expires=caller.token_expires,
    )
    desk = Desk.of(ctx.settings, ctx.keys, ctx.random)

    async def look(cursor: Cursor | None, changed: frozenset[str] | None) -> Look:
        now = ctx.clock()
        seen = await ctx.store.read(service.look(desk, client, cursor, now, changed))
        if seen.due:
            await settled(ctx.store, seen.due, now, ctx.random, ctx.keys)
        return seen

    def sign(cursor: Cursor) -> str:
        return cursors.encode(cursor, ctx.keys, client.account_id)

    sent = request.headers.get("last-event-id", "")
    feed = Feed(sign, cursors.decode(sent, ctx.keys, client.account_id))
    try:
        subscription = ctx.hub.subscribe(client.account_id, client.session_id)
    except TooManyStreams as error:
        raise refuse(Reason.TOO_MANY_STREAMS, max=STREAMS_PER_ACCOUNT) from error
    poll.ensure(ctx.hub, ctx.store)
    return EventStream(
        hub=ctx.hub,
        subscription=subscription,
        look=look,
        feed=feed,
        expires_in=(client.token_expires - ctx.clock()).total_seconds(),
    )


subjects.collect()

ROUTES = [get_events]
