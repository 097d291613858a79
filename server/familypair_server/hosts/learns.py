"""What a host app learns about a teen, in the words of the consent page and of `/v1/me/apps`."""

from collections.abc import Iterable
from typing import Final

_ALWAYS: Final = "an id for you that only this app gets"
_BY_SCOPE: Final = {
    "usage:write": "how much of a day's time is left, when it reports your use of it",
    "policy:read": "which rules hold in it, without who made them, and which of them come with an"
    " age group; for that also the words that are blocked in search, the accounts there that are"
    " blocked, whether more than one guardian made a search list, and how much of the day is used"
    " in all apps together, in steps of 15 minutes until little is left",
}
NEVER: Final = (
    "your name, your sign-in name or your birthday",
    "who your guardians are, or anybody else's name",
    "what you do in other apps",
)
"""What it does not learn, whatever it was registered for."""


def learns(scopes: Iterable[str]) -> tuple[str, ...]:
    """What an app with these scopes learns."""
    held = set(scopes)
    return (_ALWAYS, *(words for scope, words in _BY_SCOPE.items() if scope in held))
