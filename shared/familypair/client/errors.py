"""What can go wrong in a call, one class per thing that a caller would do differently."""

from familypair.schema.problem import Problem


class ClientError(Exception):
    """The base of every error of this library; `str()` is one sentence for a person."""


class ProblemError(ClientError):
    """The server refused: a problem document (RFC 9457) with one code for one cause."""

    def __init__(self, problem: Problem, *, retry_after: float | None = None) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem
        self.retry_after = retry_after
        """Seconds until the server wants to be asked again, when it said so."""


class StepUpNeeded(ProblemError):  # noqa: N818 - named for what happened
    """The act needs a fresh sign-in (RFC 9470): call `step_up`, then try again."""


class NotSignedIn(ClientError):  # noqa: N818 - named for what happened
    """There is no usable session: nobody signed in here, or the session was ended."""


class SignInFailed(ClientError):  # noqa: N818 - named for what happened
    """A sign-in or a step-up did not finish; `error` is the code of RFC 6749 or RFC 8628."""

    def __init__(self, error: str, sentence: str) -> None:
        super().__init__(sentence)
        self.error = error


class Unreachable(ClientError):  # noqa: N818 - named for what happened
    """No answer from the server after the retries that are safe."""

    def __init__(self, sentence: str, *, never_sent: bool = False) -> None:
        super().__init__(sentence)
        self.never_sent = never_sent
        """Whether the request surely did not reach the server."""


class BadAnswer(ClientError):  # noqa: N818 - named for what happened
    """The server answered with something that this client does not understand."""


class UnsafeStore(ClientError):  # noqa: N818 - named for what happened
    """The token file is readable or writable by others, so it is not used."""
