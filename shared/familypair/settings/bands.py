"""Age bands, owners and classes: the small vocabularies that every setting refers to."""

from enum import StrEnum

from familypair.schema.accounts import Band

__all__ = ["Audience", "Band", "FieldClass", "Kind", "Owner"]


class Owner(StrEnum):
    """Who can own a layer that people write; platform and default are written by nobody."""

    TEEN = "teen"
    GUARDIAN = "guardian"


class Audience(StrEnum):
    """Who reads a sentence: words for a teen are not the words for a parent."""

    GUARDIAN = "guardian"
    TEEN = "teen"


class FieldClass(StrEnum):
    """How a field's default meets the layers (algebra.md A18).

    REPLACE: the first rule of the teen or of a guardian out of probation replaces the default.
    TIGHTEN: a guardian's value is met with the default or the teen's own, it can only tighten.
    """

    REPLACE = "replace"
    TIGHTEN = "tighten"


class Kind(StrEnum):
    """The form control of a field, and the shape of its JSON value."""

    CHOICE = "choice"
    TOGGLE = "toggle"
    MINUTES = "minutes"
    TIME_OF_DAY = "time_of_day"
    NUMBERS = "numbers"
    TERMS = "terms"
    CONTACTS = "contacts"
    WINDOWS = "windows"
    BLOCKS = "blocks"
    EXCEPTIONS = "exceptions"
