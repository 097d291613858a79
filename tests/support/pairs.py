"""People for tests of the handshake: accounts made in the database, and the service's own parts."""

from datetime import date, datetime, timedelta
from typing import Any

import httpx2

from familypair.reasons import Refusal
from familypair.rules.actors import Actor
from familypair.rules.age import Age
from familypair.schema import invitations as wire
from familypair.schema.accounts import Assurance, Band
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.testing import ManualClock
from familypair_server.accounts import ages
from familypair_server.accounts import statements as accounts
from familypair_server.auth import statements as auth
from familypair_server.auth.tokens import digest, mint
from familypair_server.ids import SystemRandom, new_id
from familypair_server.invitations import codes, service
from familypair_server.invitations.approval import approve
from familypair_server.invitations.claims import claim
from familypair_server.keys import Keys
from familypair_server.links.desk import Desk
from familypair_server.records import ledger
from familypair_server.settings import Settings
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis
from support.server import Running

BASE = "https://pair.example"
ADDRESS = "192.0.2.1"
READ = timedelta(seconds=5)
"""How long the disclosure must have been on screen."""


class People:
    """Makes guardians and teens, and links them through the services."""

    def __init__(
        self, store: Store, clock: ManualClock | None = None, keys: Keys | None = None
    ) -> None:
        self.store = store
        self.clock = clock or ManualClock()
        self.keys = keys or Keys(bytes(range(32)))
        self.random = SystemRandom()
        self.desk = Desk.of(Settings(issuer=BASE), self.keys, self.random)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock()

    async def guardian(self, name: str = "Dana Smith", country: str = "IE") -> str:
        """A new guardian's account id."""
        return await self._person("guardian", name, country, None)

    async def teen(
        self,
        name: str = "Mia Smith",
        country: str = "IE",
        band: Band = Band.YOUNGER,
        changes_on: date | None = None,
    ) -> str:
        """A new teen's account id; their band never changes unless a day is given."""
        return await self._person("teen", name, country, Age(band=band, changes_on=changes_on))

    async def adult(self, name: str = "Ada Grown") -> str:
        """A former teen's account id."""
        return await self._person("adult", name, "IE", None)

    async def _person(self, kind: str, name: str, country: str, age: Age | None) -> str:
        account_id = new_id(self.random, "acc")
        sealed = None if age is None else ages.seal(self.keys, account_id, age, self.random)
        await self.store.run(
            _insert(account_id, kind=kind, name=name, country=country, age=sealed, now=self.now)
        )
        return account_id

    async def token(self, account_id: str, *, recent: bool = True) -> str:
        """An access token, as of a sign-in just now or, with `recent=False`, by device code."""
        token = mint("fpa_", self.random.bytes(32))
        await self.store.run(_sign_in(account_id, token, self.now, recent=recent))
        return token

    async def offer(
        self,
        account_id: str,
        actor: Actor,
        form: wire.InvitationForm = wire.InvitationForm.CODE,
        needed: tuple[Scope, ...] = (),
    ) -> wire.Invitation:
        """Start an invitation."""
        ask = wire.NewInvitation(form=form, needed=needed)
        made = await self.store.run(
            service.offer(self.desk, account_id=account_id, actor=actor, ask=ask, now=self.now)
        )
        assert isinstance(made, wire.Invitation), made
        return made

    async def claim(
        self, account_id: str, actor: Actor, code: str, address: str = ADDRESS
    ) -> wire.Invitation | Refusal:
        """Enter a code."""
        return await self.store.run(
            claim(
                self.desk,
                account_id=account_id,
                actor=actor,
                code=code,
                address=address,
                now=self.now,
            )
        )

    async def disclosed(self, guardian: str, teen: str, starter: Actor = Actor.GUARDIAN) -> str:
        """An invitation that the teen has read; ready to be approved."""
        if starter is Actor.GUARDIAN:
            offered = await self.offer(guardian, starter)
            claimed = await self.claim(teen, Actor.TEEN, offered.code or "")
        else:
            offered = await self.offer(teen, starter)
            claimed = await self.claim(guardian, Actor.GUARDIAN, offered.code or "")
        assert isinstance(claimed, wire.Invitation), claimed
        if starter is Actor.TEEN:
            await self.confirm(guardian, offered.id)
        await self.store.run(
            service.disclose(self.desk, account_id=teen, invitation_id=offered.id, now=self.now)
        )
        self.clock.tick(READ)
        return offered.id

    async def confirm(self, guardian: str, invitation_id: str) -> None:
        """The guardian says that this is their teen, and asks for everything."""
        await self.store.run(
            service.confirm(
                self.desk,
                account_id=guardian,
                invitation_id=invitation_id,
                ask=wire.Confirm(),
                now=self.now,
            )
        )

    async def approve(
        self,
        teen: str,
        invitation_id: str,
        *,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        phrase: str | None = None,
        signed_in_recently: bool = True,
        share_history: bool = False,
    ) -> wire.Invitation | Refusal:
        """The teen's answer, with the right phrase unless another is given."""
        right = codes.phrase(self.keys, invitation_id)
        ask = wire.Approve(
            phrase=right if phrase is None else phrase, scopes=scopes, share_history=share_history
        )
        return await self.store.run(
            approve(
                self.desk,
                account_id=teen,
                invitation_id=invitation_id,
                ask=ask,
                signed_in_recently=signed_in_recently,
                now=self.now,
            )
        )

    async def linked(
        self,
        guardian: str,
        teen: str,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        starter: Actor = Actor.GUARDIAN,
    ) -> str:
        """An active link's id."""
        invitation_id = await self.disclosed(guardian, teen, starter)
        approved = await self.approve(teen, invitation_id, scopes=scopes)
        assert isinstance(approved, wire.Invitation), approved
        assert approved.link is not None
        return approved.link


