"""A preview over HTTP: real use, the viewer's own view, and the write's own refusals."""

from datetime import timedelta
from time import process_time
from typing import Any

import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings import WEEKDAYS
from support.homes import Home
from support.uses import HOUR, MINUTE, Reporter, used

DAY = timedelta(days=1)
MOST_SECONDS = 0.06
"""The limit for 28 days of use, twice replayed; of work, since other tests run beside it."""


def limit(minutes: int | str, at: str = "ask") -> dict[str, Any]:
    """A patch for every weekday."""
    days = dict.fromkeys(WEEKDAYS, minutes)
    return {"screen_time": {"daily_minutes": days, "at_limit": at}}


async def draft(home: Home, who: str, teen: str, patch: dict[str, Any]) -> dict[str, Any]:
    """A preview that must be given."""
    answer = await home.post(who, f"/v1/teens/{teen}/preview", {"patch": patch})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def days_of_use(home: Home, reporter: Reporter, minutes: list[int]) -> None:
    """So many minutes from 15:00 on, on one day after the other; the last one is yesterday."""
    for length in minutes:
        start = home.clock().replace(hour=15)
        home.clock.set(start + (length + 1) * MINUTE)
        interval = used(start + MINUTE, home.clock(), seq=start.toordinal())
        assert await reporter.statuses(interval) == ["late"]
        home.clock.set(start.replace(hour=12) + DAY)
    await home.sign_in_again()


async def test_a_draft_is_replayed_over_real_use_for_who_may_see_it(home: Home) -> None:
    """The guardian reads the sentence; without `see_time` no past; before the link nothing."""
    early, guardian = await home.guardian("Anne A"), await home.guardian()
    blind, teen = await home.guardian("Cleo C"), await home.teen()
    await home.link(early, teen)
    await home.settle_in()
    phone = await Reporter.of(home.people, teen=teen)
    await days_of_use(home, phone, [20, 50, 90])
    await home.link(guardian, teen)
    await home.link(blind, teen, (Scope.SET_TIME,))
    await days_of_use(home, phone, [70, 30])
    await home.settle_in()
    before = [(await home.layer(early, teen))["etag"], len(await home.inbox(teen, teen))]
    seen = await draft(home, early, teen, limit(45))
    assert seen["words"][0] == "Would have stopped on 3 of 5 days, 1 h 15 in all."
    assert seen["words"][1] == "Under today's rules: on 2 of 5 days, 40 min in all."
    assert "Nothing is known of" in seen["words"][2]
    assert [(day["limit_before"], day["limit_after"]) for day in seen["ahead"]] == [(60, 45)] * 7
    later = await draft(home, guardian, teen, limit(45))
    assert later["words"][0] == "Would have stopped on 1 of 2 days, 25 min in all."
    assert (await draft(home, blind, teen, limit(45)))["past"] == []
    mine = await draft(home, teen, teen, limit(45))
    assert mine["words"][0] == seen["words"][0]
    other = await draft(home, early, teen, {"search": {"enabled": "off"}})
    assert (other["ahead"], other["past"], len(other["changes"])) == ([], [], 1)
    assert before == [(await home.layer(early, teen))["etag"], len(await home.inbox(teen, teen))]


@pytest.mark.engine("sqlite")
async def test_a_preview_is_refused_as_the_write_would_be(home: Home) -> None:
    """The same codes and pointers, field by field, for drafts that may not be written."""
    guardian, teen = await home.guardian(), await home.teen()
    await home.link(guardian, teen, tuple(s for s in ALL_SCOPES if s is not Scope.SET_TIME))
    await home.settle_in()
    for patch in (
        limit(45),
        {"messages": {"audience": "friends"}},
        {"screen_time": {"daily_minutes": {"mon": 1441}, "nothing": 1}},
        {"screen_time": {"day_starts_at": "04:00"}},
    ):
        written = await home.patch(guardian, teen, patch)
        looked = await home.post(guardian, f"/v1/teens/{teen}/preview", {"patch": patch})
        assert written.status_code in {400, 403, 422}
        kept = [
            {name: value for name, value in reply.json().items() if name != "request_id"}
            for reply in (written, looked)
        ]
        assert looked.status_code == written.status_code
        assert _without_place(kept[0]) == _without_place(kept[1])


def _without_place(problem: dict[str, Any]) -> dict[str, Any]:
    """The body of a preview has the patch one level deeper than the write has it."""
    return {**problem, "errors": [{**e, "pointer": ""} for e in problem.get("errors", ())]}


async def test_28_days_answer_in_time(home: Home) -> None:
    """A month of use in many sessions, with blocks, a gift and two guardians: under 60 ms."""
    guardian, teen = await home.family()
    reporter = await Reporter.of(home.people, teen=teen)
    for day in range(28):
        start = home.clock().replace(hour=12)
        home.clock.set(start + 9 * HOUR)
        sessions = [
            used(start + n * 13 * MINUTE, start + (n * 13 + 7) * MINUTE, seq=day * 40 + n)
            for n in range(40)
        ]
        await reporter.send(*sessions)
        home.clock.set(start + DAY)
    await home.sign_in_again()
    blocks = [
        {"kind": "school", "start": "08:00", "end": "13:00"},
        {"start": "21:00", "end": "07:00"},
    ]
    await home.write(guardian, teen, {"schedule": {"blocks": blocks}})
    patch = {**limit(45, "stop"), "schedule": {"blocks": blocks[:1]}}
    took: list[float] = []
    seen: dict[str, Any] = {}
    for _ in range(5):
        begun = process_time()
        seen = await draft(home, guardian, teen, patch)
        took.append(process_time() - begun)
    assert len(seen["past"]) == 28
    assert "of 27 days" in seen["words"][0]
    assert min(took) < MOST_SECONDS, took
