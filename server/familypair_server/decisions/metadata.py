"""What the policy decision point says about itself (AuthZEN section 9): only what it serves."""

from typing import Final

from familypair.schema.base import Answer

EVALUATION: Final = "/access/v1/evaluation"
EVALUATIONS: Final = "/access/v1/evaluations"


class Metadata(Answer, frozen=True, kw_only=True):
    """Where to ask. There is no search, and a parameter without a value is left out."""

    policy_decision_point: str
    """The base URL that this document was found at; anything else is another party's."""
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str


def metadata(base: str) -> Metadata:
    """The document for a base URL without a trailing slash."""
    return Metadata(
        policy_decision_point=base,
        access_evaluation_endpoint=base + EVALUATION,
        access_evaluations_endpoint=base + EVALUATIONS,
    )
