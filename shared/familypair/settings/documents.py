"""Between the nested JSON documents of the wire and the flat paths of a layer.

A merge patch (RFC 7396): an absent member is untouched, null unsets a field or every field of a
group. An array is one value and replaces the whole list.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.settings.faults import Faults, pointer_token
from familypair.settings.registry import FIELDS, field
from familypair.settings.values import Value

Tree: TypeAlias = Mapping[str, "Tree | str"]
"""Member name to sub-document, or to the path of a field."""


class Patch(msgspec.Struct, frozen=True):
    """A checked change of one layer: path to value, or to None to unset it."""

    changes: Mapping[str, Value | None]


def _grow() -> Tree:
    root: dict[str, Any] = {}
    for path in FIELDS:
        *groups, leaf = path.split(".")
        node = root
        for group in groups:
            node = node.setdefault(group, {})
        node[leaf] = path
    return root


_TREE: Final = _grow()


def pointer_of(path: str) -> str:
    """The JSON pointer of a path: `a.b` is `/a/b`."""
    return "/" + path.replace(".", "/")


def parse_patch(document: object) -> Patch | tuple[Refusal, ...]:
    """Read a decoded merge patch. Every fault is named by its pointer; one fault refuses all."""
    faults = Faults()
    changes: dict[str, Value | None] = {}
    _read(document, _TREE, "", faults, changes)
    return tuple(faults.found) if faults.found else Patch(changes)


def _read(
    raw: object, tree: Tree, pointer: str, faults: Faults, changes: dict[str, Value | None]
) -> None:
    if not isinstance(raw, dict):
        faults.add(Reason.WRONG_TYPE, pointer, expected="object")
        return
    for key, member in cast("dict[object, object]", raw).items():
        name = str(key)
        here = f"{pointer}/{pointer_token(name)}"
        node = tree.get(name)
        if node is None:
            faults.add(Reason.UNKNOWN_FIELD, here)
        elif member is None:
            changes.update(dict.fromkeys(_leaves(node)))
        elif isinstance(node, str):
            changes[node] = field(node).order.parse(member, here, faults)
        else:
            _read(member, node, here, faults, changes)


def _leaves(node: "Tree | str") -> Iterator[str]:
    if isinstance(node, str):
        yield node
        return
    for child in node.values():
        yield from _leaves(child)


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Flat dotted paths as a nested document; the members are taken as they are."""
    root: dict[str, Any] = {}
    for path, member in flat.items():
        *groups, leaf = path.split(".")
        node = root
        for group in groups:
            node = node.setdefault(group, {})
        node[leaf] = member
    return root


def flatten(document: Mapping[str, Any]) -> dict[str, Any]:
    """A nested document of known fields as flat paths; raises KeyError for an unknown one."""
    flat: dict[str, Any] = {}

    def walk(members: Mapping[str, Any], tree: Tree) -> None:
        for name, member in members.items():
            node = tree[name]
            if isinstance(node, str):
                flat[node] = member
            else:
                walk(member, node)

    walk(document, _TREE)
    return flat


def encode(path: str, value: Value | None) -> Any:
    """The JSON form of one value; None stays null."""
    return None if value is None else field(path).order.encode(value)


def decode(path: str, raw: object) -> Value:
    """The value of its JSON form. Raises ValueError when it is none: stored data is ours."""
    faults = Faults()
    value: Value | None = field(path).order.parse(raw, pointer_of(path), faults)
    if value is None or faults.found:
        raise ValueError(f"{path}: {faults.found}")
    return value


def encode_flat(values: Mapping[str, Value]) -> dict[str, Any]:
    """A layer's values as flat JSON, in the order of the registry."""
    return {path: encode(path, values[path]) for path in FIELDS if path in values}


def decode_flat(document: Mapping[str, Any]) -> dict[str, Value]:
    """The values of `encode_flat`."""
    return {path: decode(path, raw) for path, raw in document.items()}


def encode_values(values: Mapping[str, Value]) -> dict[str, Any]:
    """A layer's values as the nested document of the wire."""
    return nest(encode_flat(values))


def decode_values(document: Mapping[str, Any]) -> dict[str, Value]:
    """The values of `encode_values`."""
    return decode_flat(flatten(document))
