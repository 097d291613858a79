"""Words whose letters stand apart: `f u n`, `f.u n?`, and with others around them, `x f u n y`."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from familypair.rules.search.evasion import APART, plainly

Chunk = tuple[str, int, int]
"""A piece without spaces, and the words that it is of: from an index up to another."""
_AROUND: Final = ".,;:-_*'\"()[]~?!\u00a1\u00bf\u2026"
_LETTERS: Final = re.compile(r"[^\W_]|[@$+€£¥!|]").findall
_IS_APART: Final = re.compile(
    r"[^\W_](?:[^\w\s@$€£¥!|]|_)(?:[^\W_](?:[^\w\s]|_)+)*[^\W_]?"
).fullmatch
"""Single letters with a sign after each."""
_ALONE: Final = frozenset("aikncrxuy124568&")
"""What is often a word of its own: `i`, `u`, `4`."""
_EDGE: Final = 2
"""So many of those are taken off an end."""
_SHORTEST: Final = 4
"""Of fewer letters no word is looked for among others: too many things have them by chance."""
_LONGEST: Final = 8
_PHRASE: Final = 6
"""A phrase without its spaces has so many letters at least."""
_EVERY_WAY: Final = 40
_SINGLE: Final = 3
"""A word that is left when its neighbours are taken off has so many letters at least."""


class Run(msgspec.Struct, frozen=True):
    """Single letters in a row, and of which words each is."""

    letters: str
    places: tuple[tuple[int, int], ...]

    def part(self, first: int, last: int) -> Chunk:
        """The letters from an index up to another."""
        return self.letters[first:last], self.places[first][0], self.places[last - 1][1]

    def wholes(self) -> Iterator[Chunk]:
        """All of it, and without what may be words of their own around it."""
        size = len(self.letters)
        for first in range(_most_off(self.letters) + 1):
            for off in range(_most_off(self.letters[::-1]) + 1):
                if not first + off or size - first - off >= (_SINGLE if off else 2):
                    yield self.part(first, size - off)


def spelled(chunks: list[Chunk]) -> list[Run]:
    """Every run of two single letters and more."""
    found: list[Run] = []
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for text, first, last in (*chunks, ("", 0, 0)):
        single = _singles(text)
        if single:
            own = last - first == len(single)
            letters += single
            places += [
                (first + n, first + n + 1) if own else (first, last) for n in range(len(single))
            ]
        elif not text or text.strip(_AROUND):
            if len(letters) > 1:
                found.append(Run("".join(letters), tuple(places)))
            letters, places = [], []
    return found


def inside(run: Run, known: frozenset[str], latin: str) -> Iterator[Chunk]:
    """Words of some letters among the others, as they are or in the `latin` letters they imitate.

    None in a word that is no evasion although it holds another one.
    """
    size = len(run.letters)
    if size <= _SHORTEST or not any(map(str.isalpha, run.letters)):
        return
    lows = {run.letters.lower(), latin}
    if lows & known:
        return
    ways = set[str]().union(*map(plainly, lows)) if size <= _EVERY_WAY else {*plainly(latin)}
    for letters in ways:
        if len(letters) != size:
            continue
        for length in range(_SHORTEST, min(_LONGEST, size - 1) + 1):
            for first in range(size - length + 1):
                word = letters[first : first + length]
                start, end = run.places[first][0], run.places[first + length - 1][1]
                yield word, start, end
                if length >= _PHRASE:
                    yield APART + word, start, end


def _singles(chunk: str) -> list[str]:
    """The letters of a piece that has no two of them together; none of another."""
    core = chunk.strip(_AROUND)
    if len(core) == 1:
        return [core]
    if not core:
        return [chunk] if chunk in {"!", "|"} else []
    return _LETTERS(core) if _IS_APART(core) else []


def _most_off(letters: str) -> int:
    count = 0
    while count < min(_EDGE, len(letters)) and letters[count].lower() in _ALONE:
        count += 1
    return count
