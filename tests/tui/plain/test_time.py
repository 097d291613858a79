"""`time`, `grant`, `code`, `calendar`, `preview`, and today's line of `show` and `teens`."""

from pathlib import Path

import httpx2
import msgspec
import pytest

from client.fake import answer, problem
from familypair.reasons import Reason
from familypair.schema.settings import Preview
from familypair.schema.teens import Teens
from familypair.schema.time import Time

from .desk import Desk
from .made import CARD, CHANGE, LAYER, SAVED, SETTINGS
from .made_time import (
    AHEAD,
    BALANCE,
    CALENDAR,
    CODE,
    DRAFT,
    EFFECT,
    EXCEPTION,
    GLANCE,
    GRANT,
    ONE_DAY,
    REDEEMED,
    TIME,
)

MIA = "/v1/teens/acc_mia"
MINE = f"{MIA}/layers/mine"
HERE = msgspec.structs.replace(CARD, time=GLANCE, waiting=1)


@pytest.fixture
def desk() -> Desk:
    """Dana, a guardian of Mia alone."""
    here = Desk()
    here.server.will("GET", "/v1/teens", Teens(items=(HERE,)))
    here.server.will("GET", MIA, HERE)
    here.server.will("GET", f"{MIA}/settings", SETTINGS)
    here.server.will("GET", f"{MIA}/time", TIME)
    here.server.will("GET", f"{MIA}/calendar", CALENDAR)
    here.server.will("POST", f"{MIA}/calendar/import", DRAFT)
    here.server.will("POST", f"{MIA}/grants/preview", EFFECT)
    here.server.will("POST", f"{MIA}/grants", answer(GRANT, 201))
    here.server.will("POST", f"{MIA}/codes", answer(CODE, 201))
    here.server.will("GET", MINE, LAYER)
    here.server.will("POST", f"{MIA}/preview", AHEAD)
    here.server.will("PATCH", MINE, SAVED)
    return here


@pytest.fixture
def teen() -> Desk:
    """Mia."""
    here = Desk(kind="teen", account="acc_mia", name="Mia")
    here.server.will("POST", "/v1/codes/redeem", REDEEMED)
    here.server.will("POST", "/v1/grants/pst_2/accept", GRANT)
    return here


TIME_TEXT = """\
Mia, Sun 22 Nov: 27 min left.
  60 min (you) + 15 min (you) - 48 min used = 27 min left
  You: 60 min, then ask; this is the limit that counts.
    +15 min from you, 22 Nov 11:00. Undo: familypair grant undo pst_1
  Mia: no limit.
  Then: ask from 1 h 15: you
  Use is known until 22 Nov 12:00, in steps of 15 minutes.

Days (Europe/Dublin):
  Wed 18 Nov  2 h of 1 h 15     12 opens  night 10 min  ######################## (corrected later)
  Thu 19 Nov  unknown
  Fri 20 Nov  0 min of 1 h 15   0 opens                 ............... (25 hours)
  Sat 21 Nov  60 min            1 open                  ############ (11 min unknown)
  Sun 22 Nov  48 min of 1 h 15  12 opens                ##########..... (so far)
Days before Wed 18 Nov are not shared with you.

Weeks:
  Week of Mon 19 Oct: 8 h 10, 80 opens
  Week of Mon 26 Oct: unknown, 0 of 7 days known
  Week of Mon 2 Nov: 60 min, 1 open, 2 of 7 days known
"""


def test_time_is_arithmetic_a_table_and_weeks(desk: Desk) -> None:
    """Who allows how much and why, each day with figures first, unknown is not zero."""
    desk.glyphs = False
    assert desk.run("time").out == TIME_TEXT
    desk.glyphs = True
    assert "##" not in desk.run("time", "mia").out
    assert "████████████ (11" in desk.run("time", "mia").out
    assert msgspec.convert(desk.run("time", "--json").json(), Time) == TIME


def test_use_that_is_not_shared_is_not_called_unknown(desk: Desk) -> None:
    """Without the permission to see time there are no days, and the limit is still told."""
    today = msgspec.structs.replace(BALANCE, used_seconds=None, remaining_seconds=None)
    desk.server.will("GET", f"{MIA}/time", msgspec.structs.replace(TIME, today=today, days=()))
    out = desk.run("time").out
    assert out.startswith("Mia, Sun 22 Nov: use is not shared with you.\n")
    assert "Days before" not in out


def test_more_days_are_asked_for_by_date(desk: Desk, tmp_path: Path) -> None:
    """The teen's own today counts; --csv writes what the server escaped, byte for byte."""
    desk.run("time", "--days", "28")
    asked = [r for r in desk.server.requests if r.url.path == f"{MIA}/time"]
    assert dict(asked[-1].url.params) == {"from": "2026-10-26", "to": "2026-11-22"}
    csv = b"date,used\r\n2026-11-22,'=1+1\r\n"
    desk.server.will("GET", f"{MIA}/time/export", httpx2.Response(200, content=csv))
    file = tmp_path / "mia.csv"
    assert desk.run("time", "--days", "2", "--csv", str(file)).out == f"Written to {file}.\n"
    assert file.read_bytes() == csv
    asked = [r for r in desk.server.requests if r.url.path == f"{MIA}/time/export"]
    assert dict(asked[-1].url.params) == {"from": "2026-11-21", "to": "2026-11-22"}
    assert desk.run("time", "--csv", "-").out == csv.decode()
    assert desk.run("time", "--days", "29").code == 2


