"""The case corpus of settings: tests/cases/settings/*.json, which any implementation can run."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from familypair.rules.layers import Layer, LayerState, Policy, effective
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import Band, Owner, decode_values, encode

FILES = sorted((Path(__file__).parents[1] / "cases" / "settings").glob("*.json"))
CASES = [(path.stem, case) for path in FILES for case in json.loads(path.read_text())]


def policy_of(raw: dict[str, Any]) -> Policy:
    """The policy of a case."""
    teen = Layer(owner="teen", kind=Owner.TEEN, values=decode_values(raw["teen"]))
    return Policy(
        band=Band(raw["band"]),
        zone=raw.get("zone", "UTC"),
        teen=teen,
        guardians=tuple(map(_guardian, raw["guardians"])),
    )


def _guardian(raw: dict[str, Any]) -> Layer:
    return Layer(
        owner=raw["id"],
        kind=Owner.GUARDIAN,
        values=decode_values(raw["values"]),
        scopes=frozenset(map(Scope, raw.get("scopes", ALL_SCOPES))),
        state=LayerState(raw.get("state", "active")),
    )


@pytest.mark.parametrize(
    "case", [case for _, case in CASES], ids=[f"{n}: {c['description']}" for n, c in CASES]
)
def test_case(case: dict[str, Any]) -> None:
    """What holds and who decided is as the case says."""
    now = datetime.fromisoformat(case["now"])
    path = case["field"]
    found = effective(policy_of(case["policy"]), now=now, fields=(path,))[path]
    assert {
        "value": encode(path, found.value),
        "decided_by": [str(source) for source in found.decided_by],
        "starting": found.starting,
    } == case["expect"]


def test_the_corpus_is_there() -> None:
    """A wrong folder name would make every case vanish in silence."""
    assert len(CASES) > 50
