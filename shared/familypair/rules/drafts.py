"""A draft of one's own layer from a set of values: a template, or the layer of another teen.

Each field is judged as the write would be; what would be refused is left out and named with its
reason, so that the rest can be used.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from familypair.reasons import Refusal
from familypair.rules.layers import Policy, check_write, layer_of
from familypair.settings import FIELDS, Kind, Patch, Value

LISTS = frozenset({Kind.TERMS, Kind.CONTACTS})
"""What people type about one teen; it comes along with nothing but a word for it."""


class Line(msgspec.Struct, frozen=True):
    """One field that a draft changes in the owner's layer."""

    path: str
    before: Value | None
    after: Value


class Drafted(msgspec.Struct, frozen=True):
    """A draft: what it changes, what cannot be taken and why, and what was not asked for."""

    lines: tuple[Line, ...]
    refused: tuple[tuple[str, Refusal], ...]
    left: tuple[str, ...]

    @property
    def changes(self) -> dict[str, Value]:
        """The draft as the changes of a patch."""
        return {line.path: line.after for line in self.lines}


def draft(
    policy: Policy, owner: str, values: Mapping[str, Value], *, now: datetime, lists: bool = False
) -> Drafted:
    """What writing these values into the owner's layer would change, in the registry's order.

    Fields that the values do not speak of stay as they are. Lists that people type are only taken
    when `lists` says so.
    """
    layer = layer_of(policy, owner)
    mine: Mapping[str, Value] = {} if layer is None else layer.values
    wanted = [path for path in FIELDS if path in values and mine.get(path) != values[path]]
    left = () if lists else tuple(path for path in wanted if FIELDS[path].kind in LISTS)
    judged = {
        path: _refusal(policy, owner, path, values[path], now)
        for path in wanted
        if path not in left
    }
    lines = (
        Line(path, mine.get(path), values[path]) for path, refusal in judged.items() if not refusal
    )
    return Drafted(tuple(lines), tuple(_named(judged)), left)


def _refusal(policy: Policy, owner: str, path: str, value: Value, now: datetime) -> Refusal | None:
    found = check_write(policy, owner, Patch({path: value}), now=now)
    return found[0] if isinstance(found, tuple) else None


def _named(judged: Mapping[str, Refusal | None]) -> Iterator[tuple[str, Refusal]]:
    for path, refusal in judged.items():
        if refusal is not None:
            yield path, refusal
