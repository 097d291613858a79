"""Links on the wire: what is active, what ends, and the receipts (product.md section 3)."""

from enum import StrEnum

from familypair.schema.accounts import Assurance
from familypair.schema.base import Answer, Ask, Instant
from familypair.schema.scopes import Scope


class LinkState(StrEnum):
    """Where a link stands; `ended` never changes again."""

    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"


class LinkPhase(StrEnum):
    """What the caller should be told of the state now."""

    PROBATION = "probation"
    ACTIVE = "active"
    NOTICE = "notice"
    HOLD = "hold"
    ENDED = "ended"


class Person(Answer, frozen=True, kw_only=True):
    """The other person of a link."""

    id: str
    name: str
    assurance: Assurance | None = None


class Link(Answer, frozen=True, kw_only=True):
    """One link as one of its two people sees it."""

    id: str
    teen: Person
    guardian: Person
    state: LinkState
    phase: LinkPhase
    scopes: tuple[Scope, ...]
    asked: tuple[Scope, ...] = ()
    """Scopes that the guardian asks for beyond those granted; the teen decides."""
    activated_at: Instant
    probation_until: Instant
    share_history: bool
    ending_at: Instant | None = None
    notice_until: Instant | None = None
    """Until when the guardian's time rules stay after the teen ended the link."""
    ended_at: Instant | None = None
    hold_until: Instant | None = None
    """Until when contact, privacy and search stay as they were at the end."""
    ended_by: str | None = None
    """`teen`, `guardian`, `age`, `operator`, `deletion`, as this viewer may know it."""
    resume_by: str | None = None
    """`teen` or `guardian` when one side proposed to take the end back."""
    known: bool = False
    """Whether both guardians agreed to be known to each other (teen's other links)."""
    undo_exit_until: Instant | None = None
    """Teen only, after a safety exit: until when they alone may take it back."""
    note: str = ""
    """What this viewer should be told of it in one sentence; often empty."""
    etag: str = ""


class Links(Answer, frozen=True, kw_only=True):
    """My links, newest first."""

    items: tuple[Link, ...]


class ScopesChange(Ask, frozen=True, kw_only=True):
    """The teen grants or takes back; a guardian asks for more. Absent means untouched."""

    granted: tuple[Scope, ...] | None = None
    """Teen only: the whole set that is granted from now on."""
    asked: tuple[Scope, ...] | None = None
    """Guardian only: scopes that they would like; the teen sees the disclosure and decides."""


class EndLink(Ask, frozen=True, kw_only=True):
    """End a link; no reason is asked. A teen in probation can say it is not their guardian."""

    not_my_guardian: bool = False


class KeepRules(Ask, frozen=True, kw_only=True):
    """Keep these of the leaving guardian's values as my own (teen); none named keeps all."""

    fields: tuple[str, ...] = ()


class KeptRules(Answer, frozen=True, kw_only=True):
    """What became the teen's own."""

    fields: tuple[str, ...]


class HelpLine(Answer, frozen=True, kw_only=True):
    """A help line of a country, with where the number was taken from."""

    name: str
    contact: str
    hours: str
    source: str
    checked_on: str


class SafetyExit(Ask, frozen=True, kw_only=True):
    """The one confirmation of a safety exit."""

    confirm: bool


class ExitDone(Answer, frozen=True, kw_only=True):
    """The link has ended; who can help, and until when this can be taken back."""

    link: Link
    help_lines: tuple[HelpLine, ...]
    undo_until: Instant


class Receipt(Answer, frozen=True, kw_only=True):
    """A consent receipt: a compact JWS (EdDSA) that verifies offline with the published keys."""

    jws: str
    keys: dict[str, object]
    """The JWK set at the time of signing, so that one file is enough to verify."""
