"""What a teen can grant a guardian, scope by scope (product.md section 3)."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission of a link; the teen grants each or not."""

    SEE_TIME = "see_time"
    SET_TIME = "set_time"
    SET_SEARCH = "set_search"
    SET_MESSAGES = "set_messages"
    SET_PRIVACY = "set_privacy"
    SEE_CONTACTS = "see_contacts"
    SEE_SETTINGS = "see_settings"


ALL_SCOPES: tuple[Scope, ...] = tuple(Scope)
