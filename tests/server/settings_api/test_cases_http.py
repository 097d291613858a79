"""The case corpus of settings over HTTP: the service answers what the pure rule answers."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from familypair.rules.layers import Layer
from familypair.schema.accounts import Band
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import Owner, decode_values
from familypair_server.settings_api import layers
from familypair_server.storage import Txn, transaction
from support.homes import Home

FOLDER = Path(__file__).parents[2] / "cases" / "settings"
FILES = sorted(path.name for path in FOLDER.glob("*.json"))


@transaction
def put(teen: str, layer: Layer, now: datetime) -> Txn[None]:
    """Store a layer that nobody could write today, for instance because a scope was taken back."""
    yield from layers.put(teen, layer, now)


async def _fill(home: Home, owner: str, teen: str, values: dict[str, Any]) -> None:
    """Write a layer as its owner would, or store it where the rules would not take it."""
    if values and (await home.patch(owner, teen, values)).status_code != 200:
        kind = Owner.TEEN if owner == teen else Owner.GUARDIAN
        layer = Layer(owner=owner, kind=kind, values=decode_values(values))
        await home.store.run(put(teen, layer, home.clock()))


async def _join(home: Home, teen: str, raw: dict[str, Any]) -> str:
    guardian = await home.guardian(raw["id"])
    scopes = tuple(Scope(name) for name in raw.get("scopes", ALL_SCOPES))
    await home.link(guardian, teen, scopes)
    return guardian


async def _play(home: Home, case: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Build the case's family and read its field as the teen; the answer and who is who."""
    now = datetime.fromisoformat(case["now"])
    home.clock.set(now - timedelta(hours=50))
    policy = case["policy"]
    teen = await home.teen(band=Band(policy["band"]))
    known = {"teen": "me", **{name: name for name in ("cap", "default", "hold")}}
    for raw in sorted(policy["guardians"], key=lambda one: one.get("state") == "probation"):
        if raw.get("state") == "probation":
            home.clock.set(now - timedelta(hours=2))
        known[raw["id"]] = await _join(home, teen, raw)
    home.clock.set(now)
    await home.sign_in_again()
    await _fill(home, teen, teen, policy["teen"])
    for raw in policy["guardians"]:
        await _fill(home, known[raw["id"]], teen, raw["values"])
    return await home.field(teen, teen, case["field"]), known


@pytest.mark.parametrize("name", FILES)
async def test_every_case_holds_over_http(home: Home, name: str) -> None:
    """Value, deciders and whether it is a starting value, read by the teen."""
    for case in json.loads((FOLDER / name).read_text()):
        found, known = await _play(home, case)
        expect = case["expect"]
        deciders = [known[owner] for owner in expect["decided_by"]]
        got = (found["value"], found["decided_by"], found["starting_value"])
        assert got == (expect["value"], deciders, expect["starting"]), case["description"]
        home.forget()
