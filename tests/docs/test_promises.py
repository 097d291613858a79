"""Promises are tests: the page says which, and the tests are there."""

import re

import pytest

from docs.generate import DOCS
from familypair_server.__main__ import main

ROOT = DOCS.parent
PAGE = (DOCS / "promises.md").read_text()
LINK = re.compile(r"\]\((\.\./tests/[^)]+)\)")


def test_every_promise_names_tests_that_exist() -> None:
    """A promise whose test was renamed or removed fails here."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    rows = [line for line in rows if not re.fullmatch(r"\| (promise|law) \| held by \|", line)]
    assert len(rows) > 15
    for row in rows:
        files = LINK.findall(row)
        assert files, row
        missing = [name for name in files if not (DOCS / name).resolve().is_file()]
        assert missing == [], row


def test_every_promise_of_the_readme_is_held() -> None:
    """The README promises nothing that the page does not prove."""
    section = (ROOT / "README.md").read_text().partition("## What it promises")[2]
    promised = re.findall(r"^- (.+)$", section.partition("\n## ")[0], re.MULTILINE)
    assert promised
    assert [one for one in promised if f"| {one} |" not in PAGE] == []


def test_the_operators_page_names_every_command_and_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A command that nobody documents is one that nobody runs when it matters."""
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"^ {4}([a-z-]+)(?= |$)", capsys.readouterr().out, re.MULTILINE))
    page = (DOCS / "operators.md").read_text()
    told = set(re.findall(r"^\| `familypair-server ([a-z-]+)", page, re.MULTILINE))
    assert told == known


def test_every_bench_is_on_the_page() -> None:
    """A figure that is measured is published, with its peer."""
    modules = (ROOT / "tests" / "bench").glob("*.py")
    measured = {
        name
        for module in modules
        for found in re.findall(r"^BENCHES = {([^}]*)}", module.read_text(), re.MULTILINE)
        for name in re.findall(r'"(B\d+)"', found)
    }
    page = (DOCS / "bench.md").read_text()
    assert measured
    assert [name for name in sorted(measured) if f"| {name} |" not in page] == []
