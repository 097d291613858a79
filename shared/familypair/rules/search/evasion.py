"""The other readings of one piece of text: letters apart, repeated, or written as digits."""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

_RUN: Final = re.compile(r"([^\W\d_])\1+")
_PIECES: Final = re.compile(r"[^\W_]+").findall
_APART: Final = re.compile("[\\s/,&;:'\u2019\"()]").search
"""Signs that stand between words: what they part is put together only letter by letter."""
_EDGES: Final = "#.,;:?)\"'\u2019(*-_~[]{}<>"
_TIED: Final = "\0"
_LEET: Final = str.maketrans("0345678929@$+€£¥1!|", "oeasgtbgzgastely" + _TIED * 3)
APART: Final = "\1"
"""Before a reading that was put together: only such a one is a phrase without its spaces."""
_SIGNS: Final = re.compile(r"[0-9@$+€£¥!|]").search
_MOST: Final = 3
_MOST_RUNS: Final = 6
"""So many doubtful places are read in every way; with more of them, all in the same way."""
_SHORT: Final = 3
_LONGEST: Final = 64


def readings(chunk: str, known: frozenset[str], *, apart: bool = False) -> set[str]:
    """Every word that the chunk (no spaces in it) can be read as, itself among them.

    `apart`: its letters stood apart.
    """
    if len(chunk) > _LONGEST:
        return set()
    pieces = _PIECES(chunk)
    found = {chunk, *pieces}
    if len(pieces) > 1 and (max(map(len, pieces)) == 1 or not _APART(chunk)):
        found.add("".join(pieces))
        apart = True
    if _SIGNS(chunk):
        found.update(_letters(chunk))
    found.discard("")
    for word in tuple(found):
        found.update(undoubled(word, known))
    if apart:
        found.update([APART + word for word in found])
    if chunk[0] == "#":
        found.update([f"#{word}" for word in found])
    return found


def stem(word: str) -> str:
    """The singular that the word may be a plural or a genitive of; empty when it is none."""
    if word[-1] != "s" or len(word) <= _SHORT or word[-2] == "s":
        return ""
    return word[:-2] if word[-2] in "'\u2019" else word[:-1]


def undoubled(word: str, known: frozenset[str]) -> set[str]:
    """The word with its repeated letters once or twice, and the singular of each.

    Nothing more where it is a word of its own.
    """
    if word in known or (word[-1] == "s" and stem(word) in known):
        return set()
    found = _shorter(word)
    found.update([short for one in (word, *found) if one[-1] == "s" and (short := stem(one))])
    return found


def _shorter(word: str) -> set[str]:
    runs = list(_RUN.finditer(word))
    lengths = [run.end() - run.start() for run in runs]
    if lengths == [2]:  # by far the most common, and nothing but speed
        at = runs[0].start()
        return {word[:at] + word[at + 1 :]}
    if len(runs) <= _MOST_RUNS:
        ways: Iterable[tuple[int, ...]] = product((1, 2), repeat=len(runs))
    else:
        least = min(lengths)
        ways = ((1,) * len(runs), (2,) * len(runs), tuple(n // least for n in lengths))
    return {_cut(word, runs, way) for way in ways}


def _cut(word: str, runs: list[re.Match[str]], way: tuple[int, ...]) -> str:
    parts: list[str] = []
    at = 0
    for run, times in zip(runs, way, strict=True):
        parts += word[at : run.start()], run[1] * times
        at = run.end()
    return "".join((*parts, word[at:]))


def _letters(chunk: str) -> Iterator[str]:
    """Digits and signs read as letters, where a letter stands beside them."""
    core = chunk.strip(_EDGES)
    if _SIGNS(core.rstrip("!")) is None:
        core = core.rstrip("!")
    signs = "".join([char for char in core if char.isalnum() or char == "&" or _SIGNS(char)])
    if not any(char.isalpha() or char in "@$" for char in signs):
        return
    yield signs.rstrip("0123456789")
    plain = signs.translate(_LEET)
    doubtful = plain.count(_TIED)
    if doubtful <= _MOST:
        ways: Iterable[tuple[str, ...]] = product("il", repeat=doubtful)
    else:
        ways = (("i",) * doubtful, ("l",) * doubtful)
    for way in ways:
        letters = iter(way)
        yield "".join([next(letters) if char == _TIED else char for char in plain])
