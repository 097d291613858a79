"""The week editor by keys alone: painting, typing, limits, exceptions, import, review."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from familypair.reasons import Reason
from familypair.schema.settings import LayerDocument
from familypair_tui.draft import Draft
from familypair_tui.screens.confirm import ConfirmDialog
from familypair_tui.screens.review import ReviewDialog, ReviewPanel
from familypair_tui.screens.week import WeekScreen
from familypair_tui.text import line
from tui_fake.api import FakeApi
from tui_fake.days import timed_api
from tui_fake.drive import SMALL, USUAL, Client, running
from tui_fake.family import START
from tui_fake.time_api import refused


def patched(client: Client) -> dict[str, Any]:
    """The one patch that was sent."""
    ((_, patch, _),) = client.api.asked("patch_layer")
    found: dict[str, Any] = patch
    return found


async def test_a_week_is_edited_by_keys_alone_at_80x24() -> None:
    """Paint, copy to the weekdays, type a limit, read what it does, save; `u` takes it back."""
    async with running(timed_api(), USUAL) as client:
        await client.press("s")
        assert client.at(WeekScreen)
        await client.quick("v", *["right"] * 11, "2", "equals_sign")
        await client.fill("45")
        await client.press("enter", "W")
        assert "✎ 6 changes not saved" in client.text()
        assert client.text().count("▒▒▒▒▒▒▒▒▒▒▒▒") == 4
        await client.press("ctrl+s")
        assert client.at(ReviewDialog)
        text = client.text()
        assert "▸ Would have stopped on 4 of 28 days, 3 h 10 in all." in text
        assert "Mon 23 Nov 60 min → 45 min" in text
        assert client.api.asked("patch_layer") == []
        await client.press("enter")
        patch = patched(client)
        assert patch["schedule"]["blocks"] == [
            {
                "kind": "school",
                "days": ["mon", "tue", "wed", "thu", "fri"],
                "start": "08:00",
                "end": "14:00",
            }
        ]
        limits = patch["screen_time"]["daily_minutes"]
        assert limits == dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), 45)
        await client.press("u")
        assert client.api.asked("revert") == [("acc_mia", 7)]


async def test_painting_is_undone_step_by_step_and_leaving_asks() -> None:
    """`u` before a save undoes the last painting; unsaved changes are not lost silently."""
    async with running(timed_api(), USUAL) as client:
        await client.press("s", "1", "1", "down", "3")
        assert "✎ 1 change not saved" in client.text()
        await client.press("y", "down", "p", "u", "u", "x")
        assert client.text().count("░") == 1
        await client.press("1")
        assert "█" in client.text()
        await client.press("2", "down")
        await client.press("ctrl+p", "escape", "6")
        assert client.at(ConfirmDialog)
        await client.press("escape", "D")
        assert "Nothing was changed." in client.text()


async def test_times_are_typed_with_faults_below_the_line() -> None:
    """`e`: hours end at 24:00; over midnight wraps; the day says what it has now."""
    async with running(timed_api(), SMALL) as client:
        await client.press("s", "down", "down", "e")
        await client.fill("22:00-25:00")
        assert "hours end at 24:00" in client.text()
        await client.fill("22:00-06:30 sleep, 18:00-20:00 away dinner")
        await client.press("enter")
        assert "░░░░" in client.text()
        await client.press("down")
        assert "█████████████───" in client.text()
        await client.press("up", "e")
        assert "Wed, now 18:00-20:00 away dinner, 22:00-06:30 sleep" in client.text()
        await client.press("escape", "ctrl+s", "enter")
        kinds = [one["kind"] for one in patched(client)["schedule"]["blocks"]]
        assert kinds == ["away", "sleep"]


def with_calendar(tmp_path: Path) -> tuple[FakeApi, Path]:
    """A family, and a holiday calendar in a file."""
    file = tmp_path / "holidays.ics"
    file.write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n", encoding="utf-8")
    return timed_api(), file


async def test_a_holiday_calendar_becomes_a_draft_that_is_reviewed(tmp_path: Path) -> None:
    """`i`, a path, what its days are; what was not taken is said; nothing is saved before ^s."""
    api, file = with_calendar(tmp_path)
    async with running(api, USUAL) as client:
        await client.press("s", "i")
        await client.fill("nowhere.ics")
        assert "there is no such file" in client.text()
        await client.fill(str(file))
        await client.press("enter")
        assert "What are its days?" in client.text()
        await client.press("enter")
        ((_, ask),) = api.asked("import_calendar")
        assert (ask.as_, ask.kinds) == ("lift_blocks", ("school",))
        text = client.text()
        assert "21 Dec \N{EN DASH} 6 Jan 2027" in text
        assert "Christmas holidays" in text
        assert "nothing is saved yet" in text
        await client.press("n")
        await client.fill("2026-11-29 3h (birthday)")
        await client.press("enter", "ctrl+s", "enter")
        kinds = [one["kind"] for one in patched(client)["schedule"]["exceptions"]]
        assert sorted(kinds) == ["lift_blocks", "set_limit"]


async def test_an_import_that_is_refused_and_an_exception_that_is_removed(tmp_path: Path) -> None:
    """The server's sentence; `d` takes a saved exception out of the draft."""
    api, file = with_calendar(tmp_path)
    saved = {"kind": "lift_limit", "first": "2026-12-25", "last": "2026-12-25"}
    api.family["acc_mia"].mine["schedule.exceptions"] = [saved]
    api.fail("import_calendar", refused(Reason.BAD_CALENDAR, "This is no iCalendar file: x."))
    async with running(api, USUAL) as client:
        await client.press("s", "i")
        await client.fill(str(file))
        await client.press("enter")
        await client.fill("2h")
        await client.press("enter")
        ((_, ask),) = api.asked("import_calendar")
        assert (ask.as_, ask.minutes) == ("set_limit", 120)
        assert "! This is no iCalendar file: x." in client.text()
        assert "25 Dec 2026" in client.text()
        await client.press("tab", "d", "ctrl+s", "enter")
        assert patched(client) == {"schedule": {"exceptions": None}}


async def test_without_the_permission_nothing_can_be_painted() -> None:
    """A guardian without `set_time` reads why, and no draft is made."""
    api = timed_api()
    api.family["acc_mia"].prefixes = ("search",)
    api.cards["acc_mia"] = replace(api.cards["acc_mia"], scopes=())
    async with running(api, USUAL) as client:
        await client.press("s", "1")
        assert "⊘ You cannot set this." in client.text()
        assert "not saved" not in client.text()


def test_a_list_in_review_says_first_what_is_new() -> None:
    """Three blocks that stay do not hide the one that was typed, nor the one that goes."""
    settings = timed_api().family["acc_mia"].settings(START, teen=False)
    draft = Draft(settings, LayerDocument(teen="acc_mia", values={}, etag=""))
    days = ["mon", "tue", "wed", "thu"]
    blocks = [{"kind": "away", "days": [day], "start": "08:00", "end": "09:00"} for day in days]
    panel = ReviewPanel(draft, "Mia", 0)
    after = [*blocks[1:], {"kind": "away", "days": ["wed"], "start": "18:00", "end": "20:00"}]
    said = line(*panel.listed("schedule.blocks", blocks, after)).plain
    assert said.startswith("+ away 18:00-20:00 Wed  ")
    assert said.endswith(" away 08:00-09:00 Mon  (3 stay)")
