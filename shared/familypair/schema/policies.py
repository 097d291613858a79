"""What a host app gets to decide by itself: one teen's rules, compiled and signed (section 11).

Nothing here names a person: who decided is `platform`, `guardian` or `teen`; ids are per host.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, field

from familypair.schema.base import Answer, Ask, Instant
from familypair.schema.usage import DeviceName

FORMAT = 1
"""The only format of a policy document that there is."""
MEDIA_TYPE = "familypair-policy+jws"
"""The `typ` of a signed policy document (RFC 7515 section 4.1.9)."""
MOST_TEENS = 500
"""Most teens of one page of a sync."""


class By(StrEnum):
    """Who decided, as far as a host may know."""

    PLATFORM = "platform"
    GUARDIAN = "guardian"
    TEEN = "teen"


class Held(Answer, frozen=True, kw_only=True):
    """What holds for one field, and who decided it."""

    value: Any
    by: By
    fixed: bool = False
    """A cap or hold of the platform is among who decided: nobody can grant another value."""


class BlockedAccount(Answer, frozen=True, kw_only=True):
    """An account of this host that cannot reach the teen."""

    account: str
    by: By


class SearchVoice(Answer, frozen=True, kw_only=True):
    """What one layer says to searches: evaluated alone, the strictest answer holds (A12)."""

    by: By
    fixed: bool = False
    """A cap or hold of the platform: nobody can grant what it stops."""
    terms: tuple[str, ...] = ()
    """Terms whose owner lets the teen read them: they may be named."""
    hidden_terms: tuple[str, ...] = ()
    """Terms that are matched and never named, to nobody (A13)."""
    packs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Category to `ask` or `deny`; what is absent is allowed."""
    allowed: tuple[str, ...] = ()
    """Opens packs of this voice only."""


class TimeStretch(Answer, frozen=True, kw_only=True):
    """Blocked, quiet or calm time, half-open."""

    start: Instant
    end: Instant
    by: By
    kind: str = ""
    """Of blocked time: `sleep`, `school`, `away` or `custom`; never its title."""


class PolicyRung(Answer, frozen=True, kw_only=True):
    """From `seconds` of the day's use on, `outcome` holds (A4)."""

    seconds: int
    outcome: str
    """`remind`, `ask` or `stop`."""
    by: By
    fixed: bool = False
    """A cap of the platform is among who decided: nobody can give minutes."""


class PolicyDay(Answer, frozen=True, kw_only=True):
    """One local day of the teen with its rungs, each stricter than the one before."""

    start: Instant
    end: Instant
    rungs: tuple[PolicyRung, ...] = ()


class HelpLine(Answer, frozen=True, kw_only=True):
    """Where a teen gets help."""

    name: str
    contact: str
    hours: str = ""


class Help(Answer, frozen=True, kw_only=True):
    """Help lines for a country; `*` where the country is not known."""

    country: str
    lines: tuple[HelpLine, ...] = ()


class PolicyDocument(Answer, frozen=True, kw_only=True):
    """Everything that decides one teen's questions at one host, except how much was used today.

    The payload of the JWS that hosts get. Two documents with the same version are equal.
    """

    format: int = FORMAT
    issuer: str
    host: str
    """The client id that it was made for."""
    teen: str
    """The teen's id at this host."""
    version: int
    """Counts up per host and teen; an older one is refused."""
    issued_at: Instant
    refresh_at: Instant
    """When to ask again: something has changed that nobody writes (up to an hour ago), a day is
    over, or `until` comes near."""
    until: Instant
    """The end of what days and stretches cover; at least 48 h after `issued_at`."""
    settings: Mapping[str, Held] = field(default_factory=dict[str, Held])
    """The fields that decisions need, by path."""
    restricted: bool = False
    """Whether this host declared that it can limit search results to what suits the age."""
    search: tuple[SearchVoice, ...] = ()
    packs: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name to digest of every word pack that `search` may refer to."""
    contacts: tuple[BlockedAccount, ...] = ()
    blocked: tuple[TimeStretch, ...] = ()
    quiet: tuple[TimeStretch, ...] = ()
    calm: tuple[TimeStretch, ...] = ()
    days: tuple[PolicyDay, ...] = ()
    help: Help


class TeenUse(Answer, frozen=True, kw_only=True):
    """How much of the day is used, as exactly as a host may know (section 11: exact from 15 min).

    With more than 15 minutes to the next rung it is in steps of 15 minutes before that rung, so a
    decision with it is the decision with the exact figure.
    """

    teen: str
    day_start: Instant
    """The day that it is of; on another day it says nothing."""
    seconds: int
    as_of: Instant | None = None
    """The last report of any app where the seconds are exact, else this app's own last one of the
    day; absent without one, and without a limit."""


class TeenPolicy(Answer, frozen=True, kw_only=True):
    """One teen for a host: the version, the signed document where it is new, and the use."""

    teen: str
    version: int
    document: str | None = None
    """A compact JWS (EdDSA, the keys of `/.well-known/jwks.json`) of a `PolicyDocument`."""
    use: TeenUse


Place = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._~-]*(?!\n)$")]
"""Where a page begins or ends: a teen's id at this host."""


