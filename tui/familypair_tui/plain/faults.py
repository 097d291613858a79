"""Errors of the client library as one sentence, with what to do next where that helps."""

from familypair.client.clean import clean
from familypair.client.errors import ClientError, NotSignedIn, ProblemError, Unreachable
from familypair.reasons import Reason
from familypair_tui.plain.console import UsageError, counted

_NEXT = {
    Reason.STALE_VERSION: "Somebody changed it just now; look again with: familypair show",
    Reason.TEEN_UNAVAILABLE: "",
}
_WHOLE = frozenset({Reason.BAD_CALENDAR})
"""Codes whose whole sentence says more than the part about one field."""
_CODES: dict[type[Exception], str] = {
    UsageError: "usage",
    NotSignedIn: "not_signed_in",
    Unreachable: "unreachable",
    Exception: "failed",
}
"""Codes of what goes wrong on this side; the first that fits."""


def sentence_of(error: ClientError) -> str:
    """The server's sentence; for bad input with the place, for a wait with how long."""
    sentence = str(error)
    if not isinstance(error, ProblemError):
        return sentence
    sentence = _NEXT.get(error.problem.code, "") or sentence
    own_words = error.problem.code in _WHOLE
    for fault in () if own_words else error.problem.errors[:1]:
        place = fault.pointer.strip("/").replace("/", ".")
        sentence = f"{place}: {fault.detail}" if "." in place else fault.detail
    if error.retry_after:
        sentence += f" Try again in {_wait(error.retry_after)}."
    return sentence


def document_of(error: Exception, sentence: str) -> object:
    """For `--json`: the server's problem, or the same members where no server spoke."""
    if isinstance(error, ProblemError):
        return error.problem
    code = next(code for kind, code in _CODES.items() if isinstance(error, kind))
    return {"code": code, "detail": clean(sentence), "errors": []}


def _wait(seconds: float) -> str:
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return counted(round(seconds), "second")
    return counted(round(seconds / 60), "minute")
