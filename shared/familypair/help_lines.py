"""What helps almost anywhere; a server has the lines of the countries."""

from collections.abc import Iterable
from typing import Final

from familypair.schema import links
from familypair.schema.policies import Help, HelpLine

EMERGENCY: Final = links.HelpLine(
    name="Emergency in most mobile networks",
    contact="112",
    hours="always",
    source="3GPP TS 22.101 section 10",
    checked_on="2026-11-22",
)


def shown(country: str, lines: Iterable[links.HelpLine]) -> Help:
    """Help lines as a host shows them; `country` may be empty where it is not known."""
    found = tuple(HelpLine(name=one.name, contact=one.contact, hours=one.hours) for one in lines)
    return Help(country=country or "*", lines=found)


ANYWHERE: Final = shown("", (EMERGENCY,))
"""Before a server has said what helps here."""
