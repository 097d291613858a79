"""What a place in a body may hold, read from its type: for the words of a refusal."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

_STEP = re.compile(r"\.(\w+)|\[[^\]]*\]")
_MOST = 24
"""Values that are named at most; a longer list would not be read."""


def allowed_at(expected: Any, path: str) -> str:
    """The values of the enum at a msgspec path (`.scopes[0]`) of a type; empty when it is none."""
    for found in _walk(inspect.type_info(expected), [step[1] for step in _STEP.finditer(path)]):
        if isinstance(found, inspect.EnumType):
            return ", ".join([str(member.value) for member in found.cls][:_MOST])
    return ""


def _walk(shape: inspect.Type, steps: list[str | None]) -> Iterator[inspect.Type]:
    """Every type that the steps can lead to; a step is a field's name, or None for an item."""
    match shape:
        case inspect.UnionType(types=types):
            for one in types:
                yield from _walk(one, steps)
        case inspect.Metadata(type=inner):
            yield from _walk(inner, steps)
        case _ if not steps:
            yield shape
        case inspect.StructType(fields=fields):
            for field in fields:
                if field.encode_name == steps[0]:
                    yield from _walk(field.type, steps[1:])
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType():
            yield from _walk(shape.item_type, steps[1:])
        case _:
            return