class PolicySync(Ask, frozen=True, kw_only=True):
    """What a host has, to learn what it lacks.

    Without `only`: the teens after `after`, in the order of their ids, up to `through` (to the last
    one when absent). With `only`: these teens.
    """

    have: Annotated[dict[str, int], Meta(max_length=MOST_TEENS)] = field(
        default_factory=dict[str, int]
    )
    """Teen to the version that the host has."""
    after: Place = ""
    through: Place | None = None
    only: Annotated[tuple[str, ...], Meta(max_length=MOST_TEENS)] | None = None
    blocked: Annotated[dict[str, Annotated[int, Meta(ge=0, le=10_000)]], Meta(max_length=500)] = (
        field(default_factory=dict[str, int])
    )
    """Searches per teen that a pack stopped since the last sync and the server did not see."""


class PolicySynced(Answer, frozen=True, kw_only=True):
    """A page of the host's bound teens."""

    now: Instant
    """The server's clock: the host's own may be wrong."""
    teens: tuple[TeenPolicy, ...] = ()
    gone: tuple[str, ...] = ()
    """Of those that the host has: not bound any more. Forget them."""
    next: str | None = None
    """The `after` of the next page; absent on the last one."""
    help: Help | None = None
    """Help lines of this service, to show with answers about teens without a policy."""


class Hello(Answer, frozen=True, kw_only=True):
    """The first event of a stream of hints: from here on nothing is missed; sync once now."""

    now: Instant
    """The server's clock."""


class PolicyHint(Answer, frozen=True, kw_only=True):
    """Event `policy`: the teen's rules say something new."""

    teen: str
    version: int


class UseHint(Answer, frozen=True, kw_only=True):
    """Event `use`: the teen's use of the day, as far as a host may know it, has moved."""

    use: TeenUse


class TeenHint(Answer, frozen=True, kw_only=True):
    """Events `bound` and `gone`: the teen is this host's now, or not any more: forget them."""

    teen: str


class PacksHint(Answer, frozen=True, kw_only=True):
    """Event `packs`: the word packs are these now, name to digest; whole, also at first."""

    packs: Mapping[str, str]


class SyncHint(Answer, frozen=True, kw_only=True):
    """Event `sync`: more has happened than can be told one by one: sync all."""


class Applied(Ask, frozen=True, kw_only=True):
    """A device says which version it enforces. Said again once a day, it stays known."""

    device: DeviceName
    version: Annotated[int, Meta(ge=1)]


class Capabilities(Ask, frozen=True, kw_only=True):
    """What a host enforces: the actions that it asks about, and whether it can restrict search."""

    enforces: Annotated[tuple[str, ...], Meta(max_length=64)]
    restricted_search: bool = False


class CapabilitiesSaid(Answer, frozen=True, kw_only=True):
    """What the host has declared, and since when."""

    enforces: tuple[str, ...]
    restricted_search: bool
    declared_at: Instant | None = None
    """Absent while it has declared nothing."""


class AppApplied(Answer, frozen=True, kw_only=True):
    """How one app stands with a teen's rules, for the family. No device has a name here."""

    app: str
    name: str
    status: str
    """`applied`, `pending`, `unknown`, or `advisory` where it enforces nothing."""
    enforces: tuple[str, ...] = ()
    """Setting paths that it applies; every other one is advisory there."""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of `enforces`: path to `applied`, `pending` or `unknown`."""
    devices: int = 0
    applied: int = 0
    pending: int = 0
    unknown: int = 0
    pending_since: Instant | None = None
    """Since when a rule is not applied everywhere. For the teen, when the app fetched it; absent
    while it has not. For a guardian, when they were told of the change."""
    last_seen_at: Instant | None = None
    """When a device of it was last heard from. A guardian with `see_time` reads the day only."""
    words: str = ""


class AppliedRules(Answer, frozen=True, kw_only=True):
    """Applied, not just accepted: every bound app, and every visible field."""

    apps: tuple[AppApplied, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Path to `applied`, `pending`, `unknown`, `advisory` or `no_app`: the weakest of the apps."""
