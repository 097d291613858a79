"""The handshake on the wire: invitations, disclosure, approval (product.md section 3)."""

from enum import StrEnum

from familypair.schema.accounts import Assurance, Kind
from familypair.schema.base import Answer, Ask, Instant
from familypair.schema.scopes import ALL_SCOPES, Scope


class InvitationState(StrEnum):
    """Where an invitation stands; the last four never change again."""

    OFFERED = "offered"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class InvitationForm(StrEnum):
    """How the invitation travels: a code of 10 minutes, or a link of 48 hours."""

    CODE = "code"
    LINK = "link"


class NewInvitation(Ask, frozen=True, kw_only=True):
    """Start from either side. A guardian says which scopes they ask for and which they need."""

    form: InvitationForm = InvitationForm.CODE
    scopes: tuple[Scope, ...] = ALL_SCOPES
    """Asked for; ignored when a teen starts (the guardian then names them in `confirm`)."""
    needed: tuple[Scope, ...] = ()
    """Without these the guardian does not want the link."""


class Claim(Ask, frozen=True, kw_only=True):
    """The code (case, dashes and spaces do not matter) or the token of an invitation link."""

    code: str


class Confirm(Ask, frozen=True, kw_only=True):
    """The guardian says that this is their teen, and what they ask for."""

    scopes: tuple[Scope, ...] = ALL_SCOPES
    needed: tuple[Scope, ...] = ()


class Approve(Ask, frozen=True, kw_only=True):
    """The teen's yes: the phrase heard from the guardian, and the scopes granted."""

    phrase: str
    scopes: tuple[Scope, ...]
    share_history: bool = False
    """Whether the guardian may see days before the link; unticked unless the teen ticks it."""


class OtherSide(Answer, frozen=True, kw_only=True):
    """Who is on the other side, as far as the caller may know now."""

    name: str
    """The claimed name; initials only while an invitation link is not approved."""
    kind: Kind
    assurance: Assurance | None = None
    account_since: str | None = None
    """Month of sign-up, `YYYY-MM`."""
    teens_linked: int | None = None
    """How many teens this guardian is linked with; shown to the teen only."""


class Invitation(Answer, frozen=True, kw_only=True):
    """An invitation as its issuer or the claimer sees it."""

    id: str
    state: InvitationState
    form: InvitationForm
    started_by: Kind
    mine: bool
    """Whether the caller started it."""
    created_at: Instant
    expires_at: Instant
    code: str | None = None
    """`XXXX-XXXX`, to its issuer only and only while offered."""
    url: str | None = None
    """`https://<issuer>/pair#...`, to its issuer only and only while offered."""
    scopes: tuple[Scope, ...] = ()
    needed: tuple[Scope, ...] = ()
    other: OtherSide | None = None
    phrase: str | None = None
    """The matching phrase; in answers to the guardian only, never to the teen."""
    arm_at: Instant | None = None
    """The earliest instant of approval: 5 s after the disclosure was served; teen only."""
    tries_left: int | None = None
    """Phrase tries left; teen only."""
    link: str | None = None
    """The link's id once approved."""


class Invitations(Answer, frozen=True, kw_only=True):
    """My invitations that are not over."""

    items: tuple[Invitation, ...]


class ScopeWords(Answer, frozen=True, kw_only=True):
    """One scope of the disclosure in words for the reader's age."""

    scope: Scope
    title: str
    see: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    needed: bool = False


class Disclosure(Answer, frozen=True, kw_only=True):
    """Everything that a teen must be able to read before saying yes."""

    invitation: str
    version: str
    hash: str
    """SHA-256 of the canonical text; it is in the receipt of both sides."""
    guardian: OtherSide
    scopes: tuple[ScopeWords, ...]
    never: tuple[str, ...]
    """What no guardian ever sees."""
    you_can: tuple[str, ...]
    history: str = ""
    """The line that the teen may tick: days before the link."""
    arm_at: Instant
    expires_at: Instant
