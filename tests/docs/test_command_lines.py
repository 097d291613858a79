"""Every command line of a page can be typed as it stands there."""

import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO

import pytest

from docs.generate import DOCS
from familypair_tui.plain.command import Command
from familypair_tui.plain.parser import COMMANDS, build
from familypair_tui.plain.parser_time import TIME_COMMANDS

PAGES = [DOCS.parent / "README.md", DOCS / "parents.md", DOCS / "teens.md", DOCS / "developers.md"]
LINE = re.compile(r"^    familypair (.+)$|`familypair ([^`]+)`", re.MULTILINE)


def lines() -> Iterator[tuple[str, str]]:
    """The page and the words of each command line."""
    for page in PAGES:
        for block, inline in LINE.findall(page.read_text()):
            yield page.name, block or inline


def refused(words: list[str]) -> str:
    """What the parser says against a command line; empty when it is understood."""
    said = StringIO()
    try:
        with redirect_stderr(said):
            build().parse_args(words)
    except SystemExit as end:
        return said.getvalue() if end.code else ""
    return ""


def test_every_command_line_of_a_page_is_understood() -> None:
    """A reader who copies a line never reads "unrecognized arguments"."""
    found = list(lines())
    assert len(found) > 30
    wrong = [(page, line) for page, line in found if refused(shlex.split(line, comments=True))]
    assert wrong == []


@pytest.mark.parametrize("command", [*COMMANDS, *TIME_COMMANDS], ids=lambda one: one.name)
def test_every_command_has_an_example_that_is_understood(command: Command) -> None:
    """The example in a command's help is a command line of that command."""
    _, *words = shlex.split(command.example)
    assert words[0] == command.name
    assert refused(words) == ""
