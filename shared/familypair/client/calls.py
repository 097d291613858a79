"""Every route of the API as one typed method; no state, no flow (that is `api`).

Time is in `calls_time`, asking in `calls_requests`, settings in `calls_settings`.
"""

from familypair.client.calls_base import MERGE_PATCH, Calls, path_of
from familypair.client.wire import Call
from familypair.schema.accounts import Me, MeChange, Sessions
from familypair.schema.invitations import (
    Approve,
    Claim,
    Confirm,
    Disclosure,
    Invitation,
    InvitationForm,
    Invitations,
    NewInvitation,
)
from familypair.schema.ledger import Inbox
from familypair.schema.links import (
    EndLink,
    ExitDone,
    KeepRules,
    KeptRules,
    Link,
    Links,
    Receipt,
    SafetyExit,
    ScopesChange,
)
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.schema.teens import AccessLog, Sharing, TeenCard, Teens
from familypair.schema.usage import Apps


class AccountCalls(Calls):
    """My account and my sessions."""

    async def me(self) -> Me:
        """My own account."""
        return await self._wire.ask(self._get("me"), Me)

    async def change_me(self, change: MeChange, *, etag: str) -> Me:
        """Change my name, country or zone; `etag` is that of the account that I saw."""
        call = Call(method="PATCH", path=path_of("me"), body=change, etag=etag, media=MERGE_PATCH)
        return await self._wire.ask(call, Me)

    async def sessions(self) -> Sessions:
        """Everywhere I am signed in."""
        return await self._wire.ask(self._get("me", "sessions"), Sessions)

    async def end_session(self, session: str) -> None:
        """Sign out one of my other places."""
        await self._wire.send(self._delete("me", "sessions", session))

    async def apps(self) -> Apps:
        """Teen: the host apps that I have bound, and what each learns."""
        return await self._wire.ask(self._get("me", "apps"), Apps)

    async def remove_app(self, app: str) -> None:
        """Teen: unbind a host app; it learns nothing any more."""
        await self._wire.send(self._delete("me", "apps", app))


class InvitationCalls(Calls):
    """The handshake (product.md section 3)."""

    async def invitations(self) -> Invitations:
        """My invitations that are not over."""
        return await self._wire.ask(self._get("invitations"), Invitations)

    async def invitation(self, invitation: str) -> Invitation:
        """One of my invitations."""
        return await self._wire.ask(self._get("invitations", invitation), Invitation)

    async def create_invitation(
        self,
        *,
        form: InvitationForm = InvitationForm.CODE,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        needed: tuple[Scope, ...] = (),
        key: str = "",
    ) -> Invitation:
        """Start from my side. The same `key` gives the same invitation again (24 h)."""
        body = NewInvitation(form=form, scopes=scopes, needed=needed)
        return await self._wire.ask(self._create("invitations", body=body, key=key), Invitation)

    async def claim(self, code: str) -> Invitation:
        """Enter the other side's code, or the token of their invitation link."""
        return await self._wire.ask(
            self._create("invitations", "claim", body=Claim(code=code)), Invitation
        )

    async def confirm(
        self,
        invitation: str,
        *,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        needed: tuple[Scope, ...] = (),
    ) -> Invitation:
        """Guardian: this is my teen, and this is what I ask for."""
        body = Confirm(scopes=scopes, needed=needed)
        return await self._wire.ask(
            self._post("invitations", invitation, "confirm", body=body), Invitation
        )

    async def disclosure(self, invitation: str) -> Disclosure:
        """Teen: everything to read before a yes. Approval opens 5 s after this answer."""
        return await self._wire.ask(self._post("invitations", invitation, "disclosure"), Disclosure)

    async def approve(
        self,
        invitation: str,
        *,
        phrase: str,
        scopes: tuple[Scope, ...],
        share_history: bool = False,
        key: str = "",
    ) -> Invitation:
        """Teen: yes, with the phrase heard from the guardian. Raises `StepUpNeeded` first."""
        body = Approve(phrase=phrase, scopes=scopes, share_history=share_history)
        return await self._wire.ask(
            self._create("invitations", invitation, "approve", body=body, key=key), Invitation
        )

    async def decline(self, invitation: str) -> Invitation:
        """Teen: no."""
        return await self._wire.ask(self._post("invitations", invitation, "decline"), Invitation)

    async def cancel(self, invitation: str) -> Invitation:
        """Take my own invitation back."""
        return await self._wire.ask(self._post("invitations", invitation, "cancel"), Invitation)