@transaction
def _insert(
    account_id: str, *, kind: str, name: str, country: str, age: str | None, now: datetime
) -> Txn[None]:
    yield from accounts.insert.run(
        id=account_id,
        kind=kind,
        login=account_id,
        name=name,
        password_hash="!",
        age=age,
        country=country,
        zone="Europe/Dublin",
        assurance=Assurance.DECLARED,
        now=millis(now),
    )
    if kind == "teen":
        yield from ledger.open_teen(account_id)


@transaction
def _sign_in(account_id: str, token: str, now: datetime, *, recent: bool) -> Txn[None]:
    family = digest(token)[:26]
    year = millis(now + timedelta(days=365))
    yield from auth.insert_family.run(
        id=family,
        client="familypair-cli",
        account=account_id,
        scope="family",
        how="code" if recent else "device",
        now=millis(now),
        expires=year,
        auth_time=millis(now) if recent else None,
    )
    yield from auth.insert_access.run(
        hash=digest(token), family=family, scope="family", expires=year
    )


class Api:
    """One person's API client on a running application."""

    def __init__(self, server: Running, web: httpx2.AsyncClient, token: str) -> None:
        self.server = server
        self.web = web
        self.headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> httpx2.Response:
        """GET below `/v1`."""
        return await self.web.get(f"/v1/{path}", headers=self.headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """POST below `/v1`; header names with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.web.post(f"/v1/{path}", json=body, headers=self.headers | named)

    async def patch(self, path: str, body: Any, etag: str) -> httpx2.Response:
        """PATCH below `/v1` with `If-Match`."""
        headers = {**self.headers, "If-Match": etag}
        return await self.web.patch(f"/v1/{path}", json=body, headers=headers)


class House(People):
    """People on a running application: set up through services, act over HTTP."""

    def __init__(self, server: Running) -> None:
        super().__init__(server.store, server.clock, server.app.context.keys)
        self.server = server

    async def api(self, account_id: str, *, recent: bool = True, address: str = ADDRESS) -> Api:
        """A signed-in client of this account."""
        token = await self.token(account_id, recent=recent)
        return Api(self.server, await self.server.browser(address), token)
