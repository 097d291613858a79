"""PATCH of my own layer: merge patch, versions, refusals that name their place."""

from typing import Any

from support.homes import Home

MONDAY = "screen_time.daily_minutes.mon"


def monday(minutes: Any) -> dict[str, Any]:
    """A patch of Monday's limit."""
    return {"screen_time": {"daily_minutes": {"mon": minutes}}}


async def test_a_guardian_writes_and_the_teen_sees_who_decided(home: Home) -> None:
    """A write holds at once, with the guardian's name as its reason for the teen."""
    guardian, teen = await home.family()
    saved = await home.write(guardian, teen, monday(45))
    assert saved["layer"]["values"] == monday(45)
    change = saved["changes"][0]
    assert (change["before"], change["after"]) == (None, 45)
    assert (change["effective_before"], change["effective_after"]) == (60, 45)
    seen = await home.field(teen, teen, MONDAY)
    assert seen["value"] == 45
    assert "Dana Smith" in seen["reason"]
