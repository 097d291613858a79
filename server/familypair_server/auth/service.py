"""Everything that sign-in needs at run time, made once per application."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from familypair_server.auth import oauth
from familypair_server.auth.callers import Callers
from familypair_server.auth.oauth_call import Asked, Surroundings
from familypair_server.auth.oauth_endpoints import build
from familypair_server.auth.oauth_server import Server
from familypair_server.auth.passwords import Passwords
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.live.hub import Hub
from familypair_server.settings import Settings
from familypair_server.storage import Store


@dataclass(frozen=True, eq=False)
class Auth:
    """The parts of sign-in, wired together."""

    issuer: str
    store: Store
    keys: Keys
    random: Random
    clock: Callable[[], datetime]
    hub: Hub
    trusted_proxies: tuple[str, ...]
    server: Server
    callers: Callers
    passwords: Passwords
    signups_per_hour: int

    @property
    def https(self) -> bool:
        """Whether people reach us over TLS; cookies are then bound to it."""
        return self.issuer.startswith("https://")

    def around(self, network: str) -> Surroundings:
        """What an OAuth call may know, now."""
        return Surroundings(self.issuer, self.keys, self.random, self.clock(), network)

    async def perform(self, asked: Asked, network: str, work: oauth.Work) -> oauth.Outcome:
        """Do one OAuth request; families that it ended are dead when this returns."""
        outcome = await oauth.perform(self.store, asked, self.around(network), work)
        self.ended(outcome.ended)
        return outcome

    def ended(self, session_ids: Iterable[str]) -> None:
        """Make a committed revocation bite at once: cached callers and open streams."""
        gone = tuple(session_ids)
        if gone:
            self.callers.forget(*gone)
            for session_id in gone:
                self.hub.cut_session(session_id)


def make(
    settings: Settings,
    *,
    store: Store,
    keys: Keys,
    random: Random,
    clock: Callable[[], datetime],
    hub: Hub,
) -> Auth:
    """Wire the parts; raises when the environment would weaken them."""
    issuer = settings.base_url()
    return Auth(
        issuer=issuer,
        store=store,
        keys=keys,
        random=random,
        clock=clock,
        hub=hub,
        trusted_proxies=settings.trusted_proxies,
        server=build(issuer),
        callers=Callers(store),
        passwords=Passwords(settings.password_cost),
        signups_per_hour=settings.signups_per_hour,
    )
