"""Small files and small functions, by measurement."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_FILE = 400
MAX_FUNCTION = 50
ROOTS = ("shared", "server", "tui", "tests")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _sources() -> Iterator[Path]:
    for root in ROOTS:
        yield from sorted((ROOT / root).rglob("*.py"))


def _functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def test_no_file_is_longer_than_one_subject() -> None:
    """A file of more than 400 lines holds two subjects."""
    long = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in _sources()}
    assert {name: n for name, n in long.items() if n > MAX_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    """A function of more than 50 lines does more than one thing."""
    long = [
        f"{path.relative_to(ROOT)}:{f.lineno} {f.name} ({(f.end_lineno or 0) - f.lineno + 1})"
        for path in _sources()
        for f in _functions(path)
        if (f.end_lineno or 0) - f.lineno + 1 > MAX_FUNCTION
    ]
    assert long == []


def test_every_test_states_a_behaviour() -> None:
    """A test's docstring says what must be true; its name alone is not enough."""
    bare = [
        f"{path.relative_to(ROOT)}:{f.lineno} {f.name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for f in _functions(path)
        if f.name.startswith("test_") and ast.get_docstring(f) is None
    ]
    assert bare == []
