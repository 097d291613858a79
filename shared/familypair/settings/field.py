"""One row of the registry: everything that the API, forms, docs and explainer know of a field."""

from collections.abc import Mapping
from typing import Any

import msgspec

from familypair.schema.scopes import Scope
from familypair.settings.bands import Band, FieldClass, Kind, Owner
from familypair.settings.orders import Choice, Order
from familypair.settings.values import Value


class Help(msgspec.Struct, frozen=True):
    """One line that says what the field does, to each side."""

    guardian: str
    teen: str


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A setting: its order, its caps and defaults by band, its scope, and its words."""

    path: str
    cls: FieldClass
    order: Order[Any]
    scope: Scope
    title: str
    help: Help
    caps: Mapping[Band, Value] = {}
    """No entry: no cap in that band."""
    defaults: Mapping[Band, Value] = {}
    """No entry: the loosest value, "no rule"."""
    writers: frozenset[Owner] = frozenset(Owner)
    meets: bool = True
    """False: an attribute of each layer alone; layers have no common value (A6, A12, A13, A21)."""
    by_request: bool = False
    """A teen's own field that needs a request while a guardian with `set_time` is linked (A20)."""
    words: Mapping[str, tuple[str, str]] = {}
    """For a choice: value to words for (guardian, teen)."""

    @property
    def kind(self) -> Kind:
        """The form control and shape of the value."""
        return self.order.kind

    @property
    def choices(self) -> tuple[str, ...]:
        """For a choice or toggle, its values from the loosest to the strictest."""
        return tuple(self.order.options) if isinstance(self.order, Choice) else ()

    def cap(self, band: Band) -> Value | None:
        """The hard bound of the platform in this band; None where there is none."""
        return self.caps.get(band)

    def default(self, band: Band) -> Value:
        """What holds in this band while nobody has spoken."""
        found: Value = self.order.loosest
        return self.defaults.get(band, found)
