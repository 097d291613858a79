"""One searched text, normalised once: its words, and every other way in which they can be read.

What is undone: NFKC, case, invisible characters, accents, look-alikes of other scripts (TR39),
letters apart by spaces or punctuation, repeated letters, digits and symbols for letters. A word is
a whole word; scripts that are written without spaces are matched as substrings.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec

from familypair.rules.search.evasion import MOST, effort, readings, stem, undoubled
from familypair.rules.search.folding import BUILT_IN, TO_CYRILLIC, Folding
from familypair.rules.search.spelled import Chunk, inside, spelled

_ODD: Final = re.compile("[^a-z ]").search
"""Whatever a look at whole words is not enough for."""
_DOUBLE: Final = re.compile(r"(.)\1").search
_HAS_CYRILLIC: Final = re.compile("[\u0400-\u04ff]").search
_HAS_LATIN: Final = re.compile("[a-z]").search
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
).sub
_UNSEEN_GAP: Final = re.compile(
    "[\u115f\u1160\u180e\u200b\u2060-\u2064\u2800\u3164\ufeff\uffa0]+"
    "|(?<=[A-Za-z])[\u200c\u200d]+(?=[A-Za-z])"
).split
"""Where nobody sees that a word ends; joiners of Arabic and Indic scripts end none."""
DENSE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30fa\u30fc-\u312f\u3400-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts without spaces between words, or with particles on them: Thai, Khmer, CJK, Hangul ..."""
_IS_DENSE: Final = re.compile(f"[{DENSE}]").search
_LETTER: Final = f"(?:[^\\W_{DENSE}]|[\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff])"
_WORD: Final = re.compile(
    f"[{DENSE}]+|{_LETTER}+(?:['\u2019]{_LETTER}+)*|[\u2600-\u27bf\U0001f000-\U0001faff]"
).findall
_WORD_ASCII: Final = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*").findall
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
).sub
LONGEST: Final = 500
"""Characters that can be seen, with one space between words; a longer text is not read at all."""
_MOST_SENT: Final = 20 * LONGEST
"""More than this is too long whatever it is made of."""
_WIDEST: Final = 18
"""Characters that NFKC makes of one, at most."""
_ROOM: Final = 400
"""Readings of one text, about; then each piece is read in one way only."""


class Text(msgspec.Struct, frozen=True, gc=False):
    """A text as the matchers see it. Made by `normal`; holds no more than one search."""

    words: list[str]
    keys: frozenset[str]
    """Every word in every reading: where none is in a list, nothing matches."""
    extras: tuple[tuple[str, int, int], ...] = ()
    """Other readings, each for the words from one index up to another."""
    dense: str = ""
    """The text without its separators, only where a script without spaces is in it."""
    too_long: bool = False
    """It was not read: nothing is known of it, and nothing is found in it."""

    def places(self) -> Iterator[tuple[str, int, int]]:
        """Every reading with the words that it is of: from an index up to another."""
        for at, word in enumerate(self.words):
            yield word, at, at + 1
            if singular := stem(word):
                yield singular, at, at + 1
        yield from self.extras


TOO_LONG: Final = Text([], frozenset(), too_long=True)


def normal(raw: str, folding: Folding = BUILT_IN) -> Text:
    """The text in every reading that a plain evasion would need; unread when it is too long."""
    text = raw
    if len(text) > LONGEST:
        if is_too_long(text):
            return TOO_LONG
        text = " ".join(text.split())
    if text.isascii():
        low = text.lower().rstrip("?!. ")
        if _ODD(low) is None:
            words = low.split()
            if list(map(len, words)).count(1) <= 1:
                return _easy(words, folding.known if _DOUBLE(low) else None)
    return _hard(text, folding)


def is_too_long(raw: str) -> bool:
    """Whether more can be seen of it than `LONGEST` characters, each gap counted as one space."""
    if len(raw) > _MOST_SENT:
        return True
    if len(raw) <= LONGEST and (raw.isascii() or len(raw) * _WIDEST <= LONGEST):
        return False
    return len(" ".join(_visible(raw).split())) > LONGEST


def folded(text: str) -> str:
    """Case, compatibility forms and invisible characters undone."""
    return _lower(_visible(text))


def _visible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE("", unicodedata.normalize("NFKC", text))


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text.casefold())


def words_of(text: str) -> list[str]:
    """The words of a folded text."""
    return _WORD_ASCII(text) if text.isascii() else _WORD(text)


