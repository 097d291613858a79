"""The calls that the terminal client makes: a protocol, so that tests need no server.

`familypair.client.FamilyPairing` satisfies it. `familypair_tui.text.cleaned` is applied by
`Sync` and by the screens' calls through `Guarded`, the second fence against hostile text.
"""

from collections.abc import AsyncIterable, Awaitable, Callable
from datetime import date
from typing import Any, Protocol, TypeVar

from familypair.client.live import LiveEvent, LiveState
from familypair.client.store import Saved
from familypair.schema.accounts import Me
from familypair.schema.invitations import Disclosure, Invitation, InvitationForm, Invitations
from familypair.schema.ledger import Inbox
from familypair.schema.links import ExitDone, KeptRules, Link, Links
from familypair.schema.oauth import DeviceCode
from familypair.schema.requests import Agreement, Agreements, Plan, Request, Requests, Wish
from familypair.schema.scopes import Scope
from familypair.schema.settings import EffectiveSettings, LayerDocument, LayerSaved, Preview
from familypair.schema.teens import AccessLog, Sharing, TeenCard, Teens
from familypair.schema.time import (
    Calendar,
    CalendarDraft,
    CalendarImport,
    Code,
    CodeRedeemed,
    Grant,
    GrantPreview,
    Time,
)
from familypair.schema.usage import Apps
from familypair_tui.text import cleaned

T = TypeVar("T")


class SignInApi(Protocol):
    """Sessions."""

    @property
    def issuer(self) -> str:
        """The server's address."""
        ...

    @property
    def session(self) -> Saved | None:
        """Who is signed in here, without asking the server."""
        ...

    async def sign_in_with_device(self, show: Callable[[DeviceCode], None]) -> Me: ...

    async def step_up(self, show: Callable[[str], None]) -> None: ...

    async def sign_out(self) -> None: ...

    async def aclose(self) -> None: ...

    async def me(self) -> Me: ...


class HandshakeApi(Protocol):
    """Invitations and links."""

    async def invitations(self) -> Invitations: ...

    async def invitation(self, invitation: str) -> Invitation: ...

    async def create_invitation(
        self,
        *,
        form: InvitationForm = ...,
        scopes: tuple[Scope, ...] = ...,
        needed: tuple[Scope, ...] = (),
        key: str = "",
    ) -> Invitation: ...

    async def claim(self, code: str) -> Invitation: ...

    async def confirm(
        self, invitation: str, *, scopes: tuple[Scope, ...] = ..., needed: tuple[Scope, ...] = ()
    ) -> Invitation: ...

    async def disclosure(self, invitation: str) -> Disclosure: ...

    async def approve(
        self,
        invitation: str,
        *,
        phrase: str,
        scopes: tuple[Scope, ...],
        share_history: bool = False,
        key: str = "",
    ) -> Invitation: ...

    async def decline(self, invitation: str) -> Invitation: ...

    async def cancel(self, invitation: str) -> Invitation: ...

    async def links(self) -> Links: ...

    async def change_scopes(
        self,
        link: str,
        *,
        granted: tuple[Scope, ...] | None = None,
        asked: tuple[Scope, ...] | None = None,
        etag: str = "",
    ) -> Link: ...

    async def end(self, link: str, *, not_my_guardian: bool = False) -> Link: ...

    async def resume(self, link: str) -> Link: ...

    async def resume_confirm(self, link: str) -> Link: ...

    async def keep_rules(self, link: str, fields: tuple[str, ...] = ()) -> KeptRules: ...

    async def safety_exit(self, link: str) -> ExitDone: ...

    async def safety_exit_undo(self, link: str) -> Link: ...


class TeenApi(Protocol):
    """Teens, settings and records."""

    async def teens(self) -> Teens: ...

    async def teen(self, teen: str) -> TeenCard: ...

    async def settings(self, teen: str) -> EffectiveSettings: ...

    async def layer(self, teen: str) -> LayerDocument: ...

    async def patch_layer(self, teen: str, patch: dict[str, Any], *, etag: str) -> LayerSaved: ...

    async def preview(self, teen: str, patch: dict[str, Any]) -> Preview: ...

    async def revert(self, teen: str, seq: int) -> LayerSaved: ...

    async def ledger(self, teen: str, *, after: int = 0) -> Inbox: ...

    async def sharing(self, teen: str) -> Sharing: ...

    async def access_log(self, teen: str) -> AccessLog: ...

    def events(
        self,
        *,
        last_event_id: str = "",
        on_state: Callable[[LiveState], None] | None = None,
    ) -> AsyncIterable[LiveEvent]: ...


class TimeApi(Protocol):
    """Days, balance, gifts, codes and calendars."""

    async def time(self, teen: str, *, first: date | None = None) -> Time: ...

    async def calendar(self, teen: str) -> Calendar: ...

    async def import_calendar(self, teen: str, calendar: CalendarImport) -> CalendarDraft: ...

    async def preview_grant(
        self, teen: str, *, minutes: int | None = None, rest_of_day: bool = False
    ) -> GrantPreview: ...

    async def give(
        self, teen: str, *, minutes: int | None = None, rest_of_day: bool = False, key: str = ""
    ) -> Grant: ...

    async def accept_grant(self, grant: str) -> Grant: ...

    async def undo_grant(self, grant: str) -> Grant: ...

    async def make_code(self, teen: str, minutes: int, *, key: str = "") -> Code: ...

    async def withdraw_code(self, code: str) -> Code: ...

    async def redeem_code(self, code: str, *, key: str = "") -> CodeRedeemed: ...

    async def apps(self) -> Apps: ...

    async def remove_app(self, app: str) -> None: ...


class RequestApi(Protocol):
    """Asking and agreeing."""

    async def requests(self, teen: str, *, after: str = "") -> Requests: ...

    async def ask(self, teen: str, wish: Wish, *, reason: str = "", key: str = "") -> Request: ...

    async def approve_request(
        self,
        request: str,
        *,
        minutes: int | None = None,
        rest_of_day: bool = False,
        note: str = "",
        key: str = "",
    ) -> Request: ...

    async def decline_request(
        self, request: str, *, reason: str = "", key: str = ""
    ) -> Request: ...

    async def counter_request(
        self, request: str, wish: Wish, *, note: str = "", key: str = ""
    ) -> Request: ...

    async def accept_request(self, request: str, *, key: str = "") -> Request: ...

    async def withdraw_request(self, request: str, *, key: str = "") -> Request: ...

    async def note_request(self, request: str, text: str, *, key: str = "") -> Request: ...

    async def agreements(self, teen: str) -> Agreements: ...

    async def propose(
        self, teen: str, plan: Plan, *, reason: str = "", key: str = ""
    ) -> Request: ...

    async def review_agreement(
        self, agreement: str, *, again_in_days: int | None = None, end: bool = False
    ) -> Agreement: ...


class Api(SignInApi, HandshakeApi, TeenApi, TimeApi, RequestApi, Protocol):
    """Everything."""


async def guarded(call: Awaitable[T]) -> T:
    """The answer of a call with every text in it made harmless."""
    return cleaned(await call)
