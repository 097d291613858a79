"""Typed entries of a teen's ledger and of each viewer's inbox (architecture.md section 2).

Free text is never in an entry. The tag of a struct is the entry's type, on the wire and hashed.
"""

from datetime import date
from typing import Any

import msgspec

from familypair.schema.base import Answer, Instant
from familypair.schema.scopes import Scope


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """The base of every typed entry."""


class LinkActivated(Entry, frozen=True, kw_only=True, tag="link.activated"):
    """The teen approved; rights begin."""

    link: str
    guardian: str
    guardian_name: str
    scopes: tuple[Scope, ...]
    probation_until: Instant


class LinkScopesChanged(Entry, frozen=True, kw_only=True, tag="link.scopes_changed"):
    """Scopes granted or taken back, or asked for."""

    link: str
    guardian: str
    guardian_name: str
    granted: tuple[Scope, ...] = ()
    removed: tuple[Scope, ...] = ()
    asked: tuple[Scope, ...] = ()


class LinkProbationEnded(Entry, frozen=True, kw_only=True, tag="link.probation_ended"):
    """The first 24 hours are over; values that waited come into force."""

    link: str
    guardian: str
    guardian_name: str


class LinkEnding(Entry, frozen=True, kw_only=True, tag="link.ending"):
    """The teen ended the link; time rules stay until the notice period is over."""

    link: str
    guardian: str
    guardian_name: str
    notice_until: Instant


class LinkResumeProposed(Entry, frozen=True, kw_only=True, tag="link.resume_proposed"):
    """One side proposes to take the end back."""

    link: str
    guardian: str
    guardian_name: str
    by: str


class LinkResumed(Entry, frozen=True, kw_only=True, tag="link.resumed"):
    """The end was taken back by both."""

    link: str
    guardian: str
    guardian_name: str


class LinkEnded(Entry, frozen=True, kw_only=True, tag="link.ended"):
    """The link is over. `by` is generic: a safety exit reads as a guardian's own leaving."""

    link: str
    guardian: str
    guardian_name: str
    by: str
    hold_until: Instant | None = None


class HoldEnded(Entry, frozen=True, kw_only=True, tag="hold.ended"):
    """The seven days after a link are over; the guardian's layer is gone."""

    link: str
    kept: tuple[str, ...] = ()


class FieldChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Before and after of one field of one layer.

    Of a list that people type (`rules.free_text.LISTS`) only `{"count": n}`, and in `after` with
    `added` and `removed`; blocks and exceptions are without their titles.
    """

    path: str
    before: Any = None
    after: Any = None
    from_probation_end: bool = False


class EffectiveChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Before and after of what holds for one field, and who decides now."""

    path: str
    before: Any = None
    after: Any = None
    decided_by: tuple[str, ...] = ()
    """Owner ids, `cap`, `default`, `teen`, `hold`; a projection hides others."""
    starting: bool = False
    """The starting value was replaced by a rule, which is told also where the value stays (A2)."""


class LayerChanged(Entry, frozen=True, kw_only=True, tag="layer.changed"):
    """An owner wrote their own layer."""

    owner: str
    owner_kind: str
    owner_name: str
    changes: tuple[FieldChange, ...]
    effective: tuple[EffectiveChange, ...] = ()
    undo_of: int | None = None
    """The ledger number that this write reverts; 0 in an inbox that must not know the number."""


class EffectiveChanged(Entry, frozen=True, kw_only=True, tag="effective.changed"):
    """A projection: what holds changed by somebody whose layer the viewer may not read."""

    by: str
    """`teen`, `another_guardian` or `platform`."""
    effective: tuple[EffectiveChange, ...]


class AccountChanged(Entry, frozen=True, kw_only=True, tag="account.changed"):
    """The teen's country, zone or band changed."""

    what: str
    before: str
    after: str


class PostedTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the day and what the day allows, as far as one kind of guardian may know them."""

    seconds: int = 0
    limit_before: int | None = None
    limit_after: int | None = None


class TimePosted(Entry, frozen=True, kw_only=True, tag="time.posted"):
    """Minutes of one day were added or written off: a posting of one layer (algebra.md A5)."""

    posting: str
    owner: str
    """Whose layer: an account id, or `default`."""
    owner_kind: str
    owner_name: str = ""
    day: date
    seconds: int
    kind: str
    """`grant accepted code roll_over correction write_off undone request auto_rule changed`."""
    before: int | str | None = None
    after: int | str | None = None
    """The limit before and after, for `changed` (A22)."""
    ref: str = ""
    """The gift, code, request or rule behind it."""
    limit_before: int | None = None
    """Seconds that the day allowed before and after, over all layers; None without a limit."""
    limit_after: int | None = None
    told: PostedTold | None = None
    """What guardians who see time read instead: the arithmetic with use in steps of 15 minutes."""
    blind: PostedTold | None = None
    """What guardians who do not see time read instead: the arithmetic without any use."""


class TimeChanged(Entry, frozen=True, kw_only=True, tag="time.changed"):
    """A projection: a posting of a layer that the viewer may not read changed what a day allows."""

    by: str
    """`teen`, `another_guardian` or `platform`."""
    day: date
    before: int | None = None
    """Seconds; None without a limit."""
    after: int | None = None


class RequestClosed(Entry, frozen=True, kw_only=True, tag="request.closed"):
    """A request ended; its reason and its notes are never here."""

    request: str
    wish: str
    """The kind of wish: `minutes lift_block settings unblock place plan`."""
    outcome: str
    """`approved declined withdrawn expired`."""
    minutes: int | None = None
    asked: tuple[str, ...] = ()
    """Account ids of the guardians who were asked; a projection leaves only the reader's own."""
    by: str = ""
    """Account id of who ended it; empty for time."""
    by_name: str = ""


class BlockLifted(Entry, frozen=True, kw_only=True, tag="block.lifted"):
    """Today's blocks of one layer are open for a while."""

    owner: str
    owner_kind: str
    owner_name: str = ""
    start: Instant
    end: Instant
    ref: str = ""


class AgreementMade(Entry, frozen=True, kw_only=True, tag="agreement.made"):
    """A plan was agreed; a mark on rules, not a lock (A24)."""

    agreement: str
    paths: tuple[str, ...]
    with_ids: tuple[str, ...]
    review_at: Instant


class AgreementEnded(Entry, frozen=True, kw_only=True, tag="agreement.ended"):
    """The mark ended: somebody wrote a field of it, or took it off."""

    agreement: str
    paths: tuple[str, ...]
    with_ids: tuple[str, ...] = ()
    by: str = ""


class AutoRuleChanged(Entry, frozen=True, kw_only=True, tag="auto_rule.changed"):
    """A guardian's standing yes was made or removed."""

    rule: str
    owner: str
    owner_name: str = ""
    minutes: int
    days: tuple[str, ...]
    times_a_day: int = 1
    removed: bool = False


class AppBound(Entry, frozen=True, kw_only=True, tag="app.bound"):
    """The teen bound a host app; guardians are told (product.md section 11)."""

    app: str
    app_name: str


class AppUnbound(Entry, frozen=True, kw_only=True, tag="app.unbound"):
    """The teen took a host app off."""

    app: str
    app_name: str


class BandNotice(Entry, frozen=True, kw_only=True, tag="band.notice"):
    """In 14 days the age band changes, and with it these fields (algebra.md A11)."""

    at: Instant
    band: str
    paths: tuple[str, ...]
    kept: tuple[str, ...] = ()


AnyEntry = (
    LinkActivated
    | LinkScopesChanged
    | LinkProbationEnded
    | LinkEnding
    | LinkResumeProposed
    | LinkResumed
    | LinkEnded
    | HoldEnded
    | LayerChanged
    | EffectiveChanged
    | AccountChanged
    | TimePosted
    | TimeChanged
    | RequestClosed
    | BlockLifted
    | AgreementMade
    | AgreementEnded
    | AutoRuleChanged
    | AppBound
    | AppUnbound
    | BandNotice
)


class Erased(Entry, frozen=True, kw_only=True, tag="erased"):
    """What the entry said was erased; its number and its place in the chain stay."""


class Withheld(Entry, frozen=True, kw_only=True, tag="withheld"):
    """What the entry said is not shared with this viewer any more; its number stays."""


class InboxEntry(Answer, frozen=True, kw_only=True):
    """One entry of my inbox for one teen: my own gapless number, and the words."""

    teen: str
    seq: int
    at: Instant
    actor: str
    """`me`, `teen`, `another_guardian`, `platform` or a guardian's name, as I may know it."""
    entry: AnyEntry | Erased | Withheld
    words: str
    """One sentence for this viewer."""
    undoable: bool = False
    """Whether `revert` would be tried: my own layer change that was not reverted."""
    hash: str
    """The head of my inbox's chain after this entry."""


class Inbox(Answer, frozen=True, kw_only=True):
    """A page of my inbox for one teen; `after` is the last number that I have."""

    items: tuple[InboxEntry, ...]
    head: int
    next: int | None = None
