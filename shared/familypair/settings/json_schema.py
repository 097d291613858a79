"""The JSON Schema (2020-12) of a policy file, made from the registry.

It is never stricter than the server: what the schema refuses, the server refuses. Some faults only
the server finds: an order between two times, a date that does not exist, a cap of an age band.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, cast

from familypair.settings.bands import Owner
from familypair.settings.documents import nest
from familypair.settings.field import Field
from familypair.settings.orders import (
    Blocks,
    Choice,
    Clock,
    Contacts,
    Exceptions,
    Minutes,
    Numbers,
    Order,
    Terms,
    Windows,
)
from familypair.settings.orders.sets import MAX_CONTACTS, MAX_NAME, MAX_TERM, MAX_TERMS
from familypair.settings.orders.windows import (
    MAX_BLOCKS,
    MAX_EXCEPTIONS,
    MAX_LABEL,
    MAX_WINDOWS,
)
from familypair.settings.registry import FIELDS, GROUPS
from familypair.settings.values import NONE, OFF, WEEKDAYS, BlockKind, ExceptionKind

Schema = dict[str, Any]

SCHEMA_ID: Final = "urn:familypair:policy-file:1"
VERSION: Final = 1
"""Of the file's form; a reader refuses any other."""
_CLOCK: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DAYS: Final[Schema] = {
    "type": "array",
    "items": {"enum": list(WEEKDAYS)},
    "minItems": 1,
    "maxItems": len(WEEKDAYS),
    "description": "Every day when left out.",
}
_SPAN: Final[Schema] = {
    "days": _DAYS,
    "start": {"type": "string", "pattern": _CLOCK},
    "end": {"anyOf": [{"type": "string", "pattern": _CLOCK}, {"const": "24:00"}]},
}
_LABEL: Final[Schema] = {"type": "string", "maxLength": MAX_LABEL}
_KIND: Final[Schema] = {"enum": [kind.value for kind in BlockKind]}


@cache
def policy_file_schema() -> Schema:
    """The schema of the whole file. The same object each time; do not change it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Family Pairing policy file",
        "description": "One person's own rules for one teen. What is left out is no rule.",
        "type": "object",
        "additionalProperties": False,
        "required": ["policy"],
        "properties": {"policy": _HEADER, "rules": rules_schema()},
    }


_HEADER: Final[Schema] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "teen"],
    "properties": {
        "version": {"const": VERSION},
        "teen": {"type": "string", "description": "The teen's id."},
        "name": {"type": "string", "description": "The teen's name, for people."},
        "etag": {"type": "string", "description": "Which version of the rules this is."},
        "pulled_at": {"type": "string", "description": "When it was read."},
    },
}


@cache
def rules_schema() -> Schema:
    """The schema of a layer's document: one property per field, nested as its path is."""
    tree = nest({path: field_schema(field) for path, field in FIELDS.items()})
    return {
        **_group(tree),
        "properties": {
            name: {"title": GROUPS.get(name, name), **_group(cast("Schema", members))}
            for name, members in tree.items()
        },
    }


def field_schema(field: Field) -> Schema:
    """The schema of one field's value."""
    who = "the teen" if Owner.GUARDIAN not in field.writers else f"permission {field.scope.value}"
    about = f"{field.help.guardian} Written by: {who}."
    return {"title": field.title, "description": about, **_value(field.order)}


def _group(tree: Mapping[str, Any]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: member if _is_value(member) else _group(member) for name, member in tree.items()
        },
    }


def _is_value(member: Mapping[str, Any]) -> bool:
    """Whether it is a field's schema; no field is called `description`."""
    return "description" in member


def _value(order: Order[Any]) -> Schema:
    return next(make(order) for kind, make in _MAKERS.items() if isinstance(order, kind))


def _choice(order: Choice) -> Schema:
    return {"enum": list(order.options)}


def _minutes(order: Minutes) -> Schema:
    number: Schema = {"type": "integer", "minimum": order.low, "maximum": order.high}
    return {"anyOf": [number, {"const": NONE}]} if order.none else number


def _clock(order: Clock) -> Schema:
    clock: Schema = {"type": "string", "pattern": _CLOCK}
    return {"anyOf": [clock, {"const": OFF}]} if order.off else clock


def _numbers(order: Numbers) -> Schema:
    number = {"type": "integer", "minimum": 0, "maximum": order.high}
    return {"type": "array", "items": number, "maxItems": order.most}


def _terms(_: Terms) -> Schema:
    term = {"type": "string", "minLength": 1, "maxLength": MAX_TERM}
    return {"type": "array", "items": term, "maxItems": MAX_TERMS}


def _contacts(_: Contacts) -> Schema:
    name: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME}
    contact = _object(
        {"host": name, "account": name, "private": {"type": "boolean"}}, "host account"
    )
    return {"type": "array", "items": contact, "maxItems": MAX_CONTACTS}


def _windows(_: Windows) -> Schema:
    return {"type": "array", "items": _object(_SPAN, "start end"), "maxItems": MAX_WINDOWS}


def _blocks(_: Blocks) -> Schema:
    block = _object({"kind": _KIND, **_SPAN, "label": _LABEL}, "start end")
    return {"type": "array", "items": block, "maxItems": MAX_BLOCKS}


def _exceptions(_: Exceptions) -> Schema:
    day: Schema = {"type": "string", "pattern": _DATE}
    one = _object(
        {
            "kind": {"enum": [kind.value for kind in ExceptionKind]},
            "first": day,
            "last": day,
            "blocks": _blocks(Blocks()),
            "kinds": {"type": "array", "items": _KIND, "maxItems": len(BlockKind)},
            "minutes": {"type": "integer", "minimum": 0, "maximum": 1440},
            "label": _LABEL,
        },
        "kind first",
    )
    return {"type": "array", "items": one, "maxItems": MAX_EXCEPTIONS}


def _object(properties: Schema, required: str) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


_MAKERS: Final[Mapping[type, Callable[[Any], Schema]]] = {
    Choice: _choice,
    Minutes: _minutes,
    Clock: _clock,
    Numbers: _numbers,
    Terms: _terms,
    Contacts: _contacts,
    Windows: _windows,
    Blocks: _blocks,
    Exceptions: _exceptions,
}
