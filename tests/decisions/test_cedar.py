"""An independent oracle: the same rules written in Cedar give the same answers.

`FAMILYPAIR_QUESTIONS=100000` asks more of them; `FAMILYPAIR_ORACLE_REPORT=file` writes the spread.
"""

import importlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from familypair.rules.decide import Decision, Use, decide, ms_of, question_of
from familypair.rules.decide.compile import next_change
from familypair.testing.decisions import Rules, authzen, policy_of, rules_of
from support.cedar_families import (
    Asked,
    Maker,
    context_of,
    entities_of,
    packs,
    pairs_of_outcomes,
    shown_terms,
)
from support.cedar_rules import ACTIONS, labels, policies

cedarpy: Any = importlib.import_module("cedarpy")
QUESTIONS = int(os.environ.get("FAMILYPAIR_QUESTIONS", "2000"))
EACH = 8 if QUESTIONS <= 10_000 else 25
"""Questions per family."""
NOT_AN_ACTION = "wallet.drain"
TEXTS = {action: policies(action) for action in (*ACTIONS, NOT_AN_ACTION)}
POLICIES = {action: cedarpy.PolicySet.from_str(text) for action, text in TEXTS.items()}
LABELS = {action: labels(text) for action, text in TEXTS.items()}
PACKS = packs()


def questions() -> Iterator[tuple[dict[str, Any], Rules, Asked]]:
    """Random families at random instants, each with some questions until its rules change."""
    maker = Maker(seed=20261122)
    for _ in range(QUESTIONS // EACH):
        now = maker.now()
        family = maker.family(now)
        rules = rules_of(family, now=now, packs=PACKS)
        ends = next_change(policy_of(family), now) or rules.document.refresh_at
        for _ in range(EACH):
            yield family, rules, maker.asked(now, min(ends, rules.document.refresh_at))


def ours(rules: Rules, asked: Asked) -> Decision:
    """The answer of the product, from the compiled snapshot."""
    day = next(one for one in rules.document.days if one.start <= asked.now < one.end)
    use = Use(ms_of(day.start), asked.seconds, None)
    question = question_of(authzen(asked.question, rules.document.teen))
    return decide(rules.snapshot, use, question, asked.now)


def theirs(
    family: Mapping[str, Any], rules: Rules, asked: Asked
) -> tuple[str, set[tuple[str, str]]]:
    """Cedar's outcome, and who forbids it for which reason."""
    entities = cedarpy.Entities.from_json_str(entities_of(dict(family), rules.document.issued_at))
    action = asked.question["action"]
    base = {
        "principal": 'Teen::"t"',
        "action": f'Action::"{action}"',
        "resource": 'App::"main"',
    }
    both = [{**base, "context": context_of(asked, asking=asking)} for asking in (False, True)]
    free, asking = cedarpy.is_authorized_batch(both, POLICIES[action], entities)
    assert not free.diagnostics.errors, free.diagnostics.errors
    assert not asking.diagnostics.errors, asking.diagnostics.errors
    if free.allowed:
        return "allow", set()
    outcome, by = ("ask", free) if asking.allowed else ("deny", asking)
    numbers = (int(one.removeprefix("policy")) for one in by.diagnostics.reasons)
    return outcome, {LABELS[action][number] for number in numbers}


def test_cedar_gives_the_same_answers() -> None:
    """Every outcome of every action occurs, none differs, and who decided is among Cedar's."""
    spread: Counter[tuple[str, str]] = Counter()
    wrong: list[Any] = []
    for family, rules, asked in questions():
        found, (outcome, forbidden) = ours(rules, asked), theirs(family, rules, asked)
        action = asked.question["action"]
        spread[action, outcome] += 1
        named = (str(found.decided_by), str(found.reason))
        same = found.outcome == outcome and (not forbidden or named in forbidden)
        if not same or (found.term and found.term not in shown_terms(family)):
            wrong.append((asked, (found.outcome, *named), outcome, forbidden, json.dumps(family)))
    assert not wrong, (len(wrong), wrong[0])
    assert pairs_of_outcomes() - set(spread) == set()
    if path := os.environ.get("FAMILYPAIR_ORACLE_REPORT"):
        report = {f"{action} {outcome}": n for (action, outcome), n in sorted(spread.items())}
        Path(path).write_text(json.dumps({"questions": spread.total(), **report}, indent=1))