def test_today_stands_in_teens_and_show(desk: Desk) -> None:
    """One line of today and what waits, before the rules; a group of rules stays alone."""
    for command in (("teens",), ("show", "mia"), ("show", "mia", "screen_time")):
        ran = desk.run(*command)
        assert "Today: 48 min of 1 h 15, 27 min left: set by you." in ran.out
        assert "1 request waits for you: familypair requests" in ran.out
    assert "Today:" not in desk.run("show", "mia", "messages").out


def test_a_gift_is_read_before_it_is_given(desk: Desk) -> None:
    """What it does now, its write-off and the teen's own limit; then one question."""
    text = (
        "+30 min, of which 0 now: Mia also limits.\n"
        "  It first writes off 2 min that were used over your limit.\n"
    )
    dry = desk.run("grant", "mia", "30", "--dry-run")
    assert dry.out == f"{text}Nothing was given.\n"
    assert desk.run("grant", "30", answers="1").err == "Nothing was changed.\n"
    assert desk.server.count("POST", f"{MIA}/grants") == 0
    given = desk.run("grant", "mia", "rest", answers="2")
    assert given.out.startswith(text)
    assert given.out.endswith(
        "Mia: +30 min, of which 0 now: Mia also limits.\n"
        f"  {BALANCE.words}\nTake back what is not used: familypair grant undo pst_2\n"
    )
    assert desk.sent("POST", f"{MIA}/grants") == [{"minutes": None, "rest_of_day": True}]
    desk.server.will("DELETE", "/v1/grants/pst_2", msgspec.structs.replace(GRANT, state="undone"))
    assert "what was not used of 30 min" in desk.run("grant", "undo", "pst_2").out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("grant", "0"), "1 to 1440 minutes"),
        (("grant", "mia", "many"), "not a number of minutes"),
        (("grant", "mia", "30", "now"), "Write: familypair grant"),
        (("code", "rest"), "A code is worth a number of minutes"),
        (("calendar", "import"), "Write: familypair calendar"),
        (("calendar", "add", "tomorrow", "free"), "write dates and what differs"),
        (("calendar", "--days", "8"), "--days is 1 to 7"),
        (("calendar", "import", "x.ics", "--as", "set_limit"), "--minutes belongs to"),
        (("auto-rules", "add", "500"), "5 to 120 minutes"),
        (("auto-rules", "add", "15", "--times", "9"), "1 to 3 times a day"),
        (("preview", "mia"), "PATH=VALUE"),
        (("preview", "mia", "screen_time.daily_minute=45"), "Did you mean"),
    ],
)
def test_what_is_not_understood_is_wrong_usage(
    desk: Desk, argv: tuple[str, ...], said: str
) -> None:
    """Exit code 2 with the way to write it, and nothing was sent."""
    ran = desk.run(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert all(request.method == "GET" for request in desk.server.requests)


def test_two_teens_must_be_told_apart(desk: Desk) -> None:
    """Without a name only an only teen is meant."""
    two = Teens(items=(HERE, msgspec.structs.replace(HERE, id="acc_max", name="Max")))
    desk.server.will("GET", "/v1/teens", two)
    ran = desk.run("grant", "30")
    assert (ran.code, ran.err) == (2, "Say which teen: Mia or Max.\n")


def test_a_code_stands_alone_and_can_be_taken_back(desk: Desk) -> None:
    """Grouped digits on a line of their own, how long it works, and the way back."""
    assert desk.run("code", "mia", "30").out == (
        "One-time code for Mia, 30 min:\n\n    482 913\n\n"
        "It works once, until 22 Nov 12:10 (10 minutes).\n"
        "Take it back: familypair code withdraw cod_1\n"
    )
    desk.server.will("DELETE", "/v1/codes/cod_1", msgspec.structs.replace(CODE, state="withdrawn"))
    assert desk.run("code", "withdraw", "cod_1").out == "The code does not work any more.\n"


def test_a_teen_uses_a_code_and_takes_a_gift(teen: Desk) -> None:
    """Spaces in a code do not matter; the day's arithmetic follows."""
    ran = teen.run("code", "redeem", "482", "913")
    assert teen.sent("POST", "/v1/codes/redeem") == [{"code": "482913"}]
    assert ran.out.startswith("+30 min by a code from Dana.\nYou, Sun 22 Nov: 27 min left.\n")
    for words in (("grant", "accept", "pst_2"), ("accept", "pst_2")):
        assert teen.run(*words).out.startswith("Taken: 30 min from you.\n")


def test_the_calendar_says_why(desk: Desk) -> None:
    """Each day with its limit, what differs on it, and each span with its reason."""
    assert desk.run("calendar").out == (
        "Mia, the next 2 days (Europe/Dublin):\n"
        "Sun 22 Nov: 60 min: set by you\n"
        "  Autumn holidays: set by you\n"
        "  12:00-13:00  School until 13:00: set by you\n"
        "Mon 23 Nov: no limit\n"
        "  Nothing is blocked.\n"
    )
    assert "Mon 23" not in desk.run("calendar", "mia", "--days", "1").out


def test_an_import_is_a_draft_until_it_is_saved(desk: Desk, tmp_path: Path) -> None:
    """What was not taken, what it would have changed, one question, then my layer."""
    file = tmp_path / "school.ics"
    file.write_bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    no = desk.run("calendar", "import", str(file), "--kinds", "school", answers="1")
    assert no.out.startswith("1 exception from this calendar.\n  Not taken: Old: it is over\n")
    assert "Would have stopped on 4 of 28 days, 3 h 10 in all." in no.out
    assert "Mon 23 Nov: no limit becomes 45 min." in no.out
    assert "Mon 23 Nov: 12:00-13:00 becomes free" in no.out
    assert desk.server.count("PATCH", MINE) == 0
    assert desk.run("calendar", "import", str(file), "--yes").code == 0
    assert desk.sent("PATCH", MINE) == [DRAFT.patch]
    asked = desk.sent("POST", f"{MIA}/calendar/import")[0]
    assert (asked["as_"], asked["kinds"]) == ("lift_blocks", ["school"])
    none = msgspec.structs.replace(DRAFT, added=0)
    desk.server.will("POST", f"{MIA}/calendar/import", none)
    assert "nothing to save" in desk.run("calendar", "import", str(file), "--yes").out
    assert desk.run("calendar", "import", str(tmp_path / "no.ics")).code == 1
    bad = problem(422, Reason.BAD_CALENDAR, "This is no iCalendar file: it is damaged.")
    desk.server.will("POST", f"{MIA}/calendar/import", bad)
    ran = desk.run("calendar", "import", str(file))
    assert ran.err == "This is no iCalendar file: it is damaged.\n"


def test_typed_dates_join_those_that_are_there(desk: Desk) -> None:
    """An added exception keeps the earlier ones; the same one twice is one."""
    held = msgspec.structs.replace(LAYER, values={"schedule": {"exceptions": [EXCEPTION]}})
    desk.server.will("GET", MINE, held)
    desk.run("calendar", "add", "2026-12-31", "180", "--yes")
    added = {"kind": "set_limit", "first": "2026-12-31", "last": "2026-12-31", "minutes": 180}
    assert desk.sent("PATCH", MINE)[0]["schedule"]["exceptions"] == [EXCEPTION, added]


def test_a_preview_is_read_before_a_save(desk: Desk) -> None:
    """`preview` and `set` say the days behind; `preview` also the days ahead, and saves nothing."""
    words = "Would have stopped on 4 of 28 days, 3 h 10 in all.\n"
    ran = desk.run("preview", "screen_time.daily_minutes=45", "screen_time.at_limit=stop")
    assert words in ran.out
    assert ran.out.endswith("Nothing was saved.\n")
    sent = desk.sent("POST", f"{MIA}/preview")[0]["patch"]["screen_time"]
    assert (sent["daily_minutes"]["sat"], sent["at_limit"]) == (45, "stop")
    asked = desk.run("set", "mia", "screen_time.daily_minutes.mon", "45", answers="1")
    assert asked.out.index(words) < asked.out.index("Save this for Mia?")


def test_days_that_change_alike_stand_together(desk: Desk) -> None:
    """A rule for every day is one line before a save, not seven; the calendar does the same."""
    days = ("mon", "tue", "wed", "thu", "fri")
    week = tuple(
        msgspec.structs.replace(CHANGE, path=f"screen_time.daily_minutes.{day}") for day in days
    )
    other = msgspec.structs.replace(CHANGE, path="screen_time.daily_minutes.sun", after=50)
    desk.server.will("POST", f"{MIA}/preview", Preview(changes=(*week, other)))
    ran = desk.run("set", "mia", "screen_time.daily_minutes.mon", "45", "--dry-run")
    assert ran.out.startswith(
        "Limit, Mon-Fri: your rule becomes 45 min; you had none.\n"
        "  What holds: 60 min becomes 45 min.\n"
        "Limit on Monday: your rule becomes 50 min"
    )
    one = CALENDAR.days[1]
    two = msgspec.structs.replace(one, date=one.date + ONE_DAY)
    calendar = msgspec.structs.replace(CALENDAR, days=(one, two))
    desk.server.will("GET", f"{MIA}/calendar", calendar)
    assert "Mon 23 Nov to Tue 24 Nov: no limit\n  Nothing" in desk.run("calendar").out
