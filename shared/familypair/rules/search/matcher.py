"""Word lists that a text is held against, whatever their length."""

from collections.abc import Iterable
from typing import Final, Self

from familypair.rules.search.evasion import APART
from familypair.rules.search.text import Text, folded, is_dense, words_of

Span = tuple[int, int, str]
"""From, up to, label. Places count words, or characters where the text is dense."""

Phrase = tuple[tuple[str, ...], tuple[str, ...], str]
"""The words before the longest one, the words after it, the label."""
Lead = tuple[int, int, tuple[Phrase, ...]]
"""Where a longest word is, and the phrases that have it."""
Steps = dict[tuple[int, str], set[int]]
"""From a place over a word to the next places: a reading may be of several words."""
_NONE: Final[frozenset[str]] = frozenset()


class Matcher:
    """Terms with labels: words, phrases, #tags; substrings in scripts without spaces.

    Immutable after it was made; safe to share between threads.
    """

    __slots__ = ("_lengths", "_phrases", "_pieces", "_words")

    def __init__(self) -> None:
        self._words: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, tuple[Phrase, ...]] = {}
        self._pieces: dict[str, tuple[str, ...]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}

    @classmethod
    def of(cls, terms: Iterable[str]) -> Self:
        """Terms that are found under their own names."""
        return cls.labelled((term, term) for term in terms)

    @classmethod
    def labelled(cls, terms: Iterable[tuple[str, str]]) -> Self:
        """Terms, each with the label under which it is found."""
        made = cls()
        for term, label in terms:
            made._add(folded(term), label)
        return made

    def __bool__(self) -> bool:
        return bool(self._words or self._phrases or self._pieces)

    def hits(self, text: Text) -> frozenset[str]:
        """The labels of all that is in the text."""
        if self._misses(text):
            return _NONE
        return frozenset([label for _, _, label in self.spans(text)])

    def spans(self, text: Text) -> list[Span]:
        """Where what is in the text."""
        if self._misses(text):
            return []
        found = self._of_words(text)
        if not text.dense:
            return found
        edges = _edges(text.words)
        return [(edges[a], edges[b], label) for a, b, label in found] + self._of_pieces(text.dense)

    def _misses(self, text: Text) -> bool:
        keys = text.keys
        return (
            self._words.keys().isdisjoint(keys)
            and not (text.dense and self._pieces)
            and (self._phrases.keys().isdisjoint(keys) or not self._has_phrase(keys))
        )

    def _has_phrase(self, keys: frozenset[str]) -> bool:
        """Whether every word of some phrase is there, in whatever order."""
        return any(
            keys.issuperset(before) and keys.issuperset(after)
            for lead in keys
            for before, after, _ in self._phrases.get(lead, ())
        )

    def _of_words(self, text: Text) -> list[Span]:
        found: list[Span] = []
        leads: list[Lead] = []
        for key, first, last in text.places():
            if key in self._words:
                found += [(first, last, label) for label in self._words[key]]
            if key in self._phrases:
                leads.append((first, last, self._phrases[key]))
        if leads:
            found += _phrases(text, leads)
        return found

    def _of_pieces(self, dense: str) -> list[Span]:
        return [
            (at, at + length, label)
            for at, char in enumerate(dense)
            for length in self._lengths.get(char, ())
            for label in self._pieces.get(dense[at : at + length], ())
        ]

    def _add(self, term: str, label: str) -> None:
        words = words_of(term)
        whole = "".join(words)
        if term.startswith("#") and words:
            _put(self._words, "#" + whole.replace("_", ""), label)
        elif is_dense(whole) and len(whole) > 1:
            _put(self._pieces, whole, label)
            lengths = self._lengths.get(whole[0], ())
            if len(whole) not in lengths:
                self._lengths[whole[0]] = (*lengths, len(whole))
        elif len(words) == 1:
            _put(self._words, words[0], label)
        elif words and max(map(len, words)) == 1:
            _put(self._words, "".join(term.split()), label)
        elif words:
            self._add_phrase(words, label)

    def _add_phrase(self, words: list[str], label: str) -> None:
        lead = max(words, key=len)  # the longest is the rarest, so most texts stop here
        place = words.index(lead)
        phrase = (tuple(words[:place]), tuple(words[place + 1 :]), label)
        known = self._phrases.get(lead, ())
        if phrase not in known:
            self._phrases[lead] = (*known, phrase)
        _put(self._words, APART + "".join(words), label)


EMPTY: Final = Matcher()


def _put(into: dict[str, tuple[str, ...]], key: str, label: str) -> None:
    labels = into.get(key, ())
    if key and label not in labels:
        into[key] = (*labels, label)


def _phrases(text: Text, leads: list[Lead]) -> list[Span]:
    """Where whole phrases are, around the longest word of each."""
    wanted = {
        word
        for _, _, phrases in leads
        for before, after, _ in phrases
        for word in (*before, *after)
    }
    ahead: Steps = {}
    back: Steps = {}
    for key, first, last in text.places():
        if key in wanted:
            ahead.setdefault((first, key), set()).add(last)
            back.setdefault((last, key), set()).add(first)
    return [
        (start, end, label)
        for first, last, phrases in leads
        for before, after, label in phrases
        for end in _walk(ahead, last, after)
        for start in _walk(back, first, before[::-1])
    ]


def _walk(steps: Steps, at: int, words: tuple[str, ...]) -> set[int]:
    """Where the words lead to, one after the other."""
    places = {at}
    for word in words:
        places = {end for place in places for end in steps.get((place, word), ())}
    return places


def _edges(words: list[str]) -> list[int]:
    edges = [0]
    for word in words:
        edges.append(edges[-1] + len(word))
    return edges
