"""Searches: a text is normalised once, then any number of word lists look at it (section 7).

    text = normal("What is a p3riod?", folding)
    Matcher.of(["bad word", "#tag"]).hits(text) -> frozenset of those terms
    packs.categories(text, allowed) -> frozenset of categories
    packs.is_help(text) -> bool

The cost of a look depends on the length of the text, not on the number of terms.
"""

from familypair.rules.search.folding import BUILT_IN, Folding
from familypair.rules.search.matcher import EMPTY, Matcher, Span
from familypair.rules.search.packs import NO_PACKS, Pack, Packs
from familypair.rules.search.text import Text, normal

__all__ = [
    "BUILT_IN",
    "EMPTY",
    "NO_PACKS",
    "Folding",
    "Matcher",
    "Pack",
    "Packs",
    "Span",
    "Text",
    "normal",
]
