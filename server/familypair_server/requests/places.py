"""Zones and countries of a wish: the names that this installation knows."""

from familypair.reasons import Refusal
from familypair.schema.requests import ChangePlace, Wish
from familypair_server.accounts.places import country_fault, zone_fault


def place_faults(wish: Wish) -> list[Refusal]:
    """What is wrong with the place of a wish; nothing for other wishes."""
    if not isinstance(wish, ChangePlace):
        return []
    found = (
        None if wish.zone is None else zone_fault(wish.zone, pointer="/zone"),
        None if wish.country is None else country_fault(wish.country, pointer="/country"),
    )
    return [fault for fault in found if fault is not None]
