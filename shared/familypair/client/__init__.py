"""The client library: typed calls, sign-in, live events and receipts. Needs the extra `client`.

Importing this package is cheap; the HTTP library loads with the first call.

    from familypair.client import FamilyPairing

    async with FamilyPairing.open() as family:
        teens = await family.teens()
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from familypair.client.api import FamilyPairing
    from familypair.client.around import Around
    from familypair.client.errors import (
        BadAnswer,
        ClientError,
        NotSignedIn,
        ProblemError,
        SignInFailed,
        StepUpNeeded,
        Unreachable,
        UnsafeStore,
    )
    from familypair.client.host import HostClient
    from familypair.client.live import EventStream, LiveEvent, LiveState
    from familypair.client.store import Saved, TokenStore

_HOMES = {
    "FamilyPairing": "api",
    "Around": "around",
    "BadAnswer": "errors",
    "ClientError": "errors",
    "NotSignedIn": "errors",
    "ProblemError": "errors",
    "SignInFailed": "errors",
    "StepUpNeeded": "errors",
    "UnsafeStore": "errors",
    "Unreachable": "errors",
    "EventStream": "live",
    "HostClient": "host",
    "LiveEvent": "live",
    "LiveState": "live",
    "Saved": "store",
    "TokenStore": "store",
}

__all__ = [
    "Around",
    "BadAnswer",
    "ClientError",
    "EventStream",
    "FamilyPairing",
    "HostClient",
    "LiveEvent",
    "LiveState",
    "NotSignedIn",
    "ProblemError",
    "Saved",
    "SignInFailed",
    "StepUpNeeded",
    "TokenStore",
    "Unreachable",
    "UnsafeStore",
]


def __getattr__(name: str) -> object:
    """Load the module of a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
