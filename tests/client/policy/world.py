"""One host's cache, the server it follows, the network between them, and time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from familypair.client.policy import EventKind, PolicyCache, PolicyEvent
from familypair.rules.decide import Decision, Question
from familypair.settings.audience import Facts

from .issuer import HOST, ISSUER, Issuer
from .net import Net
from .timeline import Timeline, turns, until

SECRET = "a-secret-of-256-bits"
FRIEND = Facts(follows_me=True, i_follow=True)
QUESTIONS = (
    Question(action="app.use"),
    Question(action="message.receive", account="acc_x", facts=FRIEND),
    Question(action="search.query", text="a dragon"),
    Question(action="notification.push"),
    Question(action="safety.use"),
)


class World:
    """The server and the machine of one host."""

    def __init__(self, folder: Path | None = None) -> None:
        self.issuer = Issuer()
        self.time = Timeline()
        self.time.beside.append(self.issuer.clock)
        self.net = Net(self.issuer, self.issuer.hints)
        self.folder = folder
        self.events: list[PolicyEvent] = []

    def cache(self, **options: Any) -> PolicyCache:
        """A cache that is not open yet."""
        chosen: dict[str, Any] = {"folder": self.folder, "on_change": self.events.append, **options}
        return PolicyCache(
            ISSUER, HOST, SECRET, transport=self.net, around=self.time.around(), **chosen
        )

    @asynccontextmanager
    async def open(self, **options: Any) -> AsyncGenerator[PolicyCache]:
        """A cache that is live."""
        async with self.cache(**options) as cache:
            await self.live(cache)
            yield cache

    async def live(self, cache: PolicyCache) -> None:
        """Until it follows the server."""
        await until(lambda: cache.status().live)

    async def change(self, cache: PolicyCache, teen: str, kind: str, **more: Any) -> int:
        """A change that is hinted, and has arrived."""
        version = self.issuer.rule(teen, kind, **more)
        self.issuer.hint("policy", teen=teen, version=version)
        await until(lambda: cache.status_of(teen).version == version)
        await turns()
        return version

    def same(self, cache: PolicyCache, teen: str) -> bool:
        """Whether every question is answered as the server does."""
        return all(self.equal(cache, teen, question) for question in QUESTIONS)

    def equal(self, cache: PolicyCache, teen: str, question: Question) -> bool:
        """Whether one question is answered as the server does, apart from how long it holds."""
        mine = cache.answer(teen, question)
        now = cache.now_ms()
        return plain(mine) == plain(self.issuer.truth(teen, question, now, live=False))

    def kinds(self) -> list[EventKind]:
        """What was told so far."""
        return [event.kind for event in self.events]


def plain(decision: Decision) -> tuple[object, ...]:
    """An answer without how long it holds: that depends on whether the stream is up."""
    return tuple(
        getattr(decision, name)
        for name in decision.__struct_fields__
        if name != "valid_until_ms"
    )  # fmt: skip


def is_strictest(cache: PolicyCache, teen: str, reason: str) -> bool:
    """Whether everything is refused for this reason, but what is always allowed."""
    found = {q.action: cache.answer(teen, q) for q in QUESTIONS}
    safe = found.pop("safety.use")
    return safe.allowed and all(
        (one.outcome, one.reason) == ("deny", reason) for one in found.values()
    )
