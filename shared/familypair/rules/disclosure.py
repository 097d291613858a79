"""The disclosure: exactly what a teen reads before saying yes, and its hash (product.md section 3).

The text is a value: same scopes, band and notice period, same text, same hash. The hash goes into
the consent receipt of both sides, and an approval names the text that was read.
"""

import hashlib
from datetime import timedelta

import msgspec

from familypair.rules import disclosure_words as words
from familypair.schema.accounts import Band
from familypair.schema.invitations import ScopeWords
from familypair.schema.scopes import Scope

VERSION = "2026-11-22.3"
"""Of the words in `disclosure_words`; a changed word is a new version."""


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown, in the order in which it is shown."""

    version: str
    reader: str
    """`13-15`, `16-17` or `guardian`: for whom it is worded."""
    scopes: tuple[ScopeWords, ...]
    never: tuple[str, ...]
    """What no guardian ever sees."""
    you_can: tuple[str, ...]
    history: str
    """The line that the teen may tick: days before the link."""

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex."""
        return hashlib.sha256(canonical(self)).hexdigest()


def disclosure(
    *,
    asked: frozenset[Scope],
    needed: frozenset[Scope],
    reader: Band | None,
    notice: timedelta,
) -> Disclosure:
    """The text for a teen of that band, or for the guardian (`reader=None`).

    An unknown band counts as 13-15. An adult is nobody's teen: 18+ reads the text of 16-17.
    """
    band = Band.OLDER if reader is Band.ADULT else reader
    after = _after(band, notice)
    return Disclosure(
        version=VERSION,
        reader="guardian" if band is None else band.value,
        scopes=tuple(_scope(scope, band, scope in needed) for scope in Scope if scope in asked),
        never=words.NEVER[band],
        you_can=tuple(line.format(after=after) for line in words.YOU_CAN[band]),
        history=words.HISTORY[band],
    )


def canonical(text: Disclosure) -> bytes:
    """The bytes that are hashed: JSON, keys sorted, no spaces, UTF-8."""
    return msgspec.json.encode(text, order="sorted")


def never_seen(reader: Band | None) -> tuple[str, ...]:
    """What no guardian ever sees, in words for that reader (product.md section 8)."""
    return words.NEVER[Band.OLDER if reader is Band.ADULT else reader]


def _scope(scope: Scope, band: Band | None, needed: bool) -> ScopeWords:  # noqa: FBT001 - private
    lines = words.SCOPES[band][scope]
    return ScopeWords(
        scope=scope, title=lines.title, see=lines.see, change=lines.change, needed=needed
    )


def _after(band: Band | None, notice: timedelta) -> str:
    with_notice, without = words.AFTER[band]
    if not notice:
        return without
    return with_notice.format(notice=f"{int(notice / timedelta(hours=1))} hours")
