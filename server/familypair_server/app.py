"""Build the ASGI application from its parts. Nothing happens at import."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from litestar import Litestar, get
from litestar.di import NamedDependency, Provide

from familypair_server import keys as keys_module
from familypair_server import openapi
from familypair_server.context import Clock, Context
from familypair_server.demo import DemoClock
from familypair_server.demo import routes as demo_routes
from familypair_server.edge import Edge
from familypair_server.ids import Random, SystemRandom
from familypair_server.jobs.runner import Runner
from familypair_server.live.hub import Hub
from familypair_server.problems import HANDLERS
from familypair_server.settings import Settings
from familypair_server.storage import Store
from familypair_server.storage.health import ping
from familypair_server.storage.migrate import migrate
from familypair_server.storage.opening import open_store

BODY_BYTES = 64 * 1024
"""Most bytes of a body where a route does not say less (contract.md)."""

TAKE_OVER = 2.0
"""Seconds that a start waits for the process before it to let go of a SQLite file."""


def utc_now() -> datetime:
    """The system clock, aware and in UTC."""
    return datetime.now(UTC)


@get("/healthz", sync_to_thread=False, tags=["service"])
def healthz() -> dict[str, str]:
    """Alive: the process answers."""
    return {"status": "ok"}


@get("/readyz", tags=["service"])
async def readyz(ctx: NamedDependency[Context]) -> dict[str, str]:
    """Ready: the database answers too."""
    await ctx.store.read(ping())
    return {"status": "ready"}


class Application(Edge):
    """The whole service as one ASGI application; `context` appears when it has started."""

    def __init__(self, litestar: Litestar, random: Random, holder: dict[str, Context]) -> None:
        super().__init__(litestar, random)
        self.litestar = litestar
        self._holder = holder

    @property
    def context(self) -> Context:
        """The injected parts; raises `KeyError` before the start."""
        return self._holder["ctx"]

    def lifespan(self) -> Any:
        """Start and stop the application in the caller's event loop, for tests and embedding."""
        return self.litestar.lifespan()


def create_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    random: Random | None = None,
    store: Store | None = None,
) -> Application:
    """The service as an ASGI application to serve or to mount.

    `store` is for tests and embedding: it is used and left open. Without it the database of the
    settings is opened at start (migrated first) and closed at the end.
    """
    source = random or SystemRandom()
    demo_clock = DemoClock(settings.demo_days) if settings.demo else None
    clock = demo_clock or clock
    holder: dict[str, Context] = {}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        opened = store or await open_ready(settings, clock)
        ctx = _context(settings, opened, clock, source)
        holder["ctx"] = ctx
        forget = opened.on_commit(ctx.hub.wake)
        runner = Runner(ctx)
        runner.start()
        if demo_clock:
            demo_clock.on_skip = runner.wake
        try:
            yield
        finally:
            forget()
            await runner.stop()
            await ctx.hub.close_all()
            if store is None:
                await opened.close()

    extra = demo_routes(demo_clock) if demo_clock else []
    litestar = _litestar(holder, lifespan, extra)
    return Application(litestar, source, holder)


async def open_ready(settings: Settings, clock: Clock) -> Store:
    """The database of the settings, migrated; raises `StorageError`."""
    await migrate(settings.database, now=clock(), wait=TAKE_OVER)
    return await open_store(settings.database)


def _context(settings: Settings, store: Store, clock: Clock, random: Random) -> Context:
    keys = keys_module.load_or_create(settings.secret_path(), random)
    return Context(settings, store, clock, random, keys, Hub())


def _litestar(
    holder: dict[str, Context], lifespan: Callable[[Litestar], Any], extra: Sequence[Any]
) -> Litestar:
    from familypair_server import bodies  # noqa: PLC0415
    from familypair_server.auth.wiring import (  # noqa: PLC0415
        authentication,
        provide_caller,
        provide_host,
    )
    from familypair_server.routes import ROUTES  # noqa: PLC0415

    async def provide_context() -> Context:
        return holder["ctx"]

    return Litestar(
        [healthz, readyz, *ROUTES, *extra],
        dependencies={
            "ctx": Provide(provide_context),
            "caller": Provide(provide_caller),
            "host": Provide(provide_host),
        },
        before_request=bodies.check,
        exception_handlers=HANDLERS,
        lifespan=[lifespan],
        middleware=[authentication(lambda: holder["ctx"])],
        openapi_config=openapi.config(),
        request_max_body_size=BODY_BYTES,
        logging_config=None,
    )
