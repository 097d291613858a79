"""The registry: every field by its path, in the order in which screens list them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from familypair.settings.contact_fields import CONTACT_FIELDS
from familypair.settings.field import Field
from familypair.settings.privacy_fields import PRIVACY_FIELDS
from familypair.settings.search_fields import SEARCH_FIELDS
from familypair.settings.time_fields import TIME_FIELDS

FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {f.path: f for f in (*TIME_FIELDS, *SEARCH_FIELDS, *CONTACT_FIELDS, *PRIVACY_FIELDS)}
)
"""Path to field. Nothing else in the code lists fields."""

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "screen_time": "Screen time",
        "schedule": "Schedule",
        "notifications": "Notifications",
        "search": "Search",
        "messages": "Messages",
        "interactions": "Interactions",
        "live": "Live",
        "money": "Money",
        "contacts": "Contacts",
        "privacy": "Privacy",
        "feed": "Feed",
    }
)
"""The first part of a path to the heading of its section."""


def field(path: str) -> Field:
    """The field of a path. Raises KeyError for a path that is none."""
    return FIELDS[path]
