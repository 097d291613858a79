"""The case corpus of decisions, against the pure rule: tests/cases/decide, derived by hand."""

from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from familypair.rules.decide import (
    ACTIONS,
    Decision,
    context_of,
    question_of,
    unknown_subject,
)
from familypair.testing.decisions import (
    HELP,
    Case,
    Rules,
    authzen,
    corpus,
    differences,
    rules_of,
)

CORPUS = corpus(Path(__file__).parents[1] / "cases" / "decide")


@cache
def rules(name: str, now: datetime) -> Rules:
    """A family's rules, compiled once per instant."""
    return rules_of(CORPUS.families[name], now=now)


def answered(case: Case) -> dict[str, Any]:
    """The `context` of the answer, as JSON values."""
    made = rules(case.policy, case.now)
    asked = authzen(case.question, made.document.teen)
    known = asked["subject"] == {"type": "teen", "id": made.document.teen}
    found: Decision = (
        made.ask(case.question, minutes=case.minutes, live=case.live)
        if known
        else unknown_subject(question_of(asked), int(case.now.timestamp() * 1000), HELP)
    )
    return dict(msgspec.to_builtins(context_of(found)))


@pytest.mark.parametrize("action", sorted({case.question["action"] for case in CORPUS.cases}))
def test_every_case_of_an_action(action: str) -> None:
    """The answers are what the specification says."""
    asked = [case for case in CORPUS.cases if case.question["action"] == action]
    found = {case.description: differences(case, answered(case)) for case in asked}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len(found) == len(asked), "two cases have one description"


def test_every_action_is_asked_at_every_age_and_by_every_layer() -> None:
    """At least 300 cases; no action, age band or layer is left out."""
    assert len(CORPUS.cases) >= 300
    found = Counter(
        (case.question["action"], CORPUS.families[case.policy]["band"]) for case in CORPUS.cases
    )
    bands = ("13-15", "unknown", "16-17", "18+")
    assert [(a, b) for a in sorted(ACTIONS) for b in bands if not found[a, b]] == []
    assert {case.policy for case in CORPUS.cases} == set(CORPUS.families)
