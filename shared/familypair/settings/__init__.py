"""The registry of settings: field -> order, cap, default, scope, words (product.md section 4)."""

from familypair.schema.scopes import Scope
from familypair.settings.audience import Facts, closeness, in_audience
from familypair.settings.bands import Audience, Band, FieldClass, Kind, Owner
from familypair.settings.documents import (
    Patch,
    decode,
    decode_flat,
    decode_values,
    encode,
    encode_flat,
    encode_values,
    flatten,
    nest,
    parse_patch,
    pointer_of,
)
from familypair.settings.field import Field, Help
from familypair.settings.registry import FIELDS, GROUPS, field
from familypair.settings.search_fields import CATEGORIES, Category
from familypair.settings.values import (
    NONE,
    OFF,
    ON,
    WEEKDAYS,
    Block,
    BlockKind,
    Contact,
    DayException,
    ExceptionKind,
    Value,
    Window,
)
from familypair.settings.words import say, say_days, say_items, say_minutes

__all__ = [
    "CATEGORIES",
    "FIELDS",
    "GROUPS",
    "NONE",
    "OFF",
    "ON",
    "WEEKDAYS",
    "Audience",
    "Band",
    "Block",
    "BlockKind",
    "Category",
    "Contact",
    "DayException",
    "ExceptionKind",
    "Facts",
    "Field",
    "FieldClass",
    "Help",
    "Kind",
    "Owner",
    "Patch",
    "Scope",
    "Value",
    "Window",
    "closeness",
    "decode",
    "decode_flat",
    "decode_values",
    "encode",
    "encode_flat",
    "encode_values",
    "field",
    "flatten",
    "in_audience",
    "nest",
    "parse_patch",
    "pointer_of",
    "say",
    "say_days",
    "say_items",
    "say_minutes",
]
