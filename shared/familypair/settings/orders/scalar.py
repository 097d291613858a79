"""Orders of single values: one of a list, minutes with "none", a time of day with "off"."""

import re
from collections.abc import Sequence
from typing import Final

from familypair.reasons import Reason
from familypair.settings.bands import Kind
from familypair.settings.faults import Faults
from familypair.settings.orders.base import Chain
from familypair.settings.values import NONE, OFF, ON

_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NOON: Final = 720
_DAY: Final = 1440


def read_text(raw: object, pointer: str, faults: Faults) -> str | None:
    """A JSON string, or a refusal."""
    if isinstance(raw, str):
        return raw
    faults.add(Reason.WRONG_TYPE, pointer, expected="string")
    return None


def read_integer(raw: object, pointer: str, faults: Faults) -> int | None:
    """A JSON integer, or a refusal; true and 1.0 are not integers."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    faults.add(Reason.WRONG_TYPE, pointer, expected="integer")
    return None


def read_clock(raw: object, pointer: str, faults: Faults) -> str | None:
    """A canonical `HH:MM`, 00:00 to 23:59, or a refusal."""
    text = read_text(raw, pointer, faults)
    if text is None or _CLOCK.fullmatch(text):
        return text
    faults.add(Reason.OUT_OF_RANGE, pointer, expected="HH:MM")
    return None


class Choice(Chain[str]):
    """One of a list of words, from the loosest to the strictest."""

    kind = Kind.CHOICE

    def __init__(self, *options: str) -> None:
        self.options: Sequence[str] = options
        self._ranks = {option: rank for rank, option in enumerate(options)}
        if set(options) == {ON, OFF}:
            self.kind = Kind.TOGGLE

    @property
    def loosest(self) -> str:
        return self.options[0]

    def rank(self, value: str) -> int:
        return self._ranks[value]

    def parse(self, raw: object, pointer: str, faults: Faults) -> str | None:
        text = read_text(raw, pointer, faults)
        if text is None or text in self._ranks:
            return text
        faults.add(Reason.OUT_OF_RANGE, pointer, allowed=", ".join(self.options))
        return None

    def encode(self, value: str) -> str:
        return value


class Minutes(Chain[int | str]):
    """Whole minutes from `low` to `high`, or "none" where there may be no limit.

    Fewer is stricter, also for breaks, where a shorter interval protects more (A17).
    """

    kind = Kind.MINUTES

    def __init__(self, low: int, high: int, *, none: bool = True) -> None:
        self.low = low
        self.high = high
        self.none = none

    @property
    def loosest(self) -> int | str:
        return NONE if self.none else self.high

    def rank(self, value: int | str) -> float:
        return -float("inf") if isinstance(value, str) else -value

    def parse(self, raw: object, pointer: str, faults: Faults) -> int | str | None:
        if self.none and isinstance(raw, str):
            if raw == NONE:
                return NONE
            faults.add(Reason.OUT_OF_RANGE, pointer, low=self.low, high=self.high, allowed=NONE)
            return None
        number = read_integer(raw, pointer, faults)
        if number is None or self.low <= number <= self.high:
            return number
        faults.add(Reason.OUT_OF_RANGE, pointer, low=self.low, high=self.high)
        return None

    def encode(self, value: int | str) -> int | str:
        return value


class Clock(Chain[str]):
    """A time of day; with `off`, an evening time ordered by minutes after noon, earlier stricter.

    Algebra.md A16: off is the loosest, 12:00 the strictest, 11:59 the loosest time.
    """

    kind = Kind.TIME_OF_DAY

    def __init__(self, *, off: bool) -> None:
        self.off = off

    @property
    def loosest(self) -> str:
        return OFF if self.off else "00:00"

    def rank(self, value: str) -> float:
        if value == OFF:
            return -float("inf")
        return -((int(value[:2]) * 60 + int(value[3:]) - _NOON) % _DAY)

    def parse(self, raw: object, pointer: str, faults: Faults) -> str | None:
        if self.off and raw == OFF:
            return OFF
        return read_clock(raw, pointer, faults)

    def encode(self, value: str) -> str:
        return value
