"""What every order can do. `strict` always means: protects at least as much."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast

from familypair.reasons import Reason
from familypair.settings.bands import Kind
from familypair.settings.faults import Faults

V = TypeVar("V")
"""The Python type of the values of one order."""

E = TypeVar("E")
"""The element type of a set order."""


class Order(ABC, Generic[V]):
    """A kind of value with its strictness. Values are immutable and already checked."""

    kind: Kind

    @property
    @abstractmethod
    def loosest(self) -> V:
        """The value that restricts nothing."""

    @abstractmethod
    def parse(self, raw: object, pointer: str, faults: Faults) -> V | None:
        """Read decoded JSON; None, with the refusals in `faults`, when it is no value."""

    @abstractmethod
    def encode(self, value: V) -> Any:
        """The JSON form; `parse` of it gives the value back."""

    @abstractmethod
    def covers(self, strict: V, loose: V) -> bool:
        """Whether `strict` is at least as strict as `loose`, in every respect."""

    @abstractmethod
    def meet(self, values: Sequence[V]) -> V:
        """The loosest value that is at least as strict as every one of `values` (one or more)."""

    @abstractmethod
    def join(self, values: Sequence[V]) -> V:
        """The strictest value that is at most as strict as every one of `values`."""

    def decides(self, value: V, met: V) -> bool:
        """Whether a layer saying `value` is among those that decided the meet `met`."""
        return self.covers(value, met)

    def looser_than_cap(self, value: V, cap: V) -> bool:
        """Whether a write of `value` asks for less than the cap demands."""
        return not self.covers(value, cap)


class Chain(Order[V]):
    """A total order: every value has a rank, a larger rank is stricter."""

    @abstractmethod
    def rank(self, value: V) -> float:
        """Strictness as a number."""

    def covers(self, strict: V, loose: V) -> bool:
        return self.rank(strict) >= self.rank(loose)

    def meet(self, values: Sequence[V]) -> V:
        return max(values, key=self.rank)

    def join(self, values: Sequence[V]) -> V:
        return min(values, key=self.rank)


class SetOrder(Order[frozenset[E]]):
    """A set in which more elements are stricter: layers unite."""

    @property
    def loosest(self) -> frozenset[E]:
        return frozenset()

    def covers(self, strict: frozenset[E], loose: frozenset[E]) -> bool:
        return strict >= loose

    def meet(self, values: Sequence[frozenset[E]]) -> frozenset[E]:
        return frozenset[E]().union(*values)

    def join(self, values: Sequence[frozenset[E]]) -> frozenset[E]:
        return values[0].intersection(*values[1:])

    def decides(self, value: frozenset[E], met: frozenset[E]) -> bool:
        """In a union each layer with an element in it decided; an empty one is everybody's."""
        return bool(value) or not met


def as_list(raw: object, pointer: str, faults: Faults, most: int) -> list[object]:
    """The items of a JSON array of at most `most`; empty with a refusal otherwise."""
    if not isinstance(raw, list):
        faults.add(Reason.WRONG_TYPE, pointer, expected="array")
        return []
    found = cast("list[object]", raw)
    if len(found) > most:
        faults.add(Reason.TOO_LONG, pointer, most=most)
        return []
    return found
