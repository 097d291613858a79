"""Webhooks over HTTP: a host app says where it wants to be told what."""

from typing import Annotated, Literal, TypeVar

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from familypair.schema.webhooks import (
    Deliveries,
    Delivery,
    Replayed,
    WebhookAsk,
    Webhooks,
    WebhookSecret,
)
from familypair_server.auth.principals import Host, requires_host
from familypair_server.context import Context
from familypair_server.idempotency import Key, once, provide_host_key
from familypair_server.storage import Transaction
from familypair_server.webhooks import deliveries, service
from familypair_server.webhooks.service import Office

HOST = ["host apps"]
POLICY = [requires_host("policy:read")]
KEYED = {"key": Provide(provide_host_key)}
After = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9_]*(?!\n)$")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]
State = Annotated[
    Literal["waiting", "delivered", "failed"] | None,
    QueryParameter(name="state", description="Only those that stand so."),
]

T = TypeVar("T")


@post("/v1/webhooks", guards=POLICY, tags=HOST, dependencies=KEYED)
async def create_webhook(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    key: NamedDependency[Key | None],
    data: JSONBody[WebhookAsk],
) -> WebhookSecret:
    """Be told at an https address what happens from now on; the secret is shown this once.

    Messages follow Standard Webhooks 1.0.0. Private and local addresses are refused (422), also
    later, when a name turns out to mean one.
    """
    ask = _office(ctx, host)
    return await _once(ctx, ask, key, service.create(ask, data), WebhookSecret)


@get("/v1/webhooks", guards=POLICY, tags=HOST)
async def get_webhooks(ctx: NamedDependency[Context], host: NamedDependency[Host]) -> Webhooks:
    """All webhooks of this host, without their secrets."""
    return await ctx.store.read(service.webhooks(_office(ctx, host)))


@delete("/v1/webhooks/{webhook_id:str}", guards=POLICY, tags=HOST)
async def delete_webhook(
    ctx: NamedDependency[Context], host: NamedDependency[Host], webhook_id: FromPath[str]
) -> None:
    """Send nothing there any more, and forget what was sent."""
    await ctx.store.run(service.drop(_office(ctx, host), webhook_id))


@post(
    "/v1/webhooks/{webhook_id:str}/secret",
    guards=POLICY,
    tags=HOST,
    dependencies=KEYED,
    status_code=200,
)
async def rotate_secret(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    key: NamedDependency[Key | None],
    webhook_id: FromPath[str],
) -> WebhookSecret:
    """Get another secret; for 24 hours the old one signs too, so that no message is refused."""
    ask = _office(ctx, host)
    return await _once(ctx, ask, key, service.rotate(ask, webhook_id), WebhookSecret)


@post(
    "/v1/webhooks/{webhook_id:str}/test",
    guards=POLICY,
    tags=HOST,
    dependencies=KEYED,
    status_code=202,
)
async def test_webhook(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    key: NamedDependency[Key | None],
    webhook_id: FromPath[str],
) -> Delivery:
    """Send a `ping`, to try whether messages arrive; a webhook that was disabled is enabled."""
    ask = _office(ctx, host)
    return await _once(ctx, ask, key, deliveries.test(ask, webhook_id), Delivery)


@get("/v1/webhooks/{webhook_id:str}/deliveries", guards=POLICY, tags=HOST)
async def get_deliveries(  # noqa: PLR0917 - dependencies and the query
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    webhook_id: FromPath[str],
    standing: State = None,
    after: FromQuery[After] = "",
    limit: FromQuery[Limit] = 50,
) -> Deliveries:
    """What became of each message, the newest first; delivered ones for 7 days, failed for 30."""
    ask = _office(ctx, host)
    work = deliveries.page(ask, webhook_id, state=standing, after=after, limit=limit)
    return await ctx.store.read(work)


@post(
    "/v1/webhooks/{webhook_id:str}/deliveries/{delivery_id:str}/replay",
    guards=POLICY,
    tags=HOST,
    status_code=202,
)
async def replay_delivery(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    webhook_id: FromPath[str],
    delivery_id: FromPath[str],
) -> Delivery:
    """Send one message again, under its old id; a webhook that was disabled is enabled."""
    return await ctx.store.run(deliveries.replay(_office(ctx, host), webhook_id, delivery_id))


@post("/v1/webhooks/{webhook_id:str}/deliveries/replay", guards=POLICY, tags=HOST, status_code=202)
async def replay_failed(
    ctx: NamedDependency[Context], host: NamedDependency[Host], webhook_id: FromPath[str]
) -> Replayed:
    """Send every failed message again, under their old ids and in their old order."""
    return await ctx.store.run(deliveries.replay_failed(_office(ctx, host), webhook_id))


def _office(ctx: Context, host: Host) -> Office:
    return Office(
        host_id=host.client_id,
        now=ctx.clock(),
        keys=ctx.keys,
        random=ctx.random,
        loopback=ctx.settings.webhook_loopback,
    )


async def _once(
    ctx: Context, ask: Office, key: Key | None, work: Transaction[T], kind: type[T]
) -> T:
    return await ctx.store.run(
        once(key, work, type=kind, keys=ask.keys, random=ask.random, now=ask.now)
    )


ROUTES = [
    create_webhook,
    get_webhooks,
    delete_webhook,
    rotate_secret,
    test_webhook,
    get_deliveries,
    replay_delivery,
    replay_failed,
]
