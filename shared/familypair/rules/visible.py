"""Which fields a guardian's scopes show (product.md section 8)."""

from collections.abc import Set as AbstractSet
from typing import Final

from familypair.schema.scopes import Scope
from familypair.settings.registry import FIELDS

CONTACTS: Final = "contacts.blocked"


def may_see(path: str, scopes: AbstractSet[Scope]) -> bool:
    """Whether those scopes show a guardian what holds for this field. Unknown paths: no."""
    field = FIELDS.get(path)
    if field is None:
        return False
    if path == CONTACTS:
        return Scope.SEE_CONTACTS in scopes
    return Scope.SEE_SETTINGS in scopes or field.scope in scopes
