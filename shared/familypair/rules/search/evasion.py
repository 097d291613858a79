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
_SIGN: Final = re.compile(r"[0-9@$+€£¥!|]")
_SIGNS: Final = _SIGN.search
_SIGNS_ALL: Final = _SIGN.findall
_PADDING: Final = re.compile(r"(.)\1{3,}")
_PARTED: Final = re.compile(r"[^\W_@$+€£¥!|]+(?:[@$+€£¥!|]+[^\W_@$+€£¥!|]+)*").findall
MOST: Final = 3
"""So many doubtful places are read in every way; with more of them, all in the same way."""
_VOWELS: Final = frozenset("aeiouy")
_MOST_DOUBLED: Final = 6
_MANY: Final = 5
"""With more readings than this the repeated letters of each are read in the same way."""
_SHORT: Final = 3
_LONGEST: Final = 64


def readings(
    chunk: str, known: frozenset[str], *, apart: bool = False, most: int = MOST
) -> set[str]:
    """Every word that the chunk (no spaces in it) can be read as, itself among them.

    `apart`: its letters stood apart. `most`: how many doubtful places are read in every way.
    """
    if _PADDING.search(chunk):
        chunk = _PADDING.sub(r"\1\1\1", chunk)
    if len(chunk) > _LONGEST:
        parts = [part for part in _PARTED(chunk) if len(part) <= _LONGEST]
        return set[str]().union(*(readings(part, known, most=0) for part in parts))
    pieces = _PIECES(chunk)
    found = {chunk, *pieces}
    if len(pieces) > 1 and (max(map(len, pieces)) == 1 or not _APART(chunk)):
        found.add("".join(pieces))
        apart = True
    if _SIGNS(chunk):
        found.update(_letters(chunk, most))
    found.discard("")
    thorough = most > 0
    if len(found) > _MANY:
        most = 0
    for word in tuple(found) if thorough else found.difference(pieces):
        found.update(undoubled(word, known, most))
    if apart or chunk[0] == "#":
        found.update([APART + word for word in found])
    if chunk[0] == "#":
        found.update([f"#{word}" for word in found])
    return found


def stem(word: str) -> str:
    """The singular that the word may be a plural or a genitive of; empty when it is none."""
    if word[-1] != "s" or len(word) <= _SHORT or word[-2] == "s":
        return ""
    return word[:-2] if word[-2] in "'\u2019" else word[:-1]


def undoubled(word: str, known: frozenset[str], most: int = MOST) -> set[str]:
    """The word with its repeated letters once or twice, and the singular of each.

    Nothing more where it is a word of its own.
    """
    if word in known or (word[-1] == "s" and stem(word) in known):
        return set()
    found = _shorter(word, most)
    found.update([short for one in (word, *found) if one[-1] == "s" and (short := stem(one))])
    return found


def _shorter(word: str, most: int) -> set[str]:
    runs = list(_RUN.finditer(word))
    lengths = [run.end() - run.start() for run in runs]
    if lengths == [2]:  # by far the most common, and nothing but speed
        at = runs[0].start()
        return {word[:at] + word[at + 1 :]}
    if not runs:
        return {word}
    if len(runs) <= most:
        return {_cut(word, runs, way) for way in product((1, 2), repeat=len(runs))}
    found = {_RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word)}
    if (least := min(lengths)) > 1 and len(set(lengths)) > 1:
        found.add(_cut(word, runs, tuple(n // least for n in lengths)))
    if most:
        found.update(_cut(word, runs, way) for way in _one_doubled(runs))
    return found


def _one_doubled(runs: list[re.Match[str]]) -> Iterator[tuple[int, ...]]:
    """All letters once, but for one of them, or for all that are no vowels."""
    yield tuple(1 if run[1] in _VOWELS else 2 for run in runs)
    for place in range(min(len(runs), _MOST_DOUBLED)):
        yield tuple(2 if n == place else 1 for n in range(len(runs)))


def _cut(word: str, runs: list[re.Match[str]], way: tuple[int, ...]) -> str:
    parts: list[str] = []
    at = 0
    for run, times in zip(runs, way, strict=True):
        parts += word[at : run.start()], run[1] * times
        at = run.end()
    return "".join((*parts, word[at:]))


def plainly(letters: str) -> set[str]:
    """Letters that stood apart, with digits and signs as letters; as long as before."""
    plain = letters.translate(_LEET)
    if _TIED not in plain:
        return {letters, plain}
    return {letters, plain.replace(_TIED, "i"), plain.replace(_TIED, "l")}


def effort(chunk: str) -> int:
    """How many ways there are to read it, roughly: for reading the simple ones first."""
    return len(_RUN.findall(chunk)) + len(_SIGNS_ALL(chunk))


def _letters(chunk: str, most: int) -> Iterator[str]:
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
    if doubtful <= most:
        ways: Iterable[tuple[str, ...]] = product("il", repeat=doubtful)
    else:
        ways = (("i",) * doubtful, ("l",) * doubtful)
    for way in ways:
        letters = iter(way)
        yield "".join([next(letters) if char == _TIED else char for char in plain])
