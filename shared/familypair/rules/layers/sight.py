"""What one viewer may know of one policy: which fields, whose values, which names.

The teen reads everything about themselves, a hidden list as its size. A guardian reads the fields
of their scopes; of another guardian only a value that wins, as "another guardian", and a name only
if both agreed to be known to each other. Lists of words are read by their owner and the teen.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, cast

import msgspec

from familypair.rules.kept import Same
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import (
    HOLD,
    Hold,
    Layer,
    LayerState,
    Policy,
    Said,
    Source,
    SourceKind,
)
from familypair.rules.layers.write import layer_of
from familypair.schema.scopes import Scope
from familypair.settings import (
    FIELDS,
    OFF,
    Block,
    Contact,
    DayException,
    Kind,
    Owner,
    Value,
    field,
)

ANOTHER: Final = "another_guardian"
ME: Final = "me"
CONTACTS: Final = "contacts.blocked"
BLOCKS: Final = "schedule.blocks"
EXCEPTIONS: Final = "schedule.exceptions"
SHOWN: Final = "search.blocked_terms_shown"


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks: their account id, their layer, and the names that they may read."""

    id: str
    layer: Layer
    names: Mapping[str, str] = {}

    @property
    def is_teen(self) -> bool:
        """Whether the teen looks at their own settings."""
        return self.layer.kind is Owner.TEEN

    def owner_word(self, source: Source) -> str:
        """The wire name of a voice: `me`, `teen`, a guardian's id or `another_guardian`."""
        if source == HOLD and not self.is_teen:
            return ANOTHER  # a hold would tell that another link has ended
        if source.kind <= SourceKind.DEFAULT:
            return str(source)
        if source.id == self.id:
            return ME
        if source.kind is SourceKind.TEEN:
            return "teen"
        return source.id if self.knows(source.id) else ANOTHER

    def knows(self, guardian: str) -> bool:
        """Whether the viewer may know who this guardian is."""
        return self.is_teen or guardian in self.layer.known_to


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a viewer reads of one layer's value; `hidden` counts entries of unreadable lists."""

    said: Said
    value: Value
    hidden: int = 0


def viewer_of(policy: Policy, viewer: str, names: Mapping[str, str] | None = None) -> Viewer | None:
    """The viewer of this policy; None for somebody without a layer in it."""
    layer = layer_of(policy, viewer)
    return None if layer is None else Viewer(id=viewer, layer=layer, names=names or {})


def visible_fields(policy: Policy, viewer: str) -> tuple[str, ...]:
    """The paths that this person may see, in the order of the registry; none for a stranger.

    A guardian: those of every granted `set_` scope, all with `see_settings`; blocked contacts
    with `see_contacts` or `set_messages` only. When a link ends, reading ends at once.
    """
    layer = layer_of(policy, viewer)
    if layer is None:
        return ()
    if layer.kind is Owner.TEEN:
        return tuple(FIELDS)
    if layer.state in {LayerState.ENDING, LayerState.ENDED}:
        return ()
    return _visible(layer.scopes)


@functools.lru_cache(maxsize=1024)
def _visible(scopes: frozenset[Scope]) -> tuple[str, ...]:
    return tuple(path for path in FIELDS if _may_see(scopes, path))


def _may_see(scopes: frozenset[Scope], path: str) -> bool:
    row = field(path)
    if row.kind is Kind.CONTACTS:
        return row.scope in scopes or Scope.SEE_CONTACTS in scopes
    return row.scope in scopes or Scope.SEE_SETTINGS in scopes


def as_seen_by(policy: Policy, viewer: Viewer, now: datetime) -> Policy:
    """The policy without what must not even be felt by this viewer, before anything is computed.

    For a guardian a block that the teen keeps private does not exist, and without `see_contacts`
    nobody's blocks but their own do. What the platform holds after another guardian's link reads
    as it did while that link lived: as another guardian's rule.
    """
    if viewer.is_teen:
        return policy
    see_all = Scope.SEE_CONTACTS in viewer.layer.scopes
    open_to = msgspec.structs.replace(
        policy,
        teen=_public(policy.teen, viewer, see_all=see_all),
        guardians=tuple(_public(g, viewer, see_all=see_all) for g in policy.guardians),
        holds=(),
    )
    return msgspec.structs.replace(
        open_to, guardians=(*open_to.guardians, *_stand_ins(open_to, policy.holds, now))
    )


