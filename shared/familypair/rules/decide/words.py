"""One sentence for the teen with every answer; made only when it is read."""

import functools
from collections.abc import Mapping
from typing import Final

from familypair.reasons import Reason
from familypair.rules.decide.model import Decision
from familypair.schema.policies import By
from familypair.settings.search_fields import CATEGORIES
from familypair.wording_decisions import DECISIONS
from familypair.words import Words

_WHO: Final[Mapping[By, str]] = {
    By.PLATFORM: "a rule of the platform",
    By.GUARDIAN: "a guardian's rule",
    By.TEEN: "your own rule",
}
_NOBODYS: Final = frozenset(
    {
        Reason.ALLOWED,
        Reason.ALWAYS_ALLOWED,
        Reason.HELP_QUERY,
        Reason.UNKNOWN_SUBJECT,
        Reason.UNKNOWN_ACTION,
        Reason.POLICY_TOO_OLD,
        Reason.POLICY_UNKNOWN,
        Reason.TOO_LONG,
    }
)
"""These follow from nobody's rule."""
_OTHERS: Final = {Reason.TOO_LONG: Words("Too long", "This search is too long to be looked at.")}
"""What is said elsewhere in other words."""
_TITLES: Final = {one.name: one.title.lower() for one in CATEGORIES}


def explanation_of(decision: Decision) -> str:
    """What the teen reads: the reason, and whose rule it is."""
    starting = decision.decided_by is By.PLATFORM and bool(decision.ask)
    return _said(decision.reason, decision.decided_by, starting, _about(decision))


@functools.lru_cache(maxsize=1024)
def _said(reason: Reason, by: By, starting: bool, about: str) -> str:  # noqa: FBT001 - a key
    words = DECISIONS.get(reason) or _OTHERS[reason]
    sentence = words.teen or words.guardian
    if reason in _NOBODYS:
        return sentence
    more = "a starting value" if starting else _WHO[by]
    return f"{sentence.removesuffix('.')} ({f'{about}, ' if about else ''}{more})."


def _about(decision: Decision) -> str:
    if decision.reason is Reason.BLOCKED_TERM and decision.term:
        return f'"{decision.term}"'
    if decision.reason is Reason.BLOCKED_CATEGORY:
        return _TITLES.get(decision.category, "")
    return ""
