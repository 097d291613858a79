"""Drafts from templates and from a sibling: a patch with its diff, what is left out, and why."""

from typing import Any

import pytest

from familypair.schema.accounts import Band
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings.json_schema import policy_file_schema
from support.homes import Home

pytestmark = pytest.mark.engine("sqlite")
"""Drafts only read; what they read is read on both engines elsewhere."""
OWN = {
    "screen_time": {"daily_minutes": {"mon": 45, "tue": 50}},
    "search": {"blocked_terms": ["casino"]},
    "interactions": {"duet": "friends"},
}


async def draft(home: Home, who: str, teen: str, how: str, **body: Any) -> dict[str, Any]:
    """A draft that must be given."""
    answer = await home.post(who, f"/v1/teens/{teen}/drafts/{how}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_template_is_a_diff_that_can_be_written(home: Home) -> None:
    """Each line has before and after; the patch writes exactly that; unknown names are refused."""
    guardian, teen = await home.family()
    await home.write(guardian, teen, {"screen_time": {"daily_minutes": {"mon": 45, "sat": 120}}})
    found = await draft(home, guardian, teen, "template", name="gentle-13")
    lines = {line["path"]: line for line in found["lines"]}
    assert (
        lines["screen_time.daily_minutes.mon"]["words"]
        == "Daily time on Monday: 60 min (was 45 min)"
    )
    assert lines["screen_time.daily_minutes.tue"]["before"] is None
    assert "screen_time.daily_minutes.sat" not in lines
    assert found["skipped"] == []
    saved = await home.write(guardian, teen, found["patch"])
    assert {one["path"] for one in saved["changes"]} == set(lines)
    assert (await draft(home, guardian, teen, "template", name="gentle-13"))["lines"] == []
    older = await draft(home, guardian, teen, "template", name="gentle-16")
    assert older["skipped"][0] == "This template is made for the age group 16-17."
    unknown = await home.post(guardian, f"/v1/teens/{teen}/drafts/template", {"name": "x"})
    assert unknown.status_code == 400
    assert unknown.json()["errors"][0]["pointer"] == "/name"


async def test_a_copy_takes_what_is_allowed_and_names_the_rest(home: Home) -> None:
    """A cap of the band and a missing scope leave fields out; typed lists come only when asked."""
    guardian, older, younger = await home.guardian(), await home.teen("Ole", Band.OLDER), ""
    younger = await home.teen("Ben")
    await home.link(guardian, older)
    await home.link(guardian, younger, tuple(s for s in ALL_SCOPES if s is not Scope.SET_SEARCH))
    await home.settle_in()
    empty = await home.post(guardian, f"/v1/teens/{younger}/drafts/copy", {"from_teen": older})
    assert (empty.status_code, empty.json()["code"]) == (409, "nothing_to_copy")
    await home.write(guardian, older, OWN)
    found = await draft(home, guardian, younger, "copy", from_teen=older)
    assert found["patch"] == {"screen_time": OWN["screen_time"]}
    skipped = " ".join(found["skipped"])
    assert "Duets:" in skipped
    assert "Blocked words: lists of words and accounts are not copied." in skipped
    asked = await draft(home, guardian, younger, "copy", from_teen=older, lists=True)
    assert asked["patch"] == found["patch"]
    assert "casino" not in str(asked)
    back = await draft(home, guardian, older, "copy", from_teen=older, lists=True)
    assert back["lines"] == []
    assert (await home.layer(guardian, younger))["values"] == {}


async def test_a_copy_needs_both_teens_to_be_mine(home: Home) -> None:
    """Another family's teen is absent, as is a teen copying from a sibling; nothing is told."""
    guardian, teen = await home.family()
    stranger, foreign = await home.guardian("Sam S"), await home.teen("Zoe Z")
    await home.link(stranger, foreign)
    await home.settle_in()
    await home.write(stranger, foreign, {"search": OWN["search"]})
    absent = "acc_0123456789abcdefghjkmnpqrs"
    for who, mine, other in (
        (guardian, teen, foreign),
        (teen, teen, foreign),
        (stranger, teen, foreign),
    ):
        replies = [
            await home.post(who, f"/v1/teens/{mine}/drafts/copy", {"from_teen": one})
            for one in (other, absent)
        ]
        assert [one.status_code for one in replies] == [404, 404]
        bodies = [{**one.json(), "request_id": ""} for one in replies]
        assert bodies[0] == bodies[1]


async def test_the_schema_of_policy_files_is_for_everybody(home: Home) -> None:
    """Without a token, as the file of the documentation; a cache may keep it for a day."""
    answer = await home.web.get("/schema/policy.json")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=86400, public"
    assert answer.json() == policy_file_schema()
