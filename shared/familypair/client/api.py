"""`FamilyPairing`: a signed-in person's client. Every call is typed by `familypair.schema`."""

import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from familypair.client.around import Around
from familypair.client.calls import AccountCalls, InvitationCalls, LinkCalls, TeenCalls
from familypair.client.calls_requests import AgreementCalls, RequestCalls
from familypair.client.calls_settings import SettingsCalls
from familypair.client.calls_time import TimeCalls
from familypair.client.clean import decode
from familypair.client.errors import NotSignedIn, SignInFailed, Unreachable
from familypair.client.http import Transport
from familypair.client.live import HEARTBEAT_TIMEOUT, EventStream, LiveState
from familypair.client.oauth import OAuth
from familypair.client.store import MemoryStore, Saved, Store, TokenStore
from familypair.client.tokens import SIGN_IN, TokenKeeper
from familypair.client.wire import Wire, refusal
from familypair.schema.accounts import Me
from familypair.schema.oauth import DeviceCode, Token

if TYPE_CHECKING:
    import httpx2

DEFAULT_ISSUER = "http://127.0.0.1:8085"
"""Where `familypair-server serve` listens when nothing else is said."""


class FamilyPairing(
    AccountCalls,
    InvitationCalls,
    LinkCalls,
    TeenCalls,
    SettingsCalls,
    TimeCalls,
    RequestCalls,
    AgreementCalls,
):
    """A client for one person at one server; safe to use from many tasks of one event loop.

    Calls raise `NotSignedIn`, `ProblemError` (the server refused), `StepUpNeeded` (a fresh sign-in
    first), `Unreachable` and `BadAnswer`; all are `ClientError` and read as one sentence.
    """

    def __init__(
        self,
        issuer: str,
        *,
        store: Store | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        around: Around | None = None,
    ) -> None:
        """`transport` replaces the network, for instance `httpx2.ASGITransport(app)`."""
        self._around = around or Around()
        self._transport = Transport(issuer, transport)
        self._oauth = OAuth(self._transport)
        self._keeper = TokenKeeper(self._oauth, store or MemoryStore(), self._around)
        self._wire = Wire(self._transport, self._keeper, self._around)

    @classmethod
    def open(
        cls,
        *,
        profile: str = "",
        issuer: str = "",
        home: Path | None = None,
        transport: "httpx2.AsyncBaseTransport | None" = None,
        around: Around | None = None,
    ) -> Self:
        """A client with the token file of `profile` (`FAMILYPAIR_PROFILE`, else `default`).

        The server is `issuer`, else the one that this profile is signed in at, else
        `FAMILYPAIR_ISSUER`, else a server on this machine.
        """
        name = profile or os.environ.get("FAMILYPAIR_PROFILE", "") or "default"
        store = TokenStore(name, home=home)
        saved = store.load()
        known = saved.issuer if saved else os.environ.get("FAMILYPAIR_ISSUER", "")
        chosen = (issuer or known or DEFAULT_ISSUER).rstrip("/")
        elsewhere = saved is not None and saved.issuer != chosen
        return cls(
            chosen,
            # A token is only ever sent to the server that gave it.
            store=OtherServer(store) if elsewhere else store,
            transport=transport,
            around=around,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the session stays signed in."""
        await self._transport.aclose()

    @property
    def issuer(self) -> str:
        """The server's address, without a trailing slash."""
        return self._transport.issuer

    @property
    def session(self) -> Saved | None:
        """Who is signed in here (id, kind, name), without asking the server; None when nobody."""
        return self._keeper.saved()

    async def sign_in_with_device(self, show: Callable[[DeviceCode], None]) -> Me:
        """Sign in by a code typed on another screen; `show` is called once with the code."""
        from familypair.client.signin import device_token  # noqa: PLC0415 - only for a sign-in

        return await self._adopt(await device_token(self._oauth, self._around, show))

    async def sign_in_with_browser(self, show: Callable[[str], None]) -> Me:
        """Sign in on the server's pages; `show` is called once with the address to open."""
        from familypair.client.signin import browser_token  # noqa: PLC0415 - only for a sign-in

        return await self._adopt(await browser_token(self._oauth, self._around, show, fresh=False))

    async def step_up(self, show: Callable[[str], None]) -> None:
        """Sign in again, now, as the same person (RFC 9470); then the refused act can be retried.

        Raises `SignInFailed` with `wrong_account` when somebody else signed in.
        """
        from familypair.client.signin import browser_token  # noqa: PLC0415 - only for a step-up

        session = self.session
        if session is None:
            raise NotSignedIn(SIGN_IN)
        token = await browser_token(self._oauth, self._around, show, fresh=True)
        me = await self._me_of(token)
        if me.id != session.account:
            await self._drop(token.refresh_token)
            raise SignInFailed(
                "wrong_account", "Another person signed in there, so nothing was done."
            )
        await self._drop(await self._keeper.adopt_fresh(token))

    async def sign_out(self) -> None:
        """Forget the session here and end it at the server, which ends all its tokens.

        Raises `Unreachable` when the server could not be told; here it is forgotten in any case.
        """
        refresh_token = await self._keeper.forget()
        if refresh_token:
            await self._oauth.revoke(refresh_token)

    def events(
        self,
        *,
        last_event_id: str = "",
        on_state: Callable[[LiveState], None] | None = None,
        silence: float = HEARTBEAT_TIMEOUT,
    ) -> EventStream:
        """Live events of all my teens, resumed over drops; see `EventStream`."""
        return EventStream(
            self._wire, last_event_id=last_event_id, on_state=on_state, silence=silence
        )

    async def published_keys(self) -> dict[str, object]:
        """The server's published keys (a JWK set), with which receipts are checked."""
        reply = await self._transport.send("GET", "/.well-known/jwks.json", {})
        if not reply.ok:
            raise refusal(reply)
        return decode(reply.body, dict[str, object])

    async def _adopt(self, token: Token) -> Me:
        me = await self._me_of(token)
        await self._keeper.adopt(token, account=me.id, kind=me.kind.value, name=me.name)
        return me

    async def _me_of(self, token: Token) -> Me:
        headers = {"Authorization": f"Bearer {token.access_token}", "Accept": "application/json"}
        reply = await self._transport.send("GET", "/v1/me", headers)
        if not reply.ok:
            raise refusal(reply)
        return decode(reply.body, Me)

    async def _drop(self, refresh_token: str) -> None:
        """End a session that is not used any more; it expires by itself if this fails."""
        if not refresh_token:
            return
        try:
            await self._oauth.revoke(refresh_token)
        except Unreachable:
            return


class OtherServer:
    """A profile signed in at another server: nobody is signed in here; a sign-in replaces it."""

    def __init__(self, store: TokenStore) -> None:
        self._store = store
        self._replaced = False

    def load(self) -> Saved | None:
        """None until a sign-in here replaced the other session."""
        return self._store.load() if self._replaced else None

    def save(self, saved: Saved) -> None:
        """Replace the session of the other server."""
        self._store.save(saved)
        self._replaced = True

    def clear(self) -> None:
        """Forget only what was saved here."""
        if self._replaced:
            self._store.clear()

    def locked(
        self, sleep: Callable[[float], Awaitable[None]]
    ) -> AbstractAsyncContextManager[None]:
        """The lock of the profile."""
        return self._store.locked(sleep)
