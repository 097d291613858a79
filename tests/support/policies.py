"""A family with a bound host app, for tests of policies, versions and hints."""

from collections.abc import Mapping
from typing import Any

import httpx2
import msgspec
from joserfc import jws
from joserfc.jwk import KeySet

from familypair.schema.policies import MEDIA_TYPE, PolicyDocument, PolicySynced, TeenPolicy
from support.homes import Home
from support.hosts import HostApp, host_app
from support.streams import Listener

STREAM = "/v1/policies/stream"
SYNC = "/v1/policies/sync"


def limit(minutes: int | str | None) -> dict[str, Any]:
    """A patch of the daily limit of every weekday."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {"screen_time": {"daily_minutes": dict.fromkeys(days, minutes)}}


class Bound:
    """A guardian and a teen who has bound an app; what the app does."""

    def __init__(self, home: Home, app: HostApp, guardian: str, teen: str, subject: str) -> None:
        self.home, self.app = home, app
        self.guardian, self.teen, self.subject = guardian, teen, subject
        self.have: dict[str, int] = {}

    @classmethod
    async def of(cls, home: Home) -> "Bound":
        """A family out of probation; the app is called Loop."""
        guardian, teen = await home.family()
        app = await host_app(home)
        return cls(home, app, guardian, teen, await app.bind(teen))

    async def tick(self, delta: Any) -> None:
        """Let time pass, with fresh tokens for everybody."""
        self.home.clock.tick(delta)
        await self.home.sign_in_again()
        await self.app.sign_in()

    async def sync(self, **asked: Any) -> PolicySynced:
        """Sync with what is here; keeps the versions."""
        found = await synced(self.app, {"have": self.have, **asked})
        self.have.update({one.teen: one.version for one in found.teens})
        for gone in found.gone:
            self.have.pop(gone, None)
        return found

    async def only(self) -> TeenPolicy:
        """Sync the one teen that there is."""
        (found,) = (await self.sync()).teens
        return found

    async def version(self) -> int:
        """The version that the app has after a sync."""
        return (await self.only()).version

    async def policy(self) -> PolicyDocument:
        """The document of now, checked."""
        found = await self.get()
        assert found.status_code == 200, found.text
        return await self.opened(msgspec.json.decode(found.content, type=TeenPolicy))

    async def get(self, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """GET /v1/policies/{teen}."""
        path = f"/v1/policies/{self.subject}"
        return await self.home.web.get(path, headers={**self.app.headers, **(headers or {})})

    async def opened(self, found: TeenPolicy) -> PolicyDocument:
        """The document of an answer, its signature checked with the published keys."""
        assert found.document is not None
        keys = (await self.home.web.get("/.well-known/jwks.json")).json()
        signed = jws.deserialize_compact(
            found.document, KeySet.import_key_set(keys), algorithms=["Ed25519"]
        )
        assert signed.protected["typ"] == MEDIA_TYPE
        made = msgspec.json.decode(signed.payload, type=PolicyDocument)
        assert (made.teen, made.version, made.host) == (found.teen, found.version, self.app.id)
        return made

    async def applies(self, version: int, device: str = "phone") -> httpx2.Response:
        """A device says what it applies."""
        body = {"device": device, "version": version}
        return await self.app.call("POST", f"/v1/policies/{self.subject}/applied", json=body)

    async def applied(self, who: str) -> dict[str, Any]:
        """How the apps stand, for a member of the family."""
        answer = await self.home.get(who, f"/v1/teens/{self.teen}/applied")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def listener(self, app: HostApp | None = None) -> Listener:
        """The app's stream of hints."""
        return Listener(self.home, path=STREAM, headers=(app or self.app).headers)


async def synced(app: HostApp, asked: dict[str, Any]) -> PolicySynced:
    """One sync of any app."""
    answer = await app.call("POST", SYNC, json=asked)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=PolicySynced)
