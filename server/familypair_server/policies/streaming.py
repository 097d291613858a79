"""A host's stream of hints: it lives as long as the token that opened it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.types import Send

from familypair.reasons import Reason
from familypair.schema.policies import Hello, PacksHint, SyncHint
from familypair_server.auth.principals import Host
from familypair_server.auth.tokens import digest
from familypair_server.context import Context
from familypair_server.live import poll
from familypair_server.live.frames import raw
from familypair_server.live.hub import EVERY, STREAMS_PER_ACCOUNT, Subscription, TooManyStreams
from familypair_server.live.stream import OpenStream, tell
from familypair_server.policies.building import Parts
from familypair_server.policies.hints import AT_ONCE, SKEW, Teller, Told
from familypair_server.problems import refuse
from familypair_server.times import millis

MOST_KEPT: Final = 10_000
"""Teens of whom one stream remembers what it told; with more it begins anew."""
_encode = msgspec.json.Encoder().encode


def open_stream(request: Request[Any, Any, Any], ctx: Context, host: Host) -> "HintStream":
    """Register the stream, then answer; raises `Refused(TOO_MANY_STREAMS)`."""
    token = digest(request.headers["authorization"].partition(" ")[2].strip())
    try:
        subscription = ctx.hub.subscribe(host.client_id, token)
    except TooManyStreams as error:
        raise refuse(Reason.TOO_MANY_STREAMS, max=STREAMS_PER_ACCOUNT) from error
    ctx.hub.watch(subscription, {EVERY})
    poll.ensure(ctx.hub, ctx.store)
    return HintStream(ctx, host, token, subscription)


class HintStream(OpenStream):
    """`GET /v1/policies/stream` after its checks."""

    def __init__(self, ctx: Context, host: Host, token: str, subscription: Subscription) -> None:
        now = ctx.clock()
        expires_in = (host.token_expires - now).total_seconds()
        super().__init__(hub=ctx.hub, subscription=subscription, expires_in=expires_in)
        self._ctx = ctx
        self._host_id = host.client_id
        self._token = token
        self._packs: Mapping[str, str] | None = None
        self._told = Told(millis(now - SKEW))
        self._waiting: set[str] = set()
        self._after = ""
        self._pass = millis(now - SKEW)
        self._next_pass = self._pass

    async def _round(self, send: Send) -> bool:
        if self._subscription.closed:
            return False
        self._waiting |= self._subscription.take_woken()
        now = self._ctx.clock()
        part = frozenset(islice(self._waiting, AT_ONCE))
        teller = self._teller()
        seen = await teller.look(part, self._told, now)
        if not seen.alive or self._subscription.closed:
            return False
        said = self._general(teller.parts.packs.digests, now)
        said += await teller.hints(seen, self._told, now)
        if said:
            await tell(send, said)
        self._waiting -= part
        if not self._waiting:
            await self._pause(send)
        return True

    def _teller(self) -> Teller:
        """Made anew each time: the word packs may have changed."""
        return Teller(
            store=self._ctx.store,
            parts=Parts.of(self._ctx),
            host_id=self._host_id,
            token=self._token,
        )

    def _general(self, packs: Mapping[str, str], now: datetime) -> bytes:
        """`hello` at first, the packs, `sync` when more happened than can be told one by one."""
        said = b"" if self._packs is not None else raw("hello", _encode(Hello(now=now)))
        if packs != self._packs:
            self._packs = packs
            said += raw("packs", _encode(PacksHint(packs=packs)))
        if self._subscription.flooded or len(self._told.versions) >= MOST_KEPT:
            self._subscription.flooded = False
            self._told = Told(millis(now - SKEW))
            said += raw("sync", _encode(SyncHint()))
        return said

    async def _pause(self, send: Send) -> None:
        """Until this node is told of a commit, or it is time to look what other nodes did."""
        if self._ctx.store.engine != "pg":
            await self._rest(send)
            return
        await self._rest(send, most=self._hub.poll)
        started = millis(self._ctx.clock() - timedelta(seconds=self._hub.poll) - SKEW)
        found, self._after = await self._teller().elsewhere(self._after, self._pass)
        self._waiting |= found
        if not self._after:
            self._pass, self._next_pass = self._next_pass, started
