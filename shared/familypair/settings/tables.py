"""Helpers that keep the tables of fields short: one call is one row."""

from collections.abc import Mapping
from typing import Final

from familypair.schema.scopes import Scope
from familypair.settings.bands import Band, FieldClass
from familypair.settings.field import Field, Help
from familypair.settings.orders import Choice
from familypair.settings.values import OFF, ON, Value

Row = tuple[str, str] | str
Words = Mapping[str, Row]

CIRCLE: Final[Words] = {
    "everyone": "everyone",
    "friends": ("friends (both follow each other)", "friends (you both follow each other)"),
    "no_one": "no one",
}


def by_band(
    younger: Value | None = None, older: Value | None = None, adult: Value | None = None
) -> dict[Band, Value]:
    """A cap or default per band; None leaves the band out."""
    rows = {Band.YOUNGER: younger, Band.OLDER: older, Band.ADULT: adult}
    return {band: value for band, value in rows.items() if value is not None}


def choice(
    path: str,
    scope: Scope,
    title: str,
    help_: Help,
    options: Words,
    *,
    cap: Mapping[Band, Value] | None = None,
    default: Mapping[Band, Value] | None = None,
    cls: FieldClass = FieldClass.TIGHTEN,
) -> Field:
    """A choice whose options are given from the loosest to the strictest.

    A band with a cap but no default starts at the cap.
    """
    caps = cap or {}
    words = {key: (row, row) if isinstance(row, str) else row for key, row in options.items()}
    return Field(
        path=path,
        cls=cls,
        order=Choice(*options),
        scope=scope,
        title=title,
        help=help_,
        caps=caps,
        defaults={**caps, **(default or {})},
        words=words,
    )


def on_is_strict(on: Row = "on", off: Row = "off") -> Words:
    """A switch whose protected side is on."""
    return {OFF: off, ON: on}


def off_is_strict(on: Row = "on", off: Row = "off") -> Words:
    """A switch whose protected side is off."""
    return {ON: on, OFF: off}
