"""Collecting every refusal of one input, each with its JSON pointer."""

from typing import Final

from familypair.reasons import Reason, Refusal

LIMIT: Final = 50
"""Refusals reported for one input; a hostile document does not get an endless answer."""

_TOKEN_LIMIT: Final = 64


def pointer_token(key: str) -> str:
    """One RFC 6901 reference token, cut to 64 characters, since a key can be hostile."""
    return key[:_TOKEN_LIMIT].replace("~", "~0").replace("/", "~1")


class Faults:
    """Gathers refusals while an input is read to its end."""

    def __init__(self) -> None:
        self.found: list[Refusal] = []

    def add(self, reason: Reason, pointer: str, **params: str | int) -> None:
        """Note one refusal; beyond the limit it is dropped, the input is refused anyway."""
        if len(self.found) < LIMIT:
            self.found.append(Refusal(reason, pointer, params))
