"""What every act of the story uses: the transcript, what is checked, and how people are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from familypair.client import ProblemError
from familypair.reasons import Reason
from familypair.schema.settings import Explained
from familypair_tui.demo.family import Family
from familypair_tui.demo.people import Clock, Person

LIVE_SECONDS = 10.0
"""How long a screen may take to hear of something."""


class Teller:
    """Writes the transcript and counts what did not hold."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.checks = 0
        self.failed: list[str] = []

    def scene(self, title: str) -> None:
        """A heading."""
        self._write(f"\n{title}\n{'-' * len(title)}")

    def say(self, text: str) -> None:
        """Something that happened."""
        self._write(f"  {text}")

    def check(self, claim: str, holds: object) -> None:
        """Something that must be true now."""
        self.checks += 1
        self._write(f"  {'ok  ' if holds else 'FAIL'} {claim}")
        if not holds:
            self.failed.append(claim)


@dataclass(frozen=True)
class Stage:
    """Where the acts play: the people, the clock, the transcript, the server's address."""

    family: Family
    clock: Clock
    tell: Teller
    url: str


async def refused(call: Any) -> Reason | None:
    """The code with which a call was refused, or None when it went through."""
    try:
        await call
    except ProblemError as error:
        return error.problem.code
    return None


async def field_of(person: Person, teen: str, path: str) -> Explained:
    """One explained field as this person reads it."""
    settings = await person.api.settings(teen)
    return next(field for field in settings.fields if field.path == path)