class LinkCalls(Calls):
    """Links, their end and their receipts."""

    async def links(self) -> Links:
        """My links, newest first."""
        return await self._wire.ask(self._get("links"), Links)

    async def link(self, link: str) -> Link:
        """One of my links."""
        return await self._wire.ask(self._get("links", link), Link)

    async def change_scopes(
        self,
        link: str,
        *,
        granted: tuple[Scope, ...] | None = None,
        asked: tuple[Scope, ...] | None = None,
        etag: str = "",
    ) -> Link:
        """Teen: the whole set granted from now on. Guardian: what they ask for in addition."""
        call = Call(
            method="PATCH",
            path=path_of("links", link, "scopes"),
            body=ScopesChange(granted=granted, asked=asked),
            etag=etag,
        )
        return await self._wire.ask(call, Link)

    async def link_disclosure(self, link: str) -> Disclosure:
        """Teen: what the scopes mean that my guardian asks for; a grant opens 5 s after."""
        return await self._wire.ask(self._post("links", link, "disclosure"), Disclosure)

    async def end(self, link: str, *, not_my_guardian: bool = False) -> Link:
        """End a link; no reason is asked."""
        body = EndLink(not_my_guardian=not_my_guardian)
        return await self._wire.ask(self._post("links", link, "end", body=body), Link)

    async def resume(self, link: str) -> Link:
        """Propose to take the end back."""
        return await self._wire.ask(self._post("links", link, "resume"), Link)

    async def resume_confirm(self, link: str) -> Link:
        """Agree to take the end back."""
        return await self._wire.ask(self._post("links", link, "resume", "confirm"), Link)

    async def keep_rules(self, link: str, fields: tuple[str, ...] = ()) -> KeptRules:
        """Keep values as my own rules; no field named keeps all."""
        body = KeepRules(fields=fields)
        return await self._wire.ask(self._post("links", link, "keep-rules", body=body), KeptRules)

    async def safety_exit(self, link: str) -> ExitDone:
        """Teen: end at once, with help lines."""
        body = SafetyExit(confirm=True)
        return await self._wire.ask(self._post("links", link, "safety-exit", body=body), ExitDone)

    async def safety_exit_undo(self, link: str) -> Link:
        """Teen: take a safety exit back within 24 h."""
        return await self._wire.ask(self._post("links", link, "safety-exit", "undo"), Link)

    async def receipt(self, link: str) -> Receipt:
        """The consent receipt of a link, signed, with the keys to check it."""
        return await self._wire.ask(self._get("links", link, "receipt"), Receipt)


class TeenCalls(Calls):
    """Teens and their records."""

    async def teens(self) -> Teens:
        """The teens that I may see; a teen gets themselves."""
        return await self._wire.ask(self._get("teens"), Teens)

    async def teen(self, teen: str) -> TeenCard:
        """One teen today at a glance."""
        return await self._wire.ask(self._get("teens", teen), TeenCard)

    async def ledger(self, teen: str, *, after: int = 0) -> Inbox:
        """A page of my history of a teen, from the entry after `after` on."""
        return await self._wire.ask(self._get("teens", teen, "ledger", after=str(after)), Inbox)

    async def sharing(self, teen: str) -> Sharing:
        """Teen: what every guardian sees and can change, and what nobody sees."""
        return await self._wire.ask(self._get("teens", teen, "sharing"), Sharing)

    async def access_log(self, teen: str) -> AccessLog:
        """Teen: who looked, at what, when."""
        return await self._wire.ask(self._get("teens", teen, "access-log"), AccessLog)
