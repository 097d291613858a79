"""What ships with the project: its own packs, and how look-alike letters are read."""

import importlib
from functools import cache
from importlib import resources
from typing import Any, Final

from familypair.packs.files import About, read
from familypair.rules.search.folding import BUILT_IN, Folding
from familypair.rules.search.packs import Pack, Packs

_DATA: Final = resources.files("familypair.packs") / "data"
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"


@cache
def standard() -> Packs:
    """The project's own packs, ready to use."""
    return Packs.of(shipped(), folding())


@cache
def shipped() -> tuple[Pack, ...]:
    """The project's own packs, by name."""
    files = sorted(file.name for file in _DATA.iterdir() if file.name.endswith(".txt"))
    return tuple(
        read((_DATA / name).read_text(encoding="utf-8"), About(name=name.removesuffix(".txt")))
        for name in files
    )


@cache
def folding() -> Folding:
    """Unicode's confusables (TR39) where `confusable_homoglyphs` is installed; else a small table.

    The extras `client` and `server` bring it.
    """
    lines = (_DATA / "known.words").read_text(encoding="utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return Folding({**_confusables(), **BUILT_IN.looks}, frozenset(words))


def _confusables() -> dict[int, str]:
    try:
        module: Any = importlib.import_module("confusable_homoglyphs.confusables")
    except ImportError:
        return {}
    alike: dict[str, list[dict[str, str]]] = module.confusables_data
    return {
        ord(one["c"]): letter
        for letter in _LATIN
        for shown in (letter.upper(), letter)
        for one in alike.get(shown, ())
        if len(one["c"]) == 1 and not one["c"].isascii()
    }
