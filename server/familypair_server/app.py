"""Build the ASGI application from its parts. Nothing happens at import."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from litestar import Litestar, get
from litestar.di import NamedDependency, Provide

from familypair_server import keys as keys_module
from familypair_server import openapi
from familypair_server.context import Clock, Context
from familypair_server.decisions.running import deciding
from familypair_server.decisions.state import Decisions
from familypair_server.demo import DemoClock
from familypair_server.demo import routes as demo_routes
from familypair_server.edge import Edge
from familypair_server.ids import Random, SystemRandom
from familypair_server.jobs.runner import Runner
from familypair_server.live.hub import EVERY, Hub
from familypair_server.packs.kept import keeping
from familypair_server.problems import HANDLERS
from familypair_server.settings import Settings
from familypair_server.storage import Store
from familypair_server.storage.health import ping
from familypair_server.storage.migrate import migrate
from familypair_server.storage.opening import open_store
from familypair_server.webhooks.courier import Courier

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


Life = Callable[[], AbstractAsyncContextManager[Context]]
"""Makes the parts of an application for as long as it runs."""


class Shell:
    """The routes of an application, without any part; `life` fills it while it runs.

    Making the routes takes a tenth of a second, so who starts many applications one after the other
    (tests do) may use a shell again.
    """

    def __init__(self, extra: Sequence[Any]) -> None:
        from familypair_server.auth.wiring import authentication  # noqa: PLC0415
        from familypair_server.decisions.direct import direct  # noqa: PLC0415

        self.life: Life | None = None
        self._context: Context | None = None
        sign_in = authentication(lambda: self.context)
        self.direct = direct(lambda: self.context, sign_in.auth)
        self.litestar = _litestar(lambda: self.context, self._live, [sign_in], extra)

    @property
    def context(self) -> Context:
        """The injected parts; raises `RuntimeError` while the application does not run."""
        if self._context is None:
            raise RuntimeError("the application does not run")
        return self._context

    @asynccontextmanager
    async def _live(self, _: Litestar) -> AsyncGenerator[None, None]:
        if self.life is None:
            raise RuntimeError("the shell belongs to no application")
        async with self.life() as ctx:
            self._context = ctx
            yield
        self._context = None


class Application(Edge):
    """The whole service as one ASGI application; `context` appears when it has started."""

    def __init__(self, shell: Shell, random: Random, life: Life) -> None:
        super().__init__(shell.litestar, random, shell.direct)
        self.litestar = shell.litestar
        self._shell = shell
        self._life = life
        self._context: Context | None = None
        shell.life = self._live

    @property
    def context(self) -> Context:
        """The injected parts of the last start; raises `RuntimeError` before the first."""
        if self._context is None:
            raise RuntimeError("the application has not started")
        return self._context

    def lifespan(self) -> Any:
        """Start and stop the application in the caller's event loop, for tests and embedding."""
        self._shell.life = self._live
        return self.litestar.lifespan()

    @asynccontextmanager
    async def _live(self) -> AsyncGenerator[Context, None]:
        async with self._life() as ctx:
            self._context = ctx
            yield ctx


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

    @asynccontextmanager
    async def life() -> AsyncGenerator[Context, None]:
        opened = store or await open_ready(settings, clock)
        ctx = _context(settings, opened, clock, source)
        forget = opened.on_commit(ctx.hub.wake)
        ctx.packs.on_change(lambda: ctx.hub.wake((EVERY,)))
        runner, courier = Runner(ctx), Courier(ctx)
        runner.start()
        courier.start()
        if demo_clock:
            demo_clock.on_skip = lambda: [job.wake() for job in (runner, courier)]
        try:
            async with keeping(ctx.packs, ctx.store), deciding(ctx):
                yield ctx
        finally:
            forget()
            await runner.stop()
            await courier.stop()
            await ctx.hub.close_all()
            if store is None:
                await opened.close()

    extra = demo_routes(demo_clock) if demo_clock else []
    return Application(Shell(extra), source, life)


async def open_ready(settings: Settings, clock: Clock) -> Store:
    """The database of the settings, migrated; raises `StorageError`."""
    await migrate(settings.database, now=clock(), wait=TAKE_OVER)
    return await open_store(settings.database)


def _context(settings: Settings, store: Store, clock: Clock, random: Random) -> Context:
    keys = keys_module.load_or_create(settings.secret_path(), random)
    decisions = Decisions(settings.decision_cache_mb * 1024 * 1024)
    return Context(settings, store, clock, random, keys, Hub(), decisions=decisions)


def _litestar(
    context: Callable[[], Context],
    lifespan: Callable[[Litestar], Any],
    middleware: Sequence[Any],
    extra: Sequence[Any],
) -> Litestar:
    from familypair_server import bodies  # noqa: PLC0415
    from familypair_server.auth.wiring import provide_caller, provide_host  # noqa: PLC0415
    from familypair_server.routes import ROUTES  # noqa: PLC0415

    async def provide_context() -> Context:
        return context()

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
        middleware=middleware,
        openapi_config=openapi.config(),
        request_max_body_size=BODY_BYTES,
        logging_config=None,
    )
