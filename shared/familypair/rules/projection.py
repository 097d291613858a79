"""What each viewer may know of a ledger entry (product.md sections 1, 4 and 8).

- A teen reads every entry. No entry has free text in it: `rules.free_text` has taken it out.
- A guardian reads the entries of their own link and of their own layer, and the teen's account.
- What others wrote reaches a guardian as the effect on fields that they may see, and nothing else:
  never who another guardian is, never that another link exists, begins or ends.
- After a safety exit, until the generic notice, its guardian reads nothing at all.

A field may be seen with `see_settings`, or with the one scope that governs it. Blocked contacts of
others are never in an entry for a guardian: a block can come from a report (product.md section 9).
What cannot be told to a viewer is no entry of their inbox, so it leaves no gap in their numbers.
"""

import msgspec

from familypair.rules.projection_time import TimeEntry, time_actor, time_for_guardian
from familypair.rules.visible import CONTACTS, may_see
from familypair.schema.accounts import Kind
from familypair.schema.ledger import (
    AccountChanged,
    AnyEntry,
    AppBound,
    AppUnbound,
    BandNotice,
    EffectiveChange,
    EffectiveChanged,
    HoldEnded,
    LayerChanged,
    LinkActivated,
    LinkEnded,
    LinkEnding,
    LinkProbationEnded,
    LinkResumed,
    LinkResumeProposed,
    LinkScopesChanged,
)
from familypair.schema.scopes import Scope
from familypair.settings.registry import FIELDS

ANOTHER_GUARDIAN = "another_guardian"
_HOLD = "hold"
_IMPERSONAL = frozenset({"cap", "default", "teen", "hold", "platform", ANOTHER_GUARDIAN})

LinkEntry = (
    LinkActivated
    | LinkScopesChanged
    | LinkProbationEnded
    | LinkEnding
    | LinkResumeProposed
    | LinkResumed
    | LinkEnded
    | HoldEnded
)


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads: an account, and what it may know about this teen at this instant."""

    id: str
    kind: Kind
    link: str | None = None
    """A guardian's own link to this teen."""
    scopes: frozenset[Scope] = frozenset()
    """Granted on that link; empty when it gives no right to read."""
    known: frozenset[str] = frozenset()
    """Guardians who, with this one, agreed to be known to each other."""
    silent: bool = False
    """A safety exit of which this guardian has not been told (`links.exit_is_silent`)."""

    @property
    def is_teen(self) -> bool:
        """Whether the ledger is the viewer's own; an adult keeps reading what was theirs."""
        return self.kind is not Kind.GUARDIAN


def project(entry: AnyEntry, viewer: Viewer) -> AnyEntry | None:
    """The entry in the form that this viewer may read, or None for no entry at all."""
    if viewer.is_teen:
        return entry
    if viewer.silent:
        return None
    if isinstance(entry, TimeEntry):
        return time_for_guardian(entry, viewer.id, viewer.scopes, viewer.known)
    match entry:
        case LayerChanged():
            return _layer_for_guardian(entry, viewer)
        case EffectiveChanged():
            return _effect(entry.by, entry.effective, viewer)
        case AccountChanged() | AppBound() | AppUnbound():
            return entry if viewer.link is not None and viewer.scopes else None
        case BandNotice():
            return _notice(entry, viewer)
        case _:
            return entry if viewer.link is not None and entry.link == viewer.link else None


def still_shared(entry: AnyEntry, viewer: Viewer) -> AnyEntry | None:
    """What an entry of the viewer's inbox says to them now, or None where nothing of it is left.

    An inbox keeps what was shared on the day; scopes that were taken back since do not show it.
    Entries of the viewer's own links have no scope.
    """
    return entry if isinstance(entry, LinkEntry) else project(entry, viewer)


def actor_for(entry: AnyEntry, viewer: Viewer, actor: str) -> str:
    """The doer as this viewer may know them: `me teen another_guardian platform`, or an own id.

    `actor` is an account id, `teen` or `platform`. For a teen a guardian stays their id; the
    caller puts the name.
    """
    if actor == viewer.id or (viewer.is_teen and actor == "teen"):
        return "me"
    if viewer.is_teen or actor in _IMPERSONAL or actor in viewer.known:
        return actor
    if isinstance(entry, LayerChanged):
        return "teen" if entry.owner_kind == Kind.TEEN else ANOTHER_GUARDIAN
    if isinstance(entry, TimeEntry):
        return time_actor(entry)
    return entry.by if isinstance(entry, EffectiveChanged) else "teen"


def _notice(entry: BandNotice, viewer: Viewer) -> BandNotice | None:
    paths = tuple(path for path in entry.paths if may_see(path, viewer.scopes))
    kept = tuple(path for path in entry.kept if path in paths)
    if viewer.link is None or not viewer.scopes:
        return None
    return msgspec.structs.replace(entry, paths=paths, kept=kept)


def _layer_for_guardian(entry: LayerChanged, viewer: Viewer) -> AnyEntry | None:
    if entry.owner != viewer.id:
        by = "teen" if entry.owner_kind == Kind.TEEN else _other(entry.owner, viewer)
        return _effect(by, entry.effective, viewer)
    # the number of a ledger entry would tell how much there is that the viewer does not see
    undo_of = None if entry.undo_of is None else 0
    effective = _visible(entry.effective, viewer)
    return msgspec.structs.replace(entry, effective=effective, undo_of=undo_of)


def _other(owner: str, viewer: Viewer) -> str:
    return owner if owner in viewer.known or owner in _IMPERSONAL else ANOTHER_GUARDIAN


def _effect(
    by: str, effective: tuple[EffectiveChange, ...], viewer: Viewer
) -> EffectiveChanged | None:
    visible = _visible(effective, viewer)
    return EffectiveChanged(by=by, effective=visible) if visible else None


def _visible(effective: tuple[EffectiveChange, ...], viewer: Viewer) -> tuple[EffectiveChange, ...]:
    shown = (
        _redacted(change, viewer)
        for change in effective
        if change.path != CONTACTS and may_see(change.path, viewer.scopes)
    )
    return tuple(
        change
        for change in shown
        if change.before != change.after
        or (change.starting and FIELDS[change.path].scope in viewer.scopes)
    )


def _redacted(change: EffectiveChange, viewer: Viewer) -> EffectiveChange:
    # a hold would tell that another link has ended: it reads as that guardian's rule did
    others = [owner for owner in change.decided_by if owner != _HOLD] or [ANOTHER_GUARDIAN]
    deciders = dict.fromkeys(_decider(owner, viewer) for owner in others)
    return msgspec.structs.replace(change, decided_by=tuple(deciders))


def _decider(owner: str, viewer: Viewer) -> str:
    return owner if owner == viewer.id else _other(owner, viewer)
