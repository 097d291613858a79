"""Orders: how the values of one kind are read, compared by strictness, met and written."""

from familypair.settings.orders.base import Order, SetOrder
from familypair.settings.orders.scalar import Choice, Clock, Minutes
from familypair.settings.orders.sets import Contacts, Numbers, Terms
from familypair.settings.orders.windows import Blocks, Exceptions, Windows

__all__ = [
    "Blocks",
    "Choice",
    "Clock",
    "Contacts",
    "Exceptions",
    "Minutes",
    "Numbers",
    "Order",
    "SetOrder",
    "Terms",
    "Windows",
]
