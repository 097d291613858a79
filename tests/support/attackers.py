"""Two families and a stranger behind one application, and what each of them may try."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from familypair.rules.actors import Actor
from familypair_server.auth import statements as auth
from familypair_server.auth.tokens import SECRET_BYTES, digest, mint
from familypair_server.ids import SystemRandom, new_id
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis
from support.homes import Home, at_home
from support.hosts import host_app
from support.operations import Operation

RID = "rid-of-the-test"
"""Sent with each request, so that two equal answers are equal bytes."""
MINUTES_MS = 60_000


@dataclass(frozen=True)
class Things:
    """The ids of what one family has; each person's own session is found by `Families`."""

    guardian: str
    teen: str
    link: str
    invitation: str
    host: str = ""
    """The app that the teen has bound."""
    device: str = ""
    subject: str = ""
    """The teen's id there."""
    grant: str = ""
    code: str = ""
    request: str = ""
    agreement: str = ""
    rule: str = ""
    webhook: str = ""
    delivery: str = ""


@dataclass(frozen=True)
class Families:
    """Everybody, everything, and requests as anybody."""

    home: Home
    ours: Things
    theirs: Things
    adult: str

    @property
    def callers(self) -> dict[str, str]:
        """Account by part in the story; the anonymous caller is the empty string."""
        return {
            "guardian": self.ours.guardian,
            "teen": self.ours.teen,
            "other guardian": self.theirs.guardian,
            "other teen": self.theirs.teen,
            "adult": self.adult,
            "host": self.ours.host,
            "other host": self.theirs.host,
            "anonymous": "",
        }

    def ids(self, things: Things, session_of: str = "") -> dict[str, str]:
        """Values for a path's parameters."""
        return {
            "teen_id": things.teen,
            "teen": things.subject,
            "link_id": things.link,
            "invitation_id": things.invitation,
            "app_id": things.host,
            "device": things.device,
            "grant_id": things.grant,
            "code_id": things.code,
            "request_id": things.request,
            "agreement_id": things.agreement,
            "rule_id": things.rule,
            "webhook_id": things.webhook,
            "delivery_id": things.delivery,
            "session_id": self.home.sessions[session_of or things.guardian],
        }

    async def send(
        self,
        who: str,
        operation: Operation,
        ids: dict[str, str],
        *,
        content: bytes | None = None,
        **headers: str,
    ) -> httpx2.Response:
        """One request; the operation's example body unless another is given."""
        sent = {"X-Request-ID": RID, "If-Match": '"an-old-tag"', **headers}
        if who:
            sent["Authorization"] = f"Bearer {self.home.tokens[who]}"
        more: dict[str, Any] = {}
        if content is not None:
            sent.setdefault("Content-Type", operation.media_type or "application/json")
            more = {"content": content}
        elif operation.media_type:
            more = {"json": self._body(operation, ids)}
        return await self.home.web.request(
            operation.method, operation.url(**ids), headers=sent, **more
        )

    def _body(self, operation: Operation, ids: dict[str, str]) -> Any:
        """The example; a host names the teen whose device it is, when that is anybody's."""
        subjects = {one.device: one.subject for one in (self.ours, self.theirs)}
        named = subjects.get(ids.get("device", "")) if "device" in operation.ids else None
        return {**operation.body, "teen": named} if named else operation.body


@asynccontextmanager
async def two_families(store: Store, folder: Path) -> AsyncGenerator[Families]:
    """Two linked families out of probation with an invitation each, all signed in just now."""
    async with at_home(store, folder) as home:
        ours, theirs = await _family(home, "Mia Smith"), await _family(home, "Ben Jones")
        adult = await home.people.adult()
        home.tokens[adult] = ""
        await home.settle_in()
        for account_id in list(home.tokens):
            await sign_in_now(home, account_id)
        ours = await _giving(home, await _inviting(home, ours))
        theirs = await _giving(home, await _inviting(home, theirs))
        ours = await _binding(home, ours, "Loop")
        theirs = await _binding(home, theirs, "Mail")
        yield Families(home, await _agreeing(home, ours), await _agreeing(home, theirs), adult)


async def _family(home: Home, name: str) -> Things:
    guardian, teen = await home.guardian(), await home.teen(name)
    return Things(guardian, teen, await home.link(guardian, teen), "")


async def _inviting(home: Home, things: Things) -> Things:
    offered = await home.people.offer(things.teen, Actor.TEEN)
    return replace(things, invitation=offered.id)


async def _giving(home: Home, things: Things) -> Things:
    """A gift and a code of today."""
    path = f"/v1/teens/{things.teen}"
    gift = await home.post(things.guardian, f"{path}/grants", {"minutes": 15})
    code = await home.post(things.guardian, f"{path}/codes", {"minutes": 15})
    return replace(things, grant=gift.json()["id"], code=code.json()["id"])


async def _agreeing(home: Home, things: Things) -> Things:
    """An open request, an agreement and a standing yes."""
    path, plan = f"/v1/teens/{things.teen}", {"patch": {"schedule": {"wind_down": "20:30"}}}
    asked = await home.post(things.teen, f"{path}/agreements", {"plan": plan})
    await home.post(things.guardian, f"/v1/requests/{asked.json()['id']}/approve", {})
    agreed = (await home.get(things.teen, f"{path}/agreements")).json()["items"]
    wish = {"type": "minutes", "minutes": 45}
    waits = await home.post(things.teen, f"{path}/requests", {"wish": wish})
    body = {"minutes": 15, "days": ["sat"]}
    rule = await home.post(things.guardian, f"{path}/auto-rules", body)
    return replace(
        things,
        request=waits.json()["id"],
        agreement=agreed[0]["id"],
        rule=rule.json()["id"],
    )


async def _binding(home: Home, things: Things, name: str) -> Things:
    host = await host_app(home, name)
    device = f"{name.lower()}-phone"
    subject = await host.device(things.teen, device)
    home.tokens[host.id] = host.headers["Authorization"].removeprefix("Bearer ")
    things = replace(things, host=host.id, device=device, subject=subject)
    asked = {"url": "https://hooks.example/", "events": ["policy.changed"]}
    hook = (await host.call("POST", "/v1/webhooks", json=asked)).json()["webhook"]["id"]
    ping = (await host.call("POST", f"/v1/webhooks/{hook}/test")).json()["id"]
    return replace(things, webhook=hook, delivery=ping)


async def sign_in_now(home: Home, account_id: str) -> None:
    """A token whose password was typed just now, so that no step-up stands in the way."""
    token, session = mint("fpa_", SystemRandom().bytes(SECRET_BYTES)), new_id(SystemRandom(), "fam")
    await home.store.run(_sign_in(account_id, session, token, millis(home.clock())))
    home.tokens[account_id], home.sessions[account_id] = token, session


@transaction
def _sign_in(account_id: str, session: str, token: str, at: int) -> Txn[None]:
    yield from auth.insert_family.run(
        id=session,
        client="familypair-cli",
        account=account_id,
        scope="family",
        how="code",
        now=at,
        expires=at + 24 * 60 * MINUTES_MS,
        auth_time=at,
    )
    yield from auth.insert_access.run(
        hash=digest(token), family=session, scope="family", expires=at + 10 * MINUTES_MS
    )
