"""Documentation that cannot go stale: it is compared with the code and its commands are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import DOCS, PAGES

ROOT = DOCS.parent
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    """A setting, route or reason without documentation fails here; the page is then rewritten."""
    page = DOCS / name
    assert page.read_text() == PAGES[name](), "run: python -m tests.docs.generate"


def test_every_make_target_is_in_the_readme() -> None:
    """Whoever reads the README knows every target."""
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [t for t in targets if not re.search(rf"`?make {t}\b|`{t}`", README)] == []


def test_links_between_pages_lead_somewhere() -> None:
    """No page points at a file that is not there."""
    dead = [
        (page.name, link)
        for page in [ROOT / "README.md", *DOCS.glob("*.md")]
        for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert dead == []


def test_every_dependency_has_a_reason() -> None:
    """A dependency that nobody explains is one that nobody decided on."""
    text = (ROOT / "pyproject.toml").read_text()
    named = set(re.findall(r'^\s+"([a-z0-9-]+)(?:\[\w+\])?>=', text, re.MULTILINE))
    named |= set(re.findall(r'"([a-z0-9-]+)>=', text)) - {"hatchling"}
    page = (DOCS / "dependencies.md").read_text()
    assert sorted(n for n in named if not re.search(rf"\b{re.escape(n)}\b", page)) == []


@pytest.mark.parametrize("command", ["familypair --help", "familypair-server --help", "make help"])
def test_the_readme_commands_answer(command: str) -> None:
    """The help that the README names is there."""
    bin_folder = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    done = subprocess.run(
        command.split(), cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