def is_dense(text: str) -> bool:
    """Whether a script without spaces between words is in it."""
    return not text.isascii() and _IS_DENSE(text) is not None


def _easy(words: list[str], known: frozenset[str] | None) -> Text:
    """Lower-case ASCII words; `known` only where a letter is doubled."""
    keys = frozenset(words)
    if singular := [short for word in words if word[-1] == "s" and (short := stem(word))]:
        keys = keys.union(singular)
    if known is None:
        return Text(words, keys)
    extras = tuple(
        (key, at, at + 1)
        for at, word in enumerate(words)
        if _DOUBLE(word)
        for key in undoubled(word, known)
    )
    return Text(words, keys.union([key for key, _, _ in extras]), extras)


def _hard(raw: str, folding: Folding) -> Text:
    compact = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    text = _INVISIBLE("", compact)
    if len(text) > LONGEST and is_too_long(text):
        return TOO_LONG
    words: list[str] = []
    chunks: list[Chunk] = []
    gaps: list[Chunk] = []
    """Pieces with something invisible in them, as they were sent."""
    for sent in compact.split():
        chunk = _INVISIBLE("", sent)
        first = len(words)
        words += words_of(_lower(chunk))
        if chunk:
            chunks.append((chunk, first, len(words)))
        if len(chunk) != len(sent):
            gaps.append((sent, first, len(words)))
    extras = _extras(chunks, gaps, folding, native=_is_native(text, folding))
    keys = {*words, *[key for key, _, _ in extras]}
    keys.update([short for word in words if word[-1] == "s" and (short := stem(word))])
    dense = "".join(words) if is_dense(text) else ""
    return Text(words, frozenset(keys), tuple(extras), dense)


def _extras(
    chunks: list[Chunk], gaps: list[Chunk], folding: Folding, *, native: bool
) -> list[Chunk]:
    """The other readings; the simple ones first, so that nothing else uses up their room."""
    letters = spelled(chunks)
    pieces = [(chunk, False) for chunk in chunks if _odd(chunk)]
    pieces += [(whole, True) for run in letters for whole in run.wholes()]
    pieces += [
        ((chunk, first, last), part is sent)
        for sent, first, last in gaps
        for part in (sent, *_UNSEEN_GAP(sent))
        if len(chunk := _INVISIBLE("", part)) > 1
    ]
    pieces.sort(key=_effort)
    found: list[Chunk] = []
    for (chunk, first, last), apart in pieces:
        most = MOST if len(found) < _ROOM // 2 else 1 if len(found) < _ROOM else 0
        keys: set[str] = set()
        forms = _forms(chunk, folding, native=native)
        for form in forms if most == MOST else {forms[0], forms[-1]}:
            keys |= readings(form, folding.known, apart=apart, most=most)
        found += [(key, first, last) for key in keys]
    for run in letters:
        found += inside(run, folding.known, _latin(run.letters, folding))
    return found


def _effort(piece: tuple[Chunk, bool]) -> int:
    return effort(piece[0][0])


def _is_native(text: str, folding: Folding) -> bool:
    """Whether letters of another script are in it that imitate nothing."""
    if text.isascii():
        return False
    return any(char.isalpha() and not char.isascii() for char in _latin(text, folding))


def _odd(chunk: Chunk) -> bool:
    text = chunk[0]
    return not (text.isascii() and text.isalpha()) or _DOUBLE(text) is not None


def _latin(text: str, folding: Folding) -> str:
    """Without accents, look-alikes as the Latin letters they imitate, capitals by their shape."""
    if text.isascii():
        return text.lower()
    bare = _MARKS("", unicodedata.normalize("NFD", text))
    return _lower(bare.translate(folding.looks)).translate(folding.looks)


def _forms(chunk: str, folding: Folding, *, native: bool) -> tuple[str, ...]:
    """The chunk itself, without accents, and with look-alikes read as what they imitate.

    In a text of another script a word wholly of it is read as it stands: there it imitates nothing.
    """
    low = _lower(chunk)
    if low.isascii():
        return (low,)
    bare = unicodedata.normalize("NFC", _MARKS("", unicodedata.normalize("NFD", low)))
    forms = [low, bare]
    mixed = _HAS_LATIN(bare) is not None
    if mixed or not native:
        forms.append(_latin(chunk, folding))
    if mixed and _HAS_CYRILLIC(low):
        forms += low.translate(TO_CYRILLIC), bare.translate(TO_CYRILLIC)
    return tuple(dict.fromkeys(filter(None, forms)))
