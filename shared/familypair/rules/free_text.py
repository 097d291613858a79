"""Words that people typed, apart from the entry that tells of them (product.md section 10).

Free text is never in a ledger or an inbox: a blocked word, an allowed word, an account that was
blocked, the title of a block or an exception. The entry keeps what is not free text: how many there
are, how many came and went, and a schedule without its titles. The full values lie beside it, where
an undo finds them and an erasure takes them.
"""

from collections.abc import Iterable
from typing import Any, Final, cast

import msgspec

from familypair.schema.ledger import (
    AnyEntry,
    EffectiveChange,
    EffectiveChanged,
    FieldChange,
    LayerChanged,
)
from familypair.settings import FIELDS, Kind

LISTS: Final = frozenset(f.path for f in FIELDS.values() if f.kind in {Kind.TERMS, Kind.CONTACTS})
"""Fields whose every item was typed: an entry has their number."""
TITLED: Final = frozenset(
    f.path for f in FIELDS.values() if f.kind in {Kind.BLOCKS, Kind.EXCEPTIONS}
)
"""Fields whose items may carry a title: an entry has the items without it."""

_item = msgspec.json.Encoder(order="deterministic").encode


class Aside(msgspec.Struct, frozen=True):
    """The full values of one change, in JSON form; None is silence."""

    path: str
    before: Any
    after: Any


def split(entry: AnyEntry) -> tuple[AnyEntry, tuple[Aside, ...]]:
    """The entry without free text, and what was taken out of it. An entry without any is itself."""
    if isinstance(entry, EffectiveChanged):
        effective = tuple(_effect(change) for change in entry.effective)
        return msgspec.structs.replace(entry, effective=effective), ()
    if not isinstance(entry, LayerChanged) or not _may_have_text(entry):
        return entry, ()
    kept = tuple(_change(change) for change in entry.changes)
    asides = tuple(
        Aside(whole.path, whole.before, whole.after)
        for whole, told in zip(entry.changes, kept, strict=True)
        if told != whole
    )
    effective = tuple(_effect(change) for change in entry.effective)
    return msgspec.structs.replace(entry, changes=kept, effective=effective), asides


def whole(change: FieldChange, asides: Iterable[Aside]) -> FieldChange | None:
    """The change with its full values; None when they are gone."""
    for aside in asides:
        if aside.path == change.path:
            return msgspec.structs.replace(change, before=aside.before, after=aside.after)
    return None if is_count(change.before) or is_count(change.after) else change


def is_count(value: Any) -> bool:
    """Whether a value of an entry is the number of a list instead of the list."""
    return isinstance(value, dict) and "count" in value


def unlabelled(value: Any) -> Any:
    """The value without the titles that people gave their blocks and exceptions."""
    if isinstance(value, list | tuple):
        return [unlabelled(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: unlabelled(item) for key, item in items if key != "label"}
    return value


def _may_have_text(entry: LayerChanged) -> bool:
    paths = {change.path for change in entry.changes}
    paths.update(change.path for change in entry.effective)
    return not (paths.isdisjoint(LISTS) and paths.isdisjoint(TITLED))


def _change(change: FieldChange) -> FieldChange:
    if change.path in TITLED:
        before, after = unlabelled(change.before), unlabelled(change.after)
    elif change.path in LISTS and not is_count(change.after):
        before, after = _count(change.before), _count(change.after)
        if after is not None:
            old, new = _items(change.before), _items(change.after)
            after |= {"added": len(new - old), "removed": len(old - new)}
    else:
        return change
    return msgspec.structs.replace(change, before=before, after=after)


def _effect(change: EffectiveChange) -> EffectiveChange:
    told = unlabelled if change.path in TITLED else _count if change.path in LISTS else None
    if told is None:
        return change
    return msgspec.structs.replace(change, before=told(change.before), after=told(change.after))


def _count(value: Any) -> Any:
    return {"count": len(cast("list[Any]", value))} if isinstance(value, list | tuple) else value


def _items(value: Any) -> set[bytes]:
    return (
        {_item(one) for one in cast("list[Any]", value)}
        if isinstance(value, list | tuple)
        else set()
    )
