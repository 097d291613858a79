"""Errors of the client library as one sentence, with what to do next where that helps."""

from familypair.client.errors import ClientError, ProblemError
from familypair.reasons import Reason
from familypair_tui.plain.console import counted

_NEXT = {
    Reason.STALE_VERSION: "Somebody changed it just now; look again with: familypair show",
    Reason.TEEN_UNAVAILABLE: "",
}


def sentence_of(error: ClientError) -> str:
    """The server's sentence; for bad input with the place, for a wait with how long."""
    sentence = str(error)
    if not isinstance(error, ProblemError):
        return sentence
    sentence = _NEXT.get(error.problem.code, "") or sentence
    for fault in error.problem.errors[:1]:
        place = fault.pointer.strip("/").replace("/", ".")
        sentence = f"{place}: {fault.detail}" if "." in place else fault.detail
    if error.retry_after:
        sentence += f" Try again in {_wait(error.retry_after)}."
    return sentence


def _wait(seconds: float) -> str:
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return counted(round(seconds), "second")
    return counted(round(seconds / 60), "minute")
