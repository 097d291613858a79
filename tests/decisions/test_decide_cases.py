"""The case corpus of decisions, against the pure rule: tests/cases/decide, derived by hand."""

from collections.abc import Mapping
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


BANDS = ("13-15", "unknown", "16-17", "18+")
HELD = {
    *("comment.receive", "mention.receive", "duet.create", "stitch.create", "search.query"),
    *("message.media", "message.receive", "message.send", "post.download", "post.recommend"),
    *("profile.find", "profile.suggest", "profile.view"),
}
"""What a hold after a guardian's leaving can concern: contact, privacy and search."""
CAPPED = {"live.watch", "message.receive", "message.send", "search.query"}
"""What the operator's caps of the corpus concern: a blocked night, messages and search."""


def layers_of(family: Mapping[str, Any]) -> set[str]:
    """Who has spoken in a family; nobody where only the platform's defaults hold."""
    spoken = {name for name in ("teen", "guardians", "holds", "caps") if family.get(name)}
    return spoken or {"nobody"}


def test_every_action_is_asked_at_every_age_and_by_every_layer() -> None:
    """No action is left out at any age, nor with rules of nobody, of the teen, of guardians.

    At 18 there are no guardians any more.
    """
    found: set[tuple[str, str, str]] = set()
    for case in CORPUS.cases:
        family = CORPUS.families[case.policy]
        if "subject" not in case.question:  # of a stranger: no family is asked about
            action = case.question["action"]
            found |= {(action, family["band"], layer) for layer in layers_of(family)}
    wanted = {
        (action, band, layer)
        for action in ACTIONS
        for band in BANDS
        for layer in ("nobody", "teen", "guardians")
        if (band, layer) != ("18+", "guardians")
    }
    assert sorted(wanted - found) == []
    spoken = {(action, layer) for action, _, layer in found}
    held, capped = {(one, "holds") for one in HELD}, {(one, "caps") for one in CAPPED}
    assert sorted((held | capped) - spoken) == []


def test_the_corpus_is_large_and_has_no_idle_family() -> None:
    """At least 300 cases, and each family is asked about."""
    assert len(CORPUS.cases) >= 300
    assert {case.policy for case in CORPUS.cases} == set(CORPUS.families)
