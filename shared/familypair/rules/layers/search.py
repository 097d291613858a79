"""What the layers say to one search (algebra.md A12, A13). Matching itself is done elsewhere.

Every layer is a voice of its own; how voices are heard together is `rules.search.voices`, with
which host apps decide as well.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias, cast

import msgspec

from familypair.rules.layers.model import CAP, DEFAULT, HOLD, Layer, Policy, Source
from familypair.rules.layers.voices import hold_of, source_of, speakers
from familypair.rules.search import voices
from familypair.settings import CATEGORIES, FIELDS, OFF, Owner, Value, field

Terms: TypeAlias = frozenset[str]
LayerVoice: TypeAlias = voices.Voice[Source, Terms]

_NO_TERMS: Final[Terms] = frozenset()
_TERMS: Final = "search.blocked_terms"
_ALLOWED: Final = "search.allowed_terms"
_SHOWN: Final = "search.blocked_terms_shown"
_PACKS: Final = {f"search.packs.{one.name}": one.name for one in CATEGORIES}


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A searched text as the matcher sees it."""

    matches: Callable[[Terms], Terms]
    """Which of these terms the text holds."""
    categories: Callable[[Terms], Terms]
    """The pack categories that match outside of every match of these allowed terms."""


class SearchAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The strictest answer and who gave it. `term` only where its owner shows it (A13)."""

    outcome: str
    sources: tuple[Source, ...] = ()
    term: str | None = None
    category: str | None = None


def search_answer(policy: Policy, text: Text, *, now: datetime) -> SearchAnswer:
    """Each layer alone, then the strictest (R0). The master switch `search.enabled` is not here."""
    asked = voices.Text[Terms](text.matches, lambda allowed: text.categories(allowed or _NO_TERMS))
    heard = voices.hear(tuple(layer_voices(policy, now)), asked)
    if heard is None:
        return SearchAnswer(outcome=voices.OUTCOMES[voices.ALLOW])
    return SearchAnswer(
        outcome=voices.OUTCOMES[heard.rank],
        sources=heard.sources,
        term=heard.term or None,
        category=None if heard.is_term else heard.category,
    )


def layer_voices(policy: Policy, now: datetime) -> Iterator[LayerVoice]:
    """Everybody who says something to searches, in the order in which ties are named.

    The default packs are a voice beside the teen's own, which only the teen's allow list opens.
    """
    caps = {path: policy.caps[path] for path in _PACKS if path in policy.caps}
    held = {path: hold_of(policy, FIELDS[path], now) for path in (_TERMS, *_PACKS)}
    yield from _voice(CAP, caps, hidden=True)
    yield from _voice(HOLD, {p: v for p, v in held.items() if v is not None}, hidden=True)
    for layer in speakers(policy, field(_TERMS), now):
        if layer.kind is Owner.TEEN:
            yield from _voice(DEFAULT, _starting(policy, layer), hidden=False)
            yield from _voice(source_of(layer), layer.values, hidden=False)
        else:
            hidden = layer.values.get(_SHOWN) == OFF
            yield from _voice(source_of(layer), layer.values, hidden=hidden)


def _starting(policy: Policy, teen: Layer) -> dict[str, Value]:
    """The packs that the teen has not set, and the words with which they open these."""
    packs = {p: FIELDS[p].default(policy.band) for p in _PACKS if p not in teen.values}
    return {**packs, _ALLOWED: teen.values.get(_ALLOWED, _NO_TERMS)}


def _voice(source: Source, values: Mapping[str, Value], *, hidden: bool) -> Iterator[LayerVoice]:
    """A voice, if it says anything."""
    terms = cast("Terms", values.get(_TERMS, _NO_TERMS)) or None
    ranks = {_PACKS[p]: voices.RANKS[cast("str", values[p])] for p in _PACKS if p in values}
    packs = {category: rank for category, rank in ranks.items() if rank > voices.ALLOW}
    if not terms and not packs:
        return
    allowed = cast("Terms", values.get(_ALLOWED, _NO_TERMS)) or None
    shown, concealed = (None, terms) if hidden else (terms, None)
    yield voices.Voice(source, shown, concealed, packs, allowed if packs else None)
