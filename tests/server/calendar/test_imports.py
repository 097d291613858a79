"""A calendar file as a draft of my own exceptions: what it gives, and what is refused."""

import asyncio
from datetime import date
from typing import Any

import httpx2
import pytest

from familypair.reasons import Reason
from familypair.schema.scopes import Scope
from familypair_server.calendar import child
from familypair_server.calendar.reader import Order
from familypair_server.problems import Refused
from support.homes import Home

EVENT = "BEGIN:VEVENT\r\nUID:{n}\r\n{lines}\r\nEND:VEVENT\r\n"
BREAK = "DTSTART;VALUE=DATE:20261221\r\nDTEND;VALUE=DATE:20270104\r\nSUMMARY:Winter break"
EXISTING = {"kind": "lift_limit", "first": "2026-12-24", "last": "2026-12-24"}
FIRST, LAST = date(2026, 11, 22), date(2027, 11, 23)


def ics(*events: str) -> str:
    """A file of these events."""
    inner = "".join(EVENT.format(n=n, lines=lines) for n, lines in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//School//EN\r\n{inner}END:VCALENDAR\r\n"


async def draft(home: Home, who: str, teen: str, **body: Any) -> httpx2.Response:
    """Import a file."""
    return await home.post(who, f"/v1/teens/{teen}/calendar/import", body)


async def test_a_schools_calendar_becomes_a_patch_of_my_layer(home: Home) -> None:
    """Merged with what is there; nothing is saved; the patch can be sent as it is."""
    dana, mia = await home.family()
    await home.write(dana, mia, {"schedule": {"exceptions": [EXISTING]}})
    before = await home.layer(dana, mia)
    answer = await draft(home, dana, mia, ics=ics(BREAK), kinds=["school"])
    assert answer.status_code == 200, answer.text
    made = answer.json()
    lifted = {"kind": "lift_blocks", "first": "2026-12-21", "last": "2027-01-03"}
    wanted = {**lifted, "kinds": ["school"], "label": "Winter break"}
    assert made["patch"] == {"schedule": {"exceptions": [wanted, EXISTING]}}
    assert (made["added"], made["skipped"]) == (1, [])
    assert await home.layer(dana, mia) == before
    saved = await home.write(dana, mia, made["patch"])
    assert saved["layer"]["values"]["schedule"] == made["patch"]["schedule"]
    own = (await draft(home, mia, mia, ics=ics(BREAK), as_="set_limit", minutes=90)).json()
    assert own["patch"]["schedule"]["exceptions"][0]["minutes"] == 90


async def test_what_is_asked_for_has_to_fit(home: Home) -> None:
    """Minutes belong to a limit, kinds to lifted blocks; a scope is needed; strangers see none."""
    dana, mia = await home.family()
    gran, eve = await home.guardian("Gran"), await home.guardian("Eve")
    await home.link(gran, mia, (Scope.SEE_TIME, Scope.SEE_SETTINGS))
    for body, pointer in (
        ({"minutes": 5}, "/minutes"),
        ({"as_": "set_limit"}, "/minutes"),
        ({"kinds": ["school", "homework"]}, "/kinds/1"),
        ({"as_": "lift_limit", "kinds": ["school"]}, "/kinds"),
    ):
        refused = await draft(home, dana, mia, ics=ics(BREAK), **body)
        assert refused.status_code == 400, refused.text
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert (await draft(home, gran, mia, ics=ics(BREAK))).json()["code"] == "scope_not_granted"
    assert (await draft(home, eve, mia, ics=ics(BREAK))).status_code == 404
    damaged = await draft(home, dana, mia, ics="BEGIN:VCALENDAR\r\nhello")
    assert (damaged.status_code, damaged.json()["code"]) == (422, "bad_calendar")
    huge = await draft(home, dana, mia, ics="x" * 1_100_000)
    assert huge.status_code == 413


def order(text: str, **more: Any) -> Order:
    """A file and the year that counts."""
    return Order(text, FIRST, LAST, **more)


async def test_a_file_that_asks_for_too_much_is_ended() -> None:
    """A series by the second since long ago: its process is stopped, the loop never waits."""
    endless = "DTSTART:20200101T000000Z\r\nDTEND:20200101T000001Z\r\nRRULE:FREQ=SECONDLY"
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    loop = asyncio.ensure_future(others())
    with pytest.raises(Refused) as refused:
        await child.read_file(order(ics(endless), seconds=1))
    loop.cancel()
    assert refused.value.refusals[0].params == {"fault": "it asks for too much"}
    assert turns > 20


async def test_only_so_many_files_are_read_at_a_time() -> None:
    """Who comes while they are is told when to come again; afterwards there is room."""
    reading = [child.read_file(order(ics(BREAK))) for _ in range(child.AT_ONCE + 1)]
    done = await asyncio.gather(*reading, return_exceptions=True)
    refused = [one for one in done if isinstance(one, Refused)]
    assert [one.refusals[0].reason for one in refused] == [Reason.TOO_MANY_REQUESTS]
    assert (await child.read_file(order(ics(BREAK)))).events


async def test_a_reader_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience is bounded by the wall clock too; the process does not outlive the answer."""
    monkeypatch.setattr(child, "PATIENCE", 0.001)
    with pytest.raises(Refused):
        await child.read_file(order(ics(BREAK)))
