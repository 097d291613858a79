"""What is worked out once for a value and kept by the value's identity.

Layers never change once they are read, and the server reads the same text as the same objects. To
compare two hundred exceptions would cost as much as to work out what is kept.
"""

from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Same(Generic[T]):
    """A value that is equal to itself alone; it is held, so that its identity stays its own."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is cast("Same[object]", other).value
