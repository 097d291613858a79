"""Lines out and answers in. Nothing is redrawn, so that everything stays in the scrollback."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TextIO

import msgspec

from familypair.client.clean import clean
from familypair.client.store import home_folder


class UsageError(Exception):
    """The command cannot be understood as it is; exit code 2."""


class Stopped(Exception):  # noqa: N818 - not a fault: the person said no
    """The person chose not to go on; exit code 1, nothing was changed."""


@dataclass(frozen=True, slots=True)
class Console:
    """The three streams of a command. With `as_json` only JSON goes to `out`, the rest to `err`."""

    out: TextIO
    err: TextIO
    ask_line: Callable[[], str]
    """Reads one line of an answer; an empty string at the end of the input."""
    as_json: bool = False
    echo: bool = False
    """Write each answer after its question: the input is no terminal that shows what is typed."""
    zone: tzinfo = UTC
    glyphs: bool = True
    """Whether the output can show block characters; else bars are drawn in ASCII."""
    home: Callable[[], Path] = home_folder
    """Where this program keeps what it has to remember between two commands."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def say(self, *lines: str) -> None:
        """Sentences for the person."""
        for line in lines:
            print(clean(line), file=self.err if self.as_json else self.out, flush=True)

    def fail(self, sentence: str, document: object = None) -> None:
        """The one sentence on stderr that says why; with `as_json` the document in its place."""
        said = msgspec.json.encode(document).decode() if self.as_json else clean(sentence)
        print(said, file=self.err, flush=True)

    def give(self, value: object, *lines: str) -> None:
        """The command's result: the value as JSON, or the lines."""
        if self.as_json:
            print(msgspec.json.encode(value).decode(), file=self.out, flush=True)
        else:
            self.say(*lines)

    def ask(self, question: str, *, flag: str) -> str:
        """One answer, stripped. Raises `UsageError` naming the flag when nobody can answer."""
        print(clean(question), end=" ", file=self.err if self.as_json else self.out, flush=True)
        line = self.ask_line()
        if not line:
            raise UsageError(f"There is nobody to answer; give it with {flag}.")
        if self.echo:
            self.say(line.strip())
        return clean(line.strip())

    def choose(self, question: str, options: Sequence[str], *, flag: str) -> int:
        """Numbered options; the chosen one's place from 0. Asks again for anything else."""
        self.say(question, *(f"  {n}. {option}" for n, option in enumerate(options, 1)))
        while True:
            answer = self.ask(f"Type a number from 1 to {len(options)}:", flag=flag)
            if answer.isdecimal() and 1 <= int(answer) <= len(options):
                return int(answer) - 1

    def sure(self, question: str, yes: str, *, given: bool) -> None:
        """Ask before an act; `given` is --yes. Raises `Stopped` for a no."""
        if not given and self.choose(question, ("No, change nothing", yes), flag="--yes") == 0:
            raise Stopped("Nothing was changed.")

    def choose_many(self, question: str, count: int, *, flag: str) -> tuple[int, ...]:
        """Several numbers in one line, `all`, or Enter for none; places from 0."""
        while True:
            answer = self.ask(question, flag=flag).lower()
            if answer == "all":
                return tuple(range(count))
            parts = answer.replace(",", " ").split()
            if all(part.isdecimal() and 1 <= int(part) <= count for part in parts):
                return tuple(sorted({int(part) - 1 for part in parts}))
            self.say(f"Please type numbers from 1 to {count}, such as 1 3, or: all")

    def when(self, at: datetime) -> str:
        """`22 Nov 16:42` in the reader's zone."""
        local = at.astimezone(self.zone)
        return f"{local.day} {local:%b %H:%M}"

    def until(self, at: datetime) -> str:
        """How long until then, in words: `9 minutes`, `23 hours`, `6 days`."""
        minutes = max(0, round((at - self.clock()).total_seconds() / 60))
        if minutes < 120:  # noqa: PLR2004 - two hours
            return counted(minutes, "minute")
        if minutes < 48 * 60:
            return counted(round(minutes / 60), "hour")
        return counted(round(minutes / (24 * 60)), "day")


def counted(number: int, one: str) -> str:
    """`1 minute`, `2 minutes`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def listed(parts: Sequence[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
