"""The typed values of settings: immutable, comparable, and written to JSON and back unchanged.

Times of day are canonical `HH:MM` strings (`24:00` only as an end). A window or block belongs to
the weekday on which it starts and may cross midnight; `start == end` does not exist.
"""

from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

import msgspec

NONE: Final = "none"
"""A stated wish for no limit. It loses to every stricter rule and is not the same as unset (A1)."""

OFF: Final = "off"
ON: Final = "on"

WEEKDAYS: Final[tuple[str, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Weekday names in ISO order, as they appear in paths and in windows."""


class BlockKind(StrEnum):
    """Why a block exists; it changes words only, every kind blocks alike."""

    SLEEP = "sleep"
    SCHOOL = "school"
    AWAY = "away"
    CUSTOM = "custom"


class Window(msgspec.Struct, frozen=True, order=True):
    """A weekly window of quiet: start inclusive, end exclusive, wall clock of the teen's zone."""

    days: tuple[str, ...]
    start: str
    end: str


class Block(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A weekly time in which the app is blocked; `label` is cleaned text for people."""

    kind: BlockKind
    days: tuple[str, ...]
    start: str
    end: str
    label: str = ""


class ExceptionKind(StrEnum):
    """What an exception does to its own layer on whole local days (algebra.md A6)."""

    SWAP_BLOCKS = "swap_blocks"
    LIFT_BLOCKS = "lift_blocks"
    ADD_BLOCKS = "add_blocks"
    SET_LIMIT = "set_limit"
    LIFT_LIMIT = "lift_limit"


class DayException(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dated change of one layer, `first` to `last` inclusive local days.

    `blocks` for swap and add, `kinds` for lift (empty: every kind), `minutes` for set_limit.
    """

    kind: ExceptionKind
    first: date
    last: date
    blocks: tuple[Block, ...] = ()
    kinds: tuple[BlockKind, ...] = ()
    minutes: int = -1
    label: str = ""


class Contact(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """A blocked account on a host. `private` hides a teen's own entry from guardians."""

    host: str
    account: str
    private: bool = False


Value: TypeAlias = (
    str
    | int
    | frozenset[int]
    | frozenset[str]
    | frozenset[Contact]
    | tuple[Window, ...]
    | tuple[Block, ...]
    | tuple[DayException, ...]
)
"""Any value of any field. A layer maps a path to a value; an absent path is unset."""
