"""Help lines per country: data with a source and the day on which each was checked.

`checked_on` is when the number was compared with the text of the source, not when it was called:
whoever runs a service for real calls each line of its countries first.
"""

import functools
from importlib.resources import files
from typing import Final

import msgspec

from familypair.help_lines import EMERGENCY
from familypair.schema.links import HelpLine

_EU: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES"),
        *("FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
_NO_116111: Final = frozenset({"FR", "IT"})
"""Where the European number was not in service when the source was checked."""


class Row(HelpLine, frozen=True, kw_only=True):
    """One line with its country: ISO 3166, or `EU` for its members."""

    country: str


def lines_for(country: str) -> tuple[HelpLine, ...]:
    """The country's own lines; else the European ones; else what works almost anywhere."""
    table = _table()
    if country in table:
        return table[country]
    if country in _EU:
        return tuple(
            line for line in table["EU"] if line.contact != "116 111" or country not in _NO_116111
        )
    return (EMERGENCY,)


@functools.cache
def _table() -> dict[str, tuple[HelpLine, ...]]:
    text = (files("familypair_server.links") / "help_lines.json").read_bytes()
    found: dict[str, tuple[HelpLine, ...]] = {}
    for row in msgspec.json.decode(text, type=list[Row]):
        line = HelpLine(
            name=row.name,
            contact=row.contact,
            hours=row.hours,
            source=row.source,
            checked_on=row.checked_on,
        )
        found[row.country] = (*found.get(row.country, ()), line)
    return found
