"""How much memory a policy takes: caches are bounded by bytes."""

from typing import Final

from familypair.schema.policies import PolicyDocument

PLAIN: Final = 1000
"""Bytes of a policy without words, stretches and contacts of its own."""
_TERM: Final = 230
_STRETCH: Final = 60
_CONTACT: Final = 160


def weight(document: PolicyDocument) -> int:
    """About how many bytes a compiled policy takes that no other teen shares with it."""
    terms = sum(
        len(one.terms) + len(one.hidden_terms) + len(one.allowed) for one in document.search
    )
    stretches = len(document.blocked) + len(document.quiet) + len(document.calm)
    return PLAIN + terms * _TERM + stretches * _STRETCH + len(document.contacts) * _CONTACT
