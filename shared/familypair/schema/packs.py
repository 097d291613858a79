"""Word packs on the wire: what hosts need to answer searches by themselves (product.md 7)."""

from familypair.schema.base import Answer


class PackInfo(Answer, frozen=True, kw_only=True):
    """What a word pack says about itself."""

    name: str
    category: str
    """A category of `search.packs`, or `help`: searches that are always allowed."""
    severity: int
    """1 mild, 2 plain, 3 strong."""
    language: str
    """BCP 47; `und` for any."""
    licence: str
    source: str
    version: str
    digest: str
    """SHA-256 of the content in hex; equal digests are equal packs."""
    terms: int
    """How many."""


class Packs(Answer, frozen=True, kw_only=True):
    """The word packs in force, by name."""

    items: tuple[PackInfo, ...]


class WordPack(Answer, frozen=True, kw_only=True):
    """A word pack with its terms."""

    name: str
    category: str
    severity: int
    language: str
    licence: str
    source: str
    version: str
    terms: tuple[str, ...]
    """Words, phrases, #tags."""
    passes: tuple[str, ...] = ()
    """Phrases that open what the category finds inside of them: honest questions."""
    digest: str
