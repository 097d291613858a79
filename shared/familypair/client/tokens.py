"""A valid access token when it is asked for: one refresh at a time, across tasks and processes.

Security section 2.3: the server gives an idempotent successor for 30 s, so a lost answer is asked
for again with the old token; the new one is on disk before it is used for the first time.
"""

import asyncio
from datetime import timedelta

import msgspec

from familypair.client.around import Around, back_off
from familypair.client.errors import NotSignedIn, SignInFailed, Unreachable
from familypair.client.oauth import OAuth
from familypair.client.store import Saved, Store
from familypair.schema.oauth import Token

_EARLY = 30.0
"""Seconds before its end at which an access token is renewed."""
_SUCCESSOR_WINDOW = timedelta(seconds=28)
"""How long the old refresh token may be presented again; the server allows 30 s."""
_TRIES = 4
"""Tries after the first for one refresh; a person is waiting."""

SIGN_IN = "Nobody is signed in here. Sign in with: familypair login"
ENDED = (
    "This sign-in has ended: it was signed out elsewhere, too old, or used in two places. "
    "Sign in again with: familypair login"
)


class TokenKeeper:
    """Holds the session of one profile."""

    def __init__(self, oauth: OAuth, store: Store, around: Around) -> None:
        self.oauth = oauth
        self.store = store
        self.around = around
        self._saved: Saved | None = None
        self._flight: asyncio.Task[Saved] | None = None

    def saved(self) -> Saved | None:
        """The session as last known here, else as it lies in the store."""
        if self._saved is None:
            self._saved = self.store.load()
        return self._saved

    async def access_token(self, *, stale: str = "") -> str:
        """A token to send. `stale` is one that the server just refused. Raises `NotSignedIn`."""
        saved = self.saved()
        if saved is None:
            raise NotSignedIn(SIGN_IN)
        if self._usable(saved, stale):
            return saved.access_token
        return (await self._renewed(stale)).access_token

    async def adopt(self, token: Token, *, account: str, kind: str, name: str) -> None:
        """Start the session of a finished sign-in; durable when it returns."""
        async with self.store.locked(self.around.sleep):
            self._keep(
                Saved(
                    issuer=self.oauth.transport.issuer,
                    access_token=token.access_token,
                    expires_at=self._end_of(token),
                    refresh_token=token.refresh_token,
                    account=account,
                    kind=kind,
                    name=name,
                )
            )

    async def adopt_fresh(self, token: Token) -> str:
        """Take a step-up's token into the session; returns the refresh token it replaces."""
        async with self.store.locked(self.around.sleep):
            old = self.store.load()
            if old is None:
                raise NotSignedIn(SIGN_IN)
            self._keep(self._after(old, token))
        return old.refresh_token if token.refresh_token else ""

    async def forget(self) -> str:
        """Remove the session here; returns its refresh token, to be revoked."""
        async with self.store.locked(self.around.sleep):
            saved = self.store.load()
            self.store.clear()
            self._saved = None
        return saved.refresh_token if saved else ""

    def _usable(self, saved: Saved, stale: str) -> bool:
        fresh = saved.expires_at - _EARLY > self.around.clock().timestamp()
        return fresh and saved.access_token != stale

    async def _renewed(self, stale: str) -> Saved:
        """Join the refresh under way, or start one that outlives the task that wanted it."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._refresh(stale))
        return await asyncio.shield(self._flight)

    async def _refresh(self, stale: str) -> Saved:
        async with self.store.locked(self.around.sleep):
            saved = self.store.load()
            if saved is None:
                self._saved = None
                raise NotSignedIn(SIGN_IN)
            if not self._usable(saved, stale):
                saved = self._after(saved, await self._successor(saved.refresh_token))
                self.store.save(saved)
            self._saved = saved
            return saved

    async def _successor(self, refresh_token: str) -> Token:
        """Exchange; after a lost answer again with the same token, while the server allows it."""
        last_try = self.around.clock() + _SUCCESSOR_WINDOW
        attempt = 0
        while True:
            try:
                return await self._exchange(refresh_token)
            except Unreachable:
                attempt += 1
                wait = back_off(attempt, self.around.jitter(), most=5.0)
                if self.around.clock() + timedelta(seconds=wait) > last_try or attempt > _TRIES:
                    raise
                await self.around.sleep(wait)

    async def _exchange(self, refresh_token: str) -> Token:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        try:
            return await self.oauth.token(fields)
        except SignInFailed as error:
            if error.error != "invalid_grant":
                raise
            self.store.clear()
            self._saved = None
            raise NotSignedIn(ENDED) from error

    def _after(self, old: Saved, token: Token) -> Saved:
        return msgspec.structs.replace(
            old,
            access_token=token.access_token,
            expires_at=self._end_of(token),
            refresh_token=token.refresh_token or old.refresh_token,
        )

    def _keep(self, saved: Saved) -> None:
        self.store.save(saved)
        self._saved = saved

    def _end_of(self, token: Token) -> float:
        return self.around.clock().timestamp() + token.expires_in
