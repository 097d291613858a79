"""A look at sign-in from inside, for what no page shows."""

from familypair_server.auth import sessions
from familypair_server.auth.service import Auth
from familypair_server.auth.sessions import WebSession
from familypair_server.auth.wiring import Authentication
from familypair_server.storage import Statement, Txn, transaction
from support.server import Person, Running

_guesses = Statement("SELECT COUNT(*) FROM guess", int)


def auth_of(server: Running) -> Auth:
    """The application's own parts."""
    middleware = next(m for m in server.app.litestar.middleware if isinstance(m, Authentication))
    return middleware.auth()


async def only_session(server: Running, person: Person) -> WebSession:
    """The browser session of a person's cookie."""
    cookie = person.web.cookies["__Host-fp_session"]
    found = await server.store.read(sessions.find(cookie=cookie, now=server.clock()))
    assert found is not None
    return found[0]


async def guesses(server: Running) -> int:
    """Rows in the table of counters."""
    found = await server.store.read(_count())
    return found or 0


@transaction
def _count() -> Txn[int | None]:
    return (yield from _guesses.one())
