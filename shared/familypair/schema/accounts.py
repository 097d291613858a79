"""People: kinds, age bands, my own account and my sessions."""

from enum import StrEnum

from msgspec import UNSET, UnsetType

from familypair.schema.base import Answer, Ask, Instant


class Kind(StrEnum):
    """What an account is; an adult is a former teen."""

    GUARDIAN = "guardian"
    TEEN = "teen"
    ADULT = "adult"


class Band(StrEnum):
    """Age bands of product.md section 2; unknown counts as the youngest."""

    YOUNGER = "13-15"
    OLDER = "16-17"
    ADULT = "18+"


class Assurance(StrEnum):
    """How sure the service is that a guardian is an adult."""

    DECLARED = "declared"
    VERIFIED = "verified"


class Me(Answer, frozen=True, kw_only=True):
    """My own account as I see it."""

    id: str
    kind: Kind
    name: str
    sign_in_name: str
    country: str
    zone: str
    """The home zone in force."""
    zone_pending: str | None = None
    """A teen's next home zone, from `zone_from` on: days never get shorter by a move."""
    zone_from: Instant | None = None
    created_at: Instant
    band: Band | None = None
    """A teen's band; absent for guardians."""
    band_changes_on: str | None = None
    """The day the band changes, `YYYY-MM-DD`; absent for guardians."""
    assurance: Assurance | None = None
    etag: str = ""


class MeChange(Ask, frozen=True, kw_only=True):
    """A merge patch of my account: what is absent stays, and nothing here can be removed."""

    name: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET


class Session(Answer, frozen=True, kw_only=True):
    """One place where I am signed in."""

    id: str
    client: str
    created_at: Instant
    last_used_at: Instant
    current: bool


class Sessions(Answer, frozen=True, kw_only=True):
    """Everywhere I am signed in."""

    items: tuple[Session, ...]
