"""The algebra of search restrictions, once: what several voices say to one text (A12, A13).

Per voice: an own term denies; else a pack match that is not inside a match of the same voice's
allowed terms is its ask or deny; else it allows. Over voices deny > ask > allow. Matching itself
is done elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Generic, TypeVar

import msgspec

W = TypeVar("W")
"""Whose voice it is."""
T = TypeVar("T")
"""How terms are held: a set of words, or a matcher made of them."""

ALLOW: Final = 0
ASK: Final = 1
DENY: Final = 2
OUTCOMES: Final = ("allow", "ask", "deny")
RANKS: Final[Mapping[str, int]] = {name: rank for rank, name in enumerate(OUTCOMES)}


class Voice(msgspec.Struct, Generic[W, T], frozen=True):
    """What one voice says to searches. None where it has no such terms."""

    who: W
    shown: T | None
    """Terms that may be named."""
    hidden: T | None
    packs: Mapping[str, int]
    """Category to rank; what is absent is allowed."""
    allowed: T | None
    """Opens packs of this voice only."""


class Text(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """A searched text as the matcher sees it."""

    matches: Callable[[T], frozenset[str]]
    """Which of these terms the text holds."""
    categories: Callable[[T | None], frozenset[str]]
    """The pack categories that match outside of every match of these allowed terms."""


class Heard(msgspec.Struct, Generic[W], frozen=True, gc=False):
    """The strictest answer, who gave it, and which of them is named."""

    rank: int
    named: W
    sources: tuple[W, ...]
    term: str = ""
    """The term that is named; empty when the match is hidden or is no term's."""
    is_term: bool = False
    """Whether the named voice has a term in the text, shown or hidden."""
    category: str = ""
    """The category of the strictest pack, also where a term is what is named: whether packs stop
    a search never depends on anybody's own list."""


_Said = tuple[int, bool, str, int, str]
"""Of one voice: its rank, whether a term matched, which, and its packs' rank and category."""


def hear(voices: Sequence[Voice[W, T]], text: Text[T]) -> Heard[W] | None:
    """Each voice alone, then the strictest (R0); None when all of them allow.

    Of several that are equally strict one that shows its term is named, else the first (A13).
    """
    said = [_said(one, text) for one in voices]
    worst = max((one[0] for one in said), default=ALLOW)
    if worst == ALLOW:
        return None
    winning = [n for n, one in enumerate(said) if one[0] == worst]
    named = next((n for n in winning if said[n][2]), winning[0])
    pack = max(said, key=_by_pack)
    own = said[named]
    return Heard(
        rank=worst,
        named=voices[named].who,
        sources=tuple(voices[n].who for n in winning),
        term=own[2],
        is_term=own[1],
        category=pack[4] if own[1] else own[4],
    )


def _by_pack(one: _Said) -> int:
    return one[3]


def _said(one: Voice[W, T], text: Text[T]) -> _Said:
    shown = text.matches(one.shown) if one.shown is not None else None
    hidden = not shown and one.hidden is not None and bool(text.matches(one.hidden))
    rank, category = _pack(one, text) if one.packs else (ALLOW, "")
    if shown or hidden:
        return DENY, True, min(shown) if shown else "", rank, category
    return rank, False, "", rank, category


def _pack(one: Voice[W, T], text: Text[T]) -> tuple[int, str]:
    rank, found = ALLOW, ""
    for category in sorted(text.categories(one.allowed)):
        own = one.packs.get(category, ALLOW)
        if own > rank:
            rank, found = own, category
    return rank, found
