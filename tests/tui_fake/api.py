"""A family held in memory behind the calls of the client library: no server, no network.

Values meet by the registry's own orders, so that reasons and locks look like the real ones; what
the server decides beyond that is not imitated. `calls` lists what was asked, for assertions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from familypair.client.errors import ClientError, NotSignedIn, SignInFailed
from familypair.client.live import LiveEvent, LiveState
from familypair.client.store import Saved
from familypair.schema.accounts import Kind, Me
from familypair.schema.invitations import Disclosure, Invitation, InvitationForm, Invitations
from familypair.schema.ledger import Inbox, InboxEntry
from familypair.schema.links import ExitDone, KeptRules, Link, Links
from familypair.schema.oauth import DeviceCode
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.schema.settings import (
    Change,
    EffectiveSettings,
    LayerDocument,
    LayerSaved,
    Preview,
)
from familypair.schema.teens import Access, AccessLog, Sharing, TeenCard, Teens
from familypair.settings import flatten, nest
from tui_fake.rules import FakeTeen
from tui_fake.time_api import FakeTimeApi


class FakeApi(FakeTimeApi):
    """The client of one person of a seeded family."""

    def __init__(self, me: Me, teens: list[FakeTeen], clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.who = me
        self.family = {teen.id: teen for teen in teens}
        self.clock = clock
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.failures: dict[str, list[ClientError]] = {}
        self.cards: dict[str, TeenCard] = {}
        self.entries: dict[str, list[InboxEntry]] = {teen.id: [] for teen in teens}
        self.invites: dict[str, Invitation] = {}
        self.my_links: list[Link] = []
        self.disclosures: dict[str, Disclosure] = {}
        self.shared: Sharing | None = None
        self.looked: tuple[Access, ...] = ()
        self.exit_done: ExitDone | None = None
        self.signed_in = True
        self.device: list[DeviceCode | SignInFailed] = []
        self.gate: asyncio.Event | None = None
        self.opened: list[str] = []
        self.stream: asyncio.Queue[LiveEvent] = asyncio.Queue()
        self.revision = 1
        self.previewed = Preview(changes=())
        """What a preview says besides the changes."""
        self.made: Invitation | None = None
        """What the next `create_invitation` answers."""

    # what a test uses

    def fail(self, call: str, *errors: ClientError) -> None:
        """Let the next calls of that name fail."""
        self.failures.setdefault(call, []).extend(errors)

    def asked(self, call: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of that name."""
        return [arguments for name, arguments in self.calls if name == call]

    async def _note(self, call: str, *arguments: Any) -> None:
        self.calls.append((call, arguments))
        waiting = self.failures.get(call)
        if waiting:
            raise waiting.pop(0)

    # sign-in

    @property
    def issuer(self) -> str:
        return "https://pair.example"

    @property
    def session(self) -> Saved | None:
        if not self.signed_in:
            return None
        return Saved(
            issuer=self.issuer,
            access_token="t",
            expires_at=0.0,
            account=self.who.id,
            kind=self.who.kind.value,
        )

    async def sign_in_with_device(self, show: Callable[[DeviceCode], None]) -> Me:
        await self._note("sign_in_with_device")
        step = self.device.pop(0) if self.device else None
        if isinstance(step, DeviceCode):
            show(step)
            step = self.device.pop(0) if self.device else None
        if isinstance(step, SignInFailed):
            raise step
        if self.gate is not None:
            await self.gate.wait()
        self.signed_in = True
        return self.who

    async def step_up(self, show: Callable[[str], None]) -> None:
        await self._note("step_up")
        show("https://pair.example/oauth/authorize?max_age=0")
        if self.gate is not None:
            await self.gate.wait()

    async def sign_out(self) -> None:
        await self._note("sign_out")
        self.signed_in = False

    async def aclose(self) -> None:
        await self._note("aclose")

    async def me(self) -> Me:
        await self._note("me")
        if not self.signed_in:
            raise NotSignedIn("Please sign in first.")
        return self.who

    # handshake

    async def invitations(self) -> Invitations:
        await self._note("invitations")
        return Invitations(items=tuple(self.invites.values()))

    async def invitation(self, invitation: str) -> Invitation:
        await self._note("invitation", invitation)
        return self.invites[invitation]

    async def create_invitation(
        self,
        *,
        form: InvitationForm = InvitationForm.CODE,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        needed: tuple[Scope, ...] = (),
        key: str = "",
    ) -> Invitation:
        await self._note("create_invitation", form, scopes, needed, bool(key))
        assert self.made is not None
        self.invites[self.made.id] = self.made
        return self.made

    async def claim(self, code: str) -> Invitation:
        await self._note("claim", code)
        return self.invites["inv_claimed"]

    async def confirm(
        self,
        invitation: str,
        *,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        needed: tuple[Scope, ...] = (),
    ) -> Invitation:
        await self._note("confirm", invitation, scopes, needed)
        return self.invites[invitation]

    async def disclosure(self, invitation: str) -> Disclosure:
        await self._note("disclosure", invitation)
        return self.disclosures[invitation]

    async def approve(
        self,
        invitation: str,
        *,
        phrase: str,
        scopes: tuple[Scope, ...],
        share_history: bool = False,
        key: str = "",
    ) -> Invitation:
        await self._note("approve", invitation, phrase, scopes, share_history, bool(key))
        return self.invites[invitation]

    async def decline(self, invitation: str) -> Invitation:
        await self._note("decline", invitation)
        return self.invites[invitation]

    async def cancel(self, invitation: str) -> Invitation:
        await self._note("cancel", invitation)
        return self.invites[invitation]

    async def links(self) -> Links:
        await self._note("links")
        return Links(items=tuple(self.my_links))

    async def change_scopes(
        self,
        link: str,
        *,
        granted: tuple[Scope, ...] | None = None,
        asked: tuple[Scope, ...] | None = None,
        etag: str = "",
    ) -> Link:
        await self._note("change_scopes", link, granted, asked, etag)
        return self._link(link)

    async def end(self, link: str, *, not_my_guardian: bool = False) -> Link:
        await self._note("end", link, not_my_guardian)
        return self._link(link)

    async def resume(self, link: str) -> Link:
        await self._note("resume", link)
        return self._link(link)

    async def resume_confirm(self, link: str) -> Link:
        await self._note("resume_confirm", link)
        return self._link(link)

    async def keep_rules(self, link: str, fields: tuple[str, ...] = ()) -> KeptRules:
        await self._note("keep_rules", link, fields)
        return KeptRules(fields=fields)

    async def safety_exit(self, link: str) -> ExitDone:
        await self._note("safety_exit", link)
        assert self.exit_done is not None
        return self.exit_done

    async def safety_exit_undo(self, link: str) -> Link:
        await self._note("safety_exit_undo", link)
        return self._link(link)

    def _link(self, link: str) -> Link:
        return next(item for item in self.my_links if item.id == link)

    # teens

    async def teens(self) -> Teens:
        await self._note("teens")
        return Teens(items=tuple(self.cards.values()))

    async def teen(self, teen: str) -> TeenCard:
        await self._note("teen", teen)
        return self.cards[teen]

    async def settings(self, teen: str) -> EffectiveSettings:
        await self._note("settings", teen)
        return self.family[teen].settings(self.clock(), self.who.kind is Kind.TEEN)

    async def layer(self, teen: str) -> LayerDocument:
        await self._note("layer", teen)
        return self._document(teen)

    def _document(self, teen: str) -> LayerDocument:
        values = nest(self.family[teen].mine)
        return LayerDocument(teen=teen, values=values, etag=f'"{self.revision}"')

    async def patch_layer(self, teen: str, patch: dict[str, Any], *, etag: str) -> LayerSaved:
        await self._note("patch_layer", teen, patch, etag)
        changes = self.family[teen].apply(flatten(patch))
        self.revision += 1
        return LayerSaved(layer=self._document(teen), changes=changes, entry=7)

    async def preview(self, teen: str, patch: dict[str, Any]) -> Preview:
        await self._note("preview", teen, patch)
        changes: tuple[Change, ...] = self.family[teen].preview(flatten(patch))
        return replace(self.previewed, changes=changes)

    async def revert(self, teen: str, seq: int) -> LayerSaved:
        await self._note("revert", teen, seq)
        return LayerSaved(layer=self._document(teen), changes=(), entry=8)

    async def ledger(self, teen: str, *, after: int = 0) -> Inbox:
        await self._note("ledger", teen, after)
        items = tuple(entry for entry in self.entries[teen] if entry.seq > after)
        return Inbox(items=items, head=len(self.entries[teen]))

    async def sharing(self, teen: str) -> Sharing:
        await self._note("sharing", teen)
        assert self.shared is not None
        return self.shared

    async def access_log(self, teen: str) -> AccessLog:
        await self._note("access_log", teen)
        return AccessLog(items=self.looked)

    async def events(
        self,
        *,
        last_event_id: str = "",
        on_state: Callable[[LiveState], None] | None = None,
    ) -> AsyncIterator[LiveEvent]:
        self.calls.append(("events", (last_event_id,)))
        if on_state is not None:
            on_state(LiveState.LIVE)
        while True:
            yield await self.stream.get()
