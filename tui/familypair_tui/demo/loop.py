"""Loop, the made-up social app: a host app like any other, with its own id and secret.

It does what a real one would: it sends a teen's browser to the page where they decide, binds their
devices, and reports use while it happens. It believes no clock but the demonstration's.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from familypair.client.around import Around
from familypair.client.host import HostClient, basic
from familypair.client.http import Transport
from familypair.client.oauth import OAuth, challenge
from familypair.schema.usage import Interval, UsageLeft, UsageTaken
from familypair_tui.demo.habits import Stretch
from familypair_tui.demo.pages import PageError
from familypair_tui.demo.people import Clock, Person

NAME = "Loop"
REDIRECT = "https://loop.example/connected"
"""Where the browser is sent with the answer; a phone hands such an address to the app itself."""
ASKED = "http://127.0.0.1/asked"
"""Where the browser comes back to from asking, at whichever port the app runs (RFC 8252)."""


@dataclass
class Installed:
    """Loop on the devices of one teen."""

    person: Person
    teen: str
    """The teen's id at Loop; Loop knows no other."""
    devices: tuple[str, ...]
    left: UsageLeft | None = None
    """What it heard last of the teen's time."""

    @property
    def stopped(self) -> bool:
        """Whether the time is over, as far as Loop has heard."""
        return self.left is not None and self.left.outcome in {"ask", "stop"}


@dataclass
class Loop:
    """The app's server: one secret, and the numbers of what it has reported."""

    url: str
    client_id: str
    secret: str
    clock: Clock
    installed: dict[str, Installed] = field(default_factory=dict[str, Installed])
    """By the teen's id at Loop."""
    _numbers: dict[str, int] = field(default_factory=dict[str, int])
    _last: dict[str, Interval] = field(default_factory=dict[str, Interval])
    _client: HostClient | None = None

    @property
    def client(self) -> HostClient:
        """The app's own connection."""
        if self._client is None:
            around = Around(clock=self.clock)
            self._client = HostClient(self.url, self.client_id, self.secret, around=around)
        return self._client

    async def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.aclose()

    async def connect(self, person: Person, devices: Sequence[str]) -> Installed:
        """The person says yes on the page; then their devices are bound."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        page = await person.answer(self._question(verifier, state), stop_at=REDIRECT)
        answer = {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}
        if answer.get("state") != state or "code" not in answer:
            message = f"{person.name} was not sent back to {NAME}: {page.url} {page.text[:300]}"
            raise PageError(message)
        transport = Transport(self.url)
        try:
            token = await OAuth(transport).confidential_token(
                {
                    "grant_type": "authorization_code",
                    "code": answer["code"],
                    "redirect_uri": REDIRECT,
                    "code_verifier": verifier,
                },
                basic(self.client_id, self.secret),
            )
        finally:
            await transport.aclose()
        app = Installed(person, token.teen, tuple(devices))
        self.installed[app.teen] = app
        await self.bind(app, devices)
        return app

    async def bind(self, app: Installed, devices: Iterable[str]) -> None:
        """Say whose devices these are."""
        for device in devices:
            await self.client.bind_device(device, app.teen)

    async def release(self, devices: Iterable[str]) -> None:
        """The app was removed from these devices."""
        for device in devices:
            await self.client.release_device(device)

    async def report(self, stretches: Iterable[Stretch]) -> UsageTaken | None:
        """Report what happened; nothing when nothing did."""
        intervals = [self._numbered(one) for one in stretches]
        return await self.send(intervals) if intervals else None

    async def send(self, intervals: Sequence[Interval]) -> UsageTaken:
        """Send exactly this, and remember what is left of everybody's time."""
        taken = await self.client.report_usage(intervals)
        for left in taken.teens:
            self.installed[left.teen].left = left
        return taken

    async def look(self, app: Installed) -> None:
        """Hear how a teen's time stands: the last interval again, which counts once."""
        last = self._last.get(app.devices[0])
        if last is not None:
            await self.send([last])

    def _numbered(self, one: Stretch) -> Interval:
        seq = self._numbers.get(one.device, 0) + 1
        self._numbers[one.device] = seq
        interval = Interval(
            device=one.device, seq=seq, start=one.start, end=one.end, surface=one.surface
        )
        self._last[one.device] = interval
        return interval

    def _question(self, verifier: str, state: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "scope": "teen.bind",
            "state": state,
            "code_challenge": challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{self.url}/oauth/authorize?{urlencode(asked)}"
