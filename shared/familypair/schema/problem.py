"""The one shape of every refusal over HTTP: RFC 9457 problem details."""

from familypair.reasons import Reason
from familypair.schema.base import Answer


class FieldProblem(Answer, frozen=True, kw_only=True):
    """One fault of the input: where (a JSON pointer), which code, and what to do about it."""

    pointer: str
    code: Reason
    detail: str


class Problem(Answer, frozen=True, kw_only=True):
    """RFC 9457, with the shared `code` and the request's id for support."""

    type: str
    title: str
    status: int
    detail: str
    code: Reason
    request_id: str
    errors: tuple[FieldProblem, ...] = ()
