"""Host apps over HTTP: their devices; and a teen's bound apps."""

from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from familypair.schema.usage import Apps, Device, DeviceBinding, Devices
from familypair_server.auth.principals import Caller, Host, requires, requires_host
from familypair_server.context import Context
from familypair_server.hosts import service
from familypair_server.hosts.binding import unbind

HOST = ["host apps"]
REPORTING = [requires_host("usage:write")]
TEEN = [requires("teen", "adult")]

After = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[A-Za-z0-9._~-]*(?!\n)$")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=1000)]


@put("/v1/host/devices/{device:str}", guards=REPORTING, tags=HOST)
async def put_device(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    device: FromPath[str],
    data: JSONBody[DeviceBinding],
) -> Device:
    """Say whose device this is, by the teen's id at this host; saying it again is harmless."""
    at = service.named(host.client_id, device)
    return await ctx.store.run(service.bind_device(at, data.teen, ctx.clock()))


@get("/v1/host/devices", guards=REPORTING, tags=HOST)
async def get_devices(
    ctx: NamedDependency[Context],
    host: NamedDependency[Host],
    after: FromQuery[After] = "",
    limit: FromQuery[Limit] = 100,
) -> Devices:
    """The host's own devices by name, each with its teen and its last report."""
    return await ctx.store.read(service.devices(host.client_id, after=after, limit=limit))


@delete("/v1/host/devices/{device:str}", guards=REPORTING, tags=HOST)
async def delete_device(
    ctx: NamedDependency[Context], host: NamedDependency[Host], device: FromPath[str]
) -> None:
    """Say that the device is nobody's any more, so that it can become another teen's."""
    await ctx.store.run(service.release_device(service.named(host.client_id, device)))


@get("/v1/me/apps", guards=TEEN, tags=["accounts"])
async def get_apps(ctx: NamedDependency[Context], caller: NamedDependency[Caller]) -> Apps:
    """The apps that I connected, and what each of them learns."""
    return await ctx.store.read(service.apps(caller.account_id))


@delete("/v1/me/apps/{app_id:str}", guards=TEEN, tags=["accounts"])
async def delete_app(
    ctx: NamedDependency[Context], caller: NamedDependency[Caller], app_id: FromPath[str]
) -> None:
    """Disconnect an app: it stops counting here, and my guardians are told."""
    work = unbind(caller.account_id, app_id, now=ctx.clock(), keys=ctx.keys, random=ctx.random)
    await ctx.store.run(work)


ROUTES = [put_device, get_devices, delete_device, get_apps, delete_app]
