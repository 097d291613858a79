"""Who may know what: the lines that the import contracts cannot draw."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "server" / "familypair_server"
RULES = ROOT / "shared" / "familypair" / "rules"
SQL = re.compile(
    r"^\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b", re.IGNORECASE
)
FORBIDDEN_IN_RULES = {"asyncio", "datetime.now", "random", "secrets", "socket", "sqlite3", "time"}


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _texts(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_sql_is_only_in_statements() -> None:
    """SQL lives in `statements.py` of a subject and in the storage folder, nowhere else."""
    strays = [
        str(path.relative_to(ROOT))
        for path in SERVER.rglob("*.py")
        if path.name != "statements.py" and "storage" not in path.parts
        if any(SQL.match(text) for text in _texts(path))
    ]
    assert strays == []


def test_services_do_not_know_the_web_framework() -> None:
    """A service takes values and yields statements; Litestar stays in routes."""
    strays = [
        str(path.relative_to(ROOT))
        for path in SERVER.rglob("service*.py")
        if any(name.split(".")[0] == "litestar" for name in _imports(path))
    ]
    assert strays == []


def test_policies_do_not_know_bindings() -> None:
    """`hosts` forgets policies when a binding ends; the other way round would be a circle."""
    strays = [
        path.name
        for path in (SERVER / "policies").rglob("*.py")
        if any(name.startswith("familypair_server.hosts") for name in _imports(path))
    ]
    assert strays == []


def test_rules_have_no_clock_no_io_and_no_async() -> None:
    """Rules take values and `now`; they import nothing that could ask the world."""
    strays = [
        (str(path.relative_to(ROOT)), sorted(_imports(path) & FORBIDDEN_IN_RULES))
        for path in RULES.rglob("*.py")
        if _imports(path) & FORBIDDEN_IN_RULES
        or "async def" in path.read_text()
        or re.search(r"datetime\.now|date\.today", path.read_text())
    ]
    assert strays == []


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import familypair", "litestar textual aiosqlite authlib httpx httpx2 sqlite3"),
        ("import familypair.rules.layers", "litestar textual aiosqlite httpx2 sqlite3 asyncio"),
        (
            "import familypair.testing.decisions",
            "confusable_homoglyphs httpx2 joserfc litestar platformdirs",
        ),
        ("import familypair_tui.__main__", "textual rich authlib httpx httpx2 litestar"),
        ("import familypair_server.__main__", "litestar uvicorn authlib textual"),
    ],
)
def test_an_import_loads_only_what_it_needs(statement: str, forbidden: str) -> None:
    """A fresh interpreter shows what the static contracts cannot: imports made at run time."""
    code = f"{statement}\nimport sys\nprint([m for m in {forbidden.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_widgets_do_no_io() -> None:
    """Widgets draw and post messages; only screens and the app talk to the client."""
    strays = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tui" / "familypair_tui" / "widgets").rglob("*.py")
        if any(n.startswith(("familypair.client", "httpx2", "socket")) for n in _imports(path))
    ]
    assert strays == []


def test_plain_commands_do_not_load_the_full_screen_client() -> None:
    """Scripts and screen readers get commands that never import Textual."""
    strays = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tui" / "familypair_tui" / "plain").rglob("*.py")
        if any(n.split(".")[0] in {"textual", "rich"} for n in _imports(path))
    ]
    assert strays == []


def test_nothing_committed_names_a_machine() -> None:
    """No file has a path of one machine or the host of a package registry."""
    folders = "w[o]rk|f[a]rm"  # bracketed, so that this line does not match itself
    hosts = "py[p]i[.]org|python[h]osted|npm[j]s[.]org|deb[.]debian"
    pattern = rf"(^|[^.A-Za-z0-9_~-])/({folders})/|/ro[o]t/|{hosts}"
    done = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("", 1)  # 1: searched, and found nothing
