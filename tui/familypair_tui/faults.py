"""Failures in the words that a screen needs: what happened, and which key is next."""

from dataclasses import dataclass
from enum import StrEnum

from familypair.client.errors import (
    BadAnswer,
    ClientError,
    NotSignedIn,
    ProblemError,
    SignInFailed,
    StepUpNeeded,
    Unreachable,
)
from familypair.reasons import Reason
from familypair_tui.text import clean

_FORBIDDEN = frozenset({Reason.SCOPE_NOT_GRANTED, Reason.WRONG_CALLER, Reason.NOT_YOUR_FIELD})


class FaultKind(StrEnum):
    """What a screen does about it."""

    OFFLINE = "offline"
    EXPIRED = "expired"
    STALE = "stale"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    STEP_UP = "step_up"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure: kind, a title, one sentence, and the request's id for support."""

    kind: FaultKind
    title: str
    sentence: str
    reason: Reason | None = None
    request_id: str = ""
    pointers: tuple[tuple[str, str], ...] = ()
    """Pairs of JSON pointer and sentence, for faults of single fields."""


def fault_of(error: ClientError) -> Fault:
    """The fault for an error of the client library."""
    match error:
        case StepUpNeeded():
            return Fault(FaultKind.STEP_UP, "Password needed", clean(str(error)))
        case ProblemError():
            return _problem(error)
        case NotSignedIn():
            return Fault(FaultKind.EXPIRED, "Signed out", "Your session has ended.")
        case Unreachable():
            return Fault(FaultKind.OFFLINE, "No connection", clean(str(error)))
        case SignInFailed():
            return Fault(FaultKind.REFUSED, "Sign-in not finished", clean(str(error)))
        case BadAnswer():
            return Fault(FaultKind.ERROR, "Not understood", clean(str(error)))
        case _:
            return Fault(FaultKind.ERROR, "Something went wrong", clean(str(error)))


def _problem(error: ProblemError) -> Fault:
    problem = error.problem
    kind = FaultKind.REFUSED
    if problem.code == Reason.STALE_VERSION:
        kind = FaultKind.STALE
    elif problem.code in _FORBIDDEN:
        kind = FaultKind.FORBIDDEN
    elif problem.code in {Reason.NOT_FOUND, Reason.TEEN_UNAVAILABLE}:
        kind = FaultKind.GONE
    elif problem.code in {Reason.INTERNAL, Reason.UNAVAILABLE}:
        kind = FaultKind.ERROR
    return Fault(
        kind,
        clean(problem.title),
        clean(problem.detail),
        problem.code,
        clean(problem.request_id),
        tuple((clean(item.pointer), clean(item.detail)) for item in problem.errors),
    )
