"""The client library: calls, sign-in, live events, local decisions. Needs the extra `client`.

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
    from familypair.client.policy import PolicyCache, PolicyEvent
    from familypair.client.store import Saved, TokenStore
    from familypair.rules.decide import Decision, Question
    from familypair.settings.audience import Facts

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
    "PolicyCache": "policy",
    "PolicyEvent": "policy",
    "Saved": "store",
    "TokenStore": "store",
}
_ELSEWHERE = {
    "Decision": "familypair.rules.decide",
    "Facts": "familypair.settings.audience",
    "Question": "familypair.rules.decide",
}
"""What the calls take and give, to have it from one place."""

__all__ = [
    "Around",
    "BadAnswer",
    "ClientError",
    "Decision",
    "EventStream",
    "Facts",
    "FamilyPairing",
    "HostClient",
    "LiveEvent",
    "LiveState",
    "NotSignedIn",
    "PolicyCache",
    "PolicyEvent",
    "ProblemError",
    "Question",
    "Saved",
    "SignInFailed",
    "StepUpNeeded",
    "TokenStore",
    "Unreachable",
    "UnsafeStore",
]


def __getattr__(name: str) -> object:
    """Load the module of a public name when it is first used (PEP 562)."""
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
