"""Word packs: shared lists, each of one category, and the searches for help that always pass."""

from collections.abc import Iterable, Mapping
from typing import Final, Self

import msgspec

from familypair.rules.search.filler import FILLER, FILLER_SIGNS
from familypair.rules.search.folding import BUILT_IN, Folding
from familypair.rules.search.matcher import EMPTY, Matcher, Span
from familypair.rules.search.text import Text, is_dense, normal

HELP: Final = "help"
"""The category of the searches that are always allowed; no setting names it."""
_NONE: Final[frozenset[str]] = frozenset()


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """One word list. Two packs with the same digest are equal."""

    name: str
    category: str
    """A category of `search.packs`, or `help`."""
    severity: int
    """1 mild, 2 plain, 3 strong."""
    language: str
    """BCP 47; `und` for any."""
    licence: str
    """SPDX, or the licence's name."""
    source: str
    version: str
    terms: tuple[str, ...]
    passes: tuple[str, ...] = ()
    """Phrases that open matches of the same category inside them: honest questions."""
    digest: str = ""


class Packs(msgspec.Struct, frozen=True):
    """All packs that are in force, compiled once and shared by all teens."""

    words: Matcher
    """Terms under their categories."""
    passes: Matcher
    """Phrases that open their category, under it."""
    help: Matcher
    digests: Mapping[str, str]
    """Name to digest."""
    folding: Folding

    @classmethod
    def of(cls, packs: Iterable[Pack], folding: Folding = BUILT_IN) -> Self:
        """The packs together. Their order does not matter."""
        known = sorted(packs, key=lambda pack: pack.name)
        return cls(
            Matcher.labelled((t, p.category) for p in known if p.category != HELP for t in p.terms),
            Matcher.labelled((t, p.category) for p in known for t in p.passes),
            Matcher.of(t for p in known if p.category == HELP for t in p.terms),
            {pack.name: pack.digest for pack in known},
            folding,
        )

    def read(self, raw: str) -> Text:
        """The text, normalised."""
        return normal(raw, self.folding)

    def categories(self, text: Text, allowed: Matcher = EMPTY) -> frozenset[str]:
        """The categories with a match that lies inside no match of `allowed` (A12)."""
        found = self._found(text)
        if not found:
            return _NONE
        opened = allowed.spans(text)
        return frozenset([label for a, b, label in found if not _inside(a, b, opened)])

    def is_help(self, text: Text) -> bool:
        """Whether the text asks for help, whatever stands beside it: nobody can block that.

        A word of a category around it makes it something else: "suicide" is for help, "suicide
        methods" is not.
        """
        asked = self.help.spans(text)
        if not asked:
            return False
        around = [one for one in self._found(text) if not _inside(*one[:2], asked)]
        return not all(_inside(a, b, around) for a, b, _ in asked)

    def beside_help(self, text: Text, own: Iterable[Matcher] = ()) -> bool:
        """Whether a search for help is about something else as well.

        That is any word outside of the help that says something (`FILLER` says nothing), or a word
        of a category or of `own` there.
        """
        asked = self.help.spans(text)
        found = [*self._found(text), *(one for words in own for one in words.spans(text))]
        return _has_more(text, asked) or not all(_inside(a, b, asked) for a, b, _ in found)

    def _found(self, text: Text) -> list[Span]:
        found = self.words.spans(text)
        if not found:
            return found
        passed = self.passes.spans(text)
        return [
            one for one in found if not _inside(*one[:2], [p for p in passed if p[2] == one[2]])
        ]


def _has_more(text: Text, asked: list[Span]) -> bool:
    """Whether a word, or a sign of a script without spaces, is neither help nor filler."""
    covered = {place for start, end, _ in asked for place in range(start, end)}
    at = 0
    for word in text.words:
        size = len(word) if text.dense else 1
        left = set(range(at, at + size)) - covered
        signs = FILLER_SIGNS if is_dense(word) else frozenset[str]()
        if left and word not in FILLER and not signs.issuperset(word[n - at] for n in left):
            return True
        at += size
    return False


def _inside(start: int, end: int, spans: list[Span]) -> bool:
    return any(a <= start and end <= b for a, b, _ in spans)


NO_PACKS: Final = Packs.of(())
