"""Who listens on this node, and how they are woken, counted and closed.

A wake-up carries no data: a stream that is woken reads its own inbox forward from its cursor. So a
slow client holds one flag here and nothing else, and a wake-up that comes twice, late or for
nothing does no harm.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

STREAMS_PER_ACCOUNT = 5
"""Most open streams of one account (architecture.md section 6)."""


class TooManyStreams(Exception):  # noqa: N818 - says what happened
    """This account has `STREAMS_PER_ACCOUNT` streams open already."""


class Subscription:
    """One open stream: its topics, whether it must read again, and whether it must end."""

    def __init__(self, account_id: str, session_id: str) -> None:
        self.account_id = account_id
        self.session_id = session_id
        self.topics: frozenset[str] = frozenset({account_id})
        self.closed = False
        self._signal = asyncio.Event()

    def wake(self) -> None:
        """Ask the stream to read again; many calls before it does are one."""
        self._signal.set()

    def close(self) -> None:
        """End the stream at once, also while it waits."""
        self.closed = True
        self._signal.set()

    async def wait(self) -> None:
        """Return at the next wake-up, or at once when one came since the last call."""
        await self._signal.wait()
        self._signal.clear()


class Hub:
    """The open streams of one node. Not thread-safe: it belongs to one event loop."""

    def __init__(self) -> None:
        self._by_account: dict[str, set[Subscription]] = defaultdict(set)
        self._by_topic: dict[str, set[Subscription]] = defaultdict(set)
        self._closing = False

    def subscribe(self, account_id: str, session_id: str) -> Subscription:
        """Open a stream for an account; raises `TooManyStreams`.

        It starts with the account's id as its only topic: see `watch`. After `close_all` it comes
        back closed, so that a request that arrives during a shutdown ends at once.
        """
        mine = self._by_account[account_id]
        if len(mine) >= STREAMS_PER_ACCOUNT:
            raise TooManyStreams(account_id)
        subscription = Subscription(account_id, session_id)
        subscription.closed = self._closing
        mine.add(subscription)
        self._by_topic[account_id].add(subscription)
        return subscription

    def watch(self, subscription: Subscription, teen_ids: Iterable[str]) -> None:
        """Set the teens whose commits wake this stream (and always its own account's)."""
        wanted = frozenset(teen_ids) | {subscription.account_id}
        if wanted == subscription.topics:
            return
        for topic in subscription.topics - wanted:
            _discard(self._by_topic, topic, subscription)
        for topic in wanted - subscription.topics:
            self._by_topic[topic].add(subscription)
        subscription.topics = wanted

    def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a stream that has ended; harmless when it is forgotten already."""
        for topic in subscription.topics:
            _discard(self._by_topic, topic, subscription)
        _discard(self._by_account, subscription.account_id, subscription)

    def wake(self, ids: Iterable[str]) -> None:
        """Wake every stream that watches one of these teens or belongs to one of these accounts.

        The listener for `Store.on_commit`.
        """
        for topic in ids:
            for subscription in self._by_topic.get(topic, ()):
                subscription.wake()

    def cut_session(self, session_id: str) -> None:
        """End every stream of one token family, at its revocation."""
        self._close(lambda subscription: subscription.session_id == session_id)

    def cut_account(self, account_id: str) -> None:
        """End every stream of one account, for instance when all its sessions are revoked."""
        for subscription in tuple(self._by_account.get(account_id, ())):
            subscription.close()

    def close_all(self) -> None:
        """End every stream and refuse new ones: the first step of a shutdown."""
        self._closing = True
        self._close(lambda _: True)

    def teen_topics(self) -> tuple[str, ...]:
        """Everything that some stream of this node watches: teens and accounts."""
        return tuple(self._by_topic)

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
