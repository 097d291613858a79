"""The voices that a host hears: layers without names, and guardians without a number.

What all guardians block is one list, and their packs are one voice as far as their allow lists are
the same. The answers are those of the layers one by one (R0, A12).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from familypair.rules.layers.model import Policy, Source, SourceKind
from familypair.rules.layers.search import LayerVoice, layer_voices
from familypair.rules.search.voices import OUTCOMES
from familypair.schema.policies import By, SearchVoice

_PLACES: Final = {By.PLATFORM: 0, By.TEEN: 1, By.GUARDIAN: 2}


def by_of(source: Source) -> By:
    """Who it is, as far as a host may know."""
    if source.kind is SourceKind.GUARDIAN:
        return By.GUARDIAN
    return By.TEEN if source.kind is SourceKind.TEEN else By.PLATFORM


def is_fixed(sources: Iterable[Source]) -> bool:
    """Whether a cap or hold of the platform is among them, which nobody can grant away."""
    return any(source.kind <= SourceKind.HOLD for source in sources)


def voices_of(policy: Policy, now: datetime) -> tuple[SearchVoice, ...]:
    """What is said to searches: the platform's fixed rules, its defaults, the teen, guardians."""
    found = list(layer_voices(policy, now))
    owners = dict.fromkeys((by_of(one.who), is_fixed((one.who,))) for one in found)
    ordered = sorted(owners, key=lambda owner: (_PLACES[owner[0]], not owner[1]))
    return tuple(
        voice
        for by, fixed in ordered
        for voice in _united(by, fixed, [v for v in found if _owner(v) == (by, fixed)])
    )


def _owner(one: LayerVoice) -> tuple[By, bool]:
    return by_of(one.who), is_fixed((one.who,))


def _united(by: By, fixed: bool, found: list[LayerVoice]) -> Iterator[SearchVoice]:  # noqa: FBT001 - half of a key
    """Voices of the same kind as few: terms need no list of their own, packs one per allow list."""
    shown = frozenset[str]().union(*(v.shown for v in found if v.shown))
    hidden = frozenset[str]().union(*(v.hidden for v in found if v.hidden)) - shown
    packs: dict[tuple[str, ...], dict[str, int]] = {}
    for one in found:
        if one.packs:
            ranks = packs.setdefault(tuple(sorted(one.allowed or ())), {})
            for category, rank in one.packs.items():
                ranks[category] = max(rank, ranks.get(category, 0))
    groups = sorted(packs.items()) or [((), {})]
    for place, (allowed, ranks) in enumerate(groups):
        yield SearchVoice(
            by=by,
            fixed=fixed,
            terms=() if place else tuple(sorted(shown)),
            hidden_terms=() if place else tuple(sorted(hidden)),
            packs={category: OUTCOMES[ranks[category]] for category in sorted(ranks)},
            allowed=allowed,
        )
