"""Search: the fields of scope `set_search`, and the categories of word packs."""

from typing import Final

import msgspec

from familypair.schema.scopes import Scope
from familypair.settings.bands import FieldClass, Owner
from familypair.settings.field import Field, Help
from familypair.settings.orders import Terms
from familypair.settings.tables import Words, by_band, choice, off_is_strict, on_is_strict

_SEARCH: Final = Scope.SET_SEARCH


class Category(msgspec.Struct, frozen=True):
    """A category of search packs with its starting values; health questions are in none."""

    name: str
    title: str
    younger: str
    older: str


CATEGORIES: Final = (
    Category("sexual_content", "Sexual content", "deny", "ask"),
    Category("graphic_violence", "Graphic violence", "deny", "ask"),
    Category("self_harm_promotion", "Praise of self-harm", "deny", "ask"),
    Category("eating_disorder_promotion", "Praise of eating disorders", "deny", "ask"),
    Category("drugs", "Buying and making drugs", "deny", "ask"),
    Category("gambling", "Gambling", "deny", "ask"),
    Category("weapons", "Buying and making weapons", "deny", "ask"),
    Category("hate", "Hate", "ask", "ask"),
    Category("dangerous_challenges", "Dangerous challenges", "ask", "allow"),
    Category("dating", "Dating with strangers", "deny", "ask"),
    Category("alcohol_tobacco", "Alcohol and tobacco", "ask", "allow"),
    Category("profanity", "Strong language", "ask", "allow"),
)

_PACK: Final[Words] = {
    "allow": "allowed",
    "ask": ("ask first", "you ask first"),
    "deny": "not shown",
}


def _pack(category: Category) -> Field:
    return choice(
        f"search.packs.{category.name}",
        _SEARCH,
        f"Search: {category.title.lower()}",
        Help(
            f"What happens with a search for: {category.title.lower()}.",
            f"What happens when you search for: {category.title.lower()}.",
        ),
        _PACK,
        default=by_band(category.younger, category.older),
    )


_LISTS: Final = (
    Field(
        path="search.blocked_terms",
        cls=FieldClass.TIGHTEN,
        order=Terms(),
        scope=_SEARCH,
        title="Blocked words",
        help=Help(
            "Words, phrases and #tags that are not searched for.",
            "Words, phrases and #tags that you cannot search for.",
        ),
    ),
    choice(
        "search.blocked_terms_shown",
        _SEARCH,
        "Show my blocked words to the teen",
        Help(
            "Whether the teen reads your words. That there is a list, and its size, is shown.",
            "Whether you can read this list. You always see that it exists, and its size.",
        ),
        off_is_strict(
            ("the teen reads the list", "you can read the list"),
            ("the teen sees only its size", "you see only its size"),
        ),
    ),
    Field(
        path="search.allowed_terms",
        cls=FieldClass.TIGHTEN,
        order=Terms(),
        scope=_SEARCH,
        title="Words that pass",
        help=Help(
            "Words that pass your own packs. They never open another person's rule.",
            "Words that pass the starting packs. They never open a guardian's rule.",
        ),
        meets=False,
    ),
)

SEARCH_FIELDS: Final[tuple[Field, ...]] = (
    choice(
        "search.enabled",
        _SEARCH,
        "Search",
        Help("Whether search works at all.", "Whether you can search at all."),
        off_is_strict(),
        default=by_band("on", "on"),
    ),
    choice(
        "search.restricted_mode",
        _SEARCH,
        "Restricted mode",
        Help(
            "Results are limited to what suits this age.",
            "Results are limited to what suits your age.",
        ),
        on_is_strict(),
        default=by_band("on", "off"),
    ),
    *map(_pack, CATEGORIES),
    _LISTS[0],
    msgspec.structs.replace(_LISTS[1], writers=frozenset({Owner.GUARDIAN}), meets=False),
    _LISTS[2],
)
