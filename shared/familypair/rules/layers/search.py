"""What the layers say to one search (algebra.md A12, A13). Matching itself is done elsewhere.

Per layer: an own term denies; else a pack match that is not inside a match of the same layer's
allowed terms is that layer's ask or deny; else allow. Over layers deny > ask > allow.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, cast

import msgspec

from familypair.rules.layers.model import CAP, DEFAULT, HOLD, Layer, Policy, Source
from familypair.rules.layers.voices import hold_of, source_of, speakers
from familypair.settings import CATEGORIES, FIELDS, OFF, Owner, Value, field

_ORDER: Final = ("allow", "ask", "deny")
_NO_TERMS: Final[frozenset[str]] = frozenset()
_TERMS: Final = "search.blocked_terms"
_ALLOWED: Final = "search.allowed_terms"
_SHOWN: Final = "search.blocked_terms_shown"


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A searched text as the matcher sees it."""

    matches: Callable[[frozenset[str]], frozenset[str]]
    """Which of these terms the text holds."""
    categories: Callable[[frozenset[str]], frozenset[str]]
    """The pack categories that match outside of every match of these allowed terms."""


class SearchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The strictest answer and who gave it. `term` only where its owner shows it (A13)."""

    outcome: str
    sources: tuple[Source, ...] = ()
    term: str | None = None
    category: str | None = None


class _One(msgspec.Struct, frozen=True, kw_only=True):
    source: Source
    outcome: str
    term: str | None = None
    category: str | None = None


def search_answer(policy: Policy, text: Text, *, now: datetime) -> SearchAnswer:
    """Each layer alone, then the strictest (R0). The master switch `search.enabled` is not here."""
    answers = list(_answers(policy, text, now))
    worst = max((_ORDER.index(one.outcome) for one in answers), default=0)
    if not worst:
        return SearchAnswer(outcome=_ORDER[0])
    winning = [one for one in answers if _ORDER.index(one.outcome) == worst]
    named = next((one for one in winning if one.term), winning[0])
    return SearchAnswer(
        outcome=_ORDER[worst],
        sources=tuple(one.source for one in winning),
        term=named.term,
        category=named.category,
    )


def _answers(policy: Policy, text: Text, now: datetime) -> Iterator[_One]:
    yield _one(CAP, _packs(policy.caps), text, shown=False)
    held = {path: hold_of(policy, FIELDS[path], now) for path in (_TERMS, *_PACK_PATHS)}
    yield _one(HOLD, {p: v for p, v in held.items() if v is not None}, text, shown=False)
    for layer in speakers(policy, field(_TERMS), now):
        if layer.kind is Owner.TEEN:
            yield _teen(policy, layer, text)
        else:
            shown = layer.values.get(_SHOWN) != OFF
            yield _one(source_of(layer), layer.values, text, shown=shown)


_PACK_PATHS: Final = tuple(f"search.packs.{category.name}" for category in CATEGORIES)


def _packs(values: Mapping[str, Value]) -> dict[str, Value]:
    return {path: values[path] for path in _PACK_PATHS if path in values}


def _teen(policy: Policy, layer: Layer, text: Text) -> _One:
    """The teen's layer, completed with the default packs; the own allow list opens only these."""
    defaults = {path: field(path).default(policy.band) for path in _PACK_PATHS}
    found = _one(source_of(layer), {**defaults, **layer.values}, text, shown=True)
    path = f"search.packs.{found.category}"
    starting = found.category is not None and path not in layer.values
    return msgspec.structs.replace(found, source=DEFAULT) if starting else found


def _one(source: Source, values: Mapping[str, Value], text: Text, *, shown: bool) -> _One:
    terms = cast("frozenset[str]", values.get(_TERMS, _NO_TERMS))
    hits = text.matches(terms) if terms else _NO_TERMS
    if hits:
        return _One(source=source, outcome="deny", term=min(hits) if shown else None)
    packs = _packs(values)
    if not packs:
        return _One(source=source, outcome="allow")
    allowed = cast("frozenset[str]", values.get(_ALLOWED, _NO_TERMS))
    found = [
        (cast("str", packs[path]), category)
        for category in sorted(text.categories(allowed))
        if (path := f"search.packs.{category}") in packs
    ]
    outcome, category = max(found, key=lambda f: _ORDER.index(f[0]), default=("allow", ""))
    return _One(source=source, outcome=outcome, category=category or None)
