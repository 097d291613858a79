"""Typed entries of a teen's ledger and of each viewer's inbox (architecture.md section 2).

Free text is never in an entry. The tag of a struct is the entry's type, on the wire and hashed.
"""

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
