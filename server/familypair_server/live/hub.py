"""Who listens on this node, and how they are woken, counted and closed.

A wake-up carries no data but whose it is: a stream that is woken reads its own inbox forward from
its cursor. So a slow client holds a few ids here and nothing else, and a wake-up that comes twice,
late or for nothing does no harm.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress

from familypair_server.live.recent import Recent

STREAMS_PER_ACCOUNT = 5
"""Most open streams of one account (architecture.md section 6)."""
HEARTBEAT_SECONDS = 15.0
POLL_SECONDS = 1.0
"""How often a node looks for what other nodes have committed or revoked."""
EVERY = "*"
"""The topic of who must hear of every commit: a host, whose teens may be a million."""
MOST_WOKEN = 10_000
"""Topics that wait for one stream; with more it is only told that there were too many."""


class TooManyStreams(Exception):  # noqa: N818 - says what happened
    """An account has `STREAMS_PER_ACCOUNT` streams open already."""


class Subscription:
    """One open stream: its topics, whether it must read again, and whether it must end."""

    def __init__(self, account_id: str, session_id: str) -> None:
        self.account_id = account_id
        self.session_id = session_id
        self.topics: frozenset[str] = frozenset({account_id})
        self._signal = asyncio.Event()
        self._ended = asyncio.Event()
        self._woken: set[str] = set()
        self.flooded = False
        """Whether wake-ups were dropped: whoever reads it reads everything, and puts it down."""

    @property
    def closed(self) -> bool:
        """Whether the stream must end."""
        return self._ended.is_set()

    def wake(self, topic: str) -> None:
        """Ask the stream to read a topic again; many calls before it does are one."""
        if len(self._woken) < MOST_WOKEN:
            self._woken.add(topic)
        else:
            self.flooded = True
        self._signal.set()

    def take_woken(self) -> frozenset[str]:
        """The topics that were woken since the last call."""
        woken = frozenset(self._woken)
        self._woken.clear()
        return woken

    def close(self) -> None:
        """End the stream at once, also while it waits."""
        self._ended.set()
        self._signal.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for a wake-up; at once when one came since the last call, False when none did."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._signal.wait()
        woken = self._signal.is_set()
        self._signal.clear()
        return woken

    async def ended_or(self, task: asyncio.Task[None]) -> None:
        """Return when the stream is closed or `task` is done."""
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()


class Hub:
    """The open streams of one node. Not thread-safe: it belongs to one event loop."""

    def __init__(self, *, heartbeat: float = HEARTBEAT_SECONDS, poll: float = POLL_SECONDS) -> None:
        self.heartbeat = heartbeat
        """Seconds of silence after which a stream sends a comment and looks again."""
        self.poll = poll
        """Seconds between two looks at what other nodes did."""
        self.looks = Recent()
        """Which looks at a teen's pages this node has recorded (see `teens.looks`)."""
        self.poller: asyncio.Task[None] | None = None
        """The task of `poll`, while it runs."""
        self._by_account: dict[str, set[Subscription]] = defaultdict(set)
        self._by_topic: dict[str, set[Subscription]] = defaultdict(set)
        self._closing = False
        self._empty = asyncio.Event()

    def subscribe(self, account_id: str, session_id: str) -> Subscription:
        """Open a stream for an account; raises `TooManyStreams`.

        It starts with the account's id as its only topic: see `watch`. After `close_all` it comes
        back closed, so that a request that arrives during a shutdown ends at once.
        """
        if len(self._by_account[account_id]) >= STREAMS_PER_ACCOUNT:
            raise TooManyStreams(account_id)
        subscription = Subscription(account_id, session_id)
        self._by_account[account_id].add(subscription)
        self._by_topic[account_id].add(subscription)
        self._empty.clear()
        if self._closing:
            subscription.close()
        return subscription

    def watch(self, subscription: Subscription, teen_ids: Iterable[str]) -> bool:
        """Set the teens whose commits wake this stream; True when that changed something.

        Then the caller looks once more: a commit may have come between its look and this call.
        """
        wanted = frozenset(teen_ids) | {subscription.account_id}
        if wanted == subscription.topics or subscription.closed:
            return False
        for topic in subscription.topics - wanted:
            _discard(self._by_topic, topic, subscription)
        for topic in wanted - subscription.topics:
            self._by_topic[topic].add(subscription)
        subscription.topics = wanted
        return True

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a stream that has ended; harmless when it is forgotten already."""
        subscription.close()
        for topic in subscription.topics:
            _discard(self._by_topic, topic, subscription)
        _discard(self._by_account, subscription.account_id, subscription)
        if not self._by_account:
            self._empty.set()

    def wake(self, ids: Iterable[str]) -> None:
        """Wake every stream that watches one of these teens or belongs to one of these accounts.

        The listener for `Store.on_commit`.
        """
        everyone = self._by_topic.get(EVERY, ())
        for topic in ids:
            for subscription in (*self._by_topic.get(topic, ()), *everyone):
                subscription.wake(topic)

    def cut_session(self, session_id: str) -> None:
        """End every stream of one token family, at its revocation."""
        self._close(lambda subscription: subscription.session_id == session_id)

    async def close_all(self, *, wait: float = 2.0) -> None:
        """End every stream, refuse new ones, and wait until they are gone: a shutdown's first step.

        `wait` is in seconds, for a client that does not even read the end.
        """
        self._closing = True
        self._close(lambda _: True)
        if self.poller is not None:
            self.poller.cancel()
        if self._by_account:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._empty.wait()

    def topics(self) -> frozenset[str]:
        """Everything that some stream of this node watches: teens and accounts."""
        return frozenset(self._by_topic) - {EVERY}

    def sessions(self) -> frozenset[str]:
        """The token families that have a stream open on this node."""
        streams = self._by_account.values()
        return frozenset(one.session_id for account in streams for one in account)

    def count(self) -> int:
        """How many streams are open."""
        return sum(len(streams) for streams in self._by_account.values())

    def _close(self, which: Callable[[Subscription], bool]) -> None:
        for streams in tuple(self._by_account.values()):
            for subscription in tuple(streams):
                if which(subscription):
                    subscription.close()


def _discard(index: dict[str, set[Subscription]], key: str, subscription: Subscription) -> None:
    members = index.get(key)
    if members is None:
        return
    members.discard(subscription)
    if not members:
        del index[key]
