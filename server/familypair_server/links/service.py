"""The door for other subjects: what a link authorises now, and settling what time has moved.

Everything here is part of the caller's transaction. What ends a link is in `ending` and `exits`.
"""

from familypair_server.links.facts import (
    LinkFacts,
    facts,
    guardian_link,
    guardian_viewer,
    is_due,
    links_of_guardian,
    links_of_teen,
    must_link,
    viewers_of,
)
from familypair_server.links.settling import settle, settled

__all__ = [
    "LinkFacts",
    "facts",
    "guardian_link",
    "guardian_viewer",
    "is_due",
    "links_of_guardian",
    "links_of_teen",
    "must_link",
    "settle",
    "settled",
    "viewers_of",
]