def _stand_ins(policy: Policy, holds: Sequence[Hold], now: datetime) -> Iterator[Layer]:
    """Holds as layers of guardians whom nobody knows: only what would be looser without them."""
    found = effective(policy, now=now, fields={p for hold in holds for p in hold.values})
    for hold in holds:
        values = {
            path: value
            for path, value in unlabelled(_open(hold.values)).items()
            if not field(path).order.covers(found[path].value, value)
        }
        scopes = {field(path).scope for path in values}
        frozen = dict.fromkeys(scopes, hold.until)
        yield Layer(
            owner="", kind=Owner.GUARDIAN, values=values, state=LayerState.ENDING, frozen=frozen
        )


def unlabelled(values: Mapping[str, Value]) -> dict[str, Value]:
    """A layer's values without the titles of its blocks and exceptions (product.md section 4)."""
    found = dict(values)
    if BLOCKS in found:
        found[BLOCKS] = _untitled_blocks(Same(cast("tuple[Block, ...]", found[BLOCKS])))
    if EXCEPTIONS in found:
        exceptions = cast("tuple[DayException, ...]", found[EXCEPTIONS])
        found[EXCEPTIONS] = _untitled_exceptions(Same(exceptions))
    return found


@functools.lru_cache(maxsize=256)
def _untitled_blocks(found: Same[tuple[Block, ...]]) -> tuple[Block, ...]:
    return tuple(map(_untitled, found.value))


@functools.lru_cache(maxsize=256)
def _untitled_exceptions(found: Same[tuple[DayException, ...]]) -> tuple[DayException, ...]:
    return tuple(
        msgspec.structs.replace(one, label="", blocks=tuple(map(_untitled, one.blocks)))
        for one in found.value
    )


def _untitled(block: Block) -> Block:
    return msgspec.structs.replace(block, label="")


def _open(values: Mapping[str, Value]) -> dict[str, Value]:
    return {path: value for path, value in values.items() if path != CONTACTS}


def _public(layer: Layer, viewer: Viewer, *, see_all: bool) -> Layer:
    if layer.owner == viewer.id:
        return layer
    if layer.kind is Owner.GUARDIAN and not viewer.knows(layer.owner):
        layer = msgspec.structs.replace(layer, values=unlabelled(layer.values))
    if CONTACTS not in layer.values:
        return layer
    found = cast("frozenset[Contact]", layer.values[CONTACTS])
    public = frozenset(c for c in found if not c.private) if see_all else frozenset[Contact]()
    values: dict[str, Value] = _open(layer.values)
    return msgspec.structs.replace(layer, values={**values, CONTACTS: public} if public else values)


def see(policy: Policy, viewer: Viewer, said: Said, path: str) -> Seen | None:
    """One layer's value as this viewer may read it; None when they may not know that it speaks."""
    row = field(path)
    if said.source.id == viewer.id or said.source.kind <= SourceKind.DEFAULT:
        return _platform_sight(said, row.kind)
    if viewer.is_teen:
        hidden = row.path == "search.blocked_terms" and _is_hidden(policy, said.source.id)
        return _as_count(said) if hidden else Seen(said=said, value=said.value)
    if said.source.kind is SourceKind.GUARDIAN and not (said.wins and row.meets):
        return None
    if row.kind is Kind.TERMS:
        return _as_count(said)
    return Seen(said=said, value=said.value)


def _platform_sight(said: Said, kind: Kind) -> Seen:
    """A held list may hold words that their owner hid: only its size is shown."""
    if kind is Kind.TERMS and said.source.kind is SourceKind.HOLD:
        return _as_count(said)
    return Seen(said=said, value=said.value)


def _is_hidden(policy: Policy, owner: str) -> bool:
    """Whether this owner keeps their own list from the teen (A13)."""
    layer = layer_of(policy, owner)
    return layer is not None and layer.values.get(SHOWN) == OFF


def _as_count(said: Said) -> Seen:
    size = len(cast("frozenset[str]", said.value))
    return Seen(said=said, value=frozenset[str](), hidden=size)
