"""A day of screen time by plain commands alone, against the real application."""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from familypair.schema.usage import Interval
from familypair_server.storage import Store
from support.homes import Home, at_home
from support.hosts import HostApp, host_app
from support.terminals import Said, Terminal, host_client

pytestmark = pytest.mark.engine("sqlite")
ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//School//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270107\r\n"
    "SUMMARY:Christmas holidays\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CODE = re.compile(r"^    (\d{3}) (\d{3})$", re.MULTILINE)


@dataclass
class House:
    """Dana and Omar, both linked with Mia, whose tablet reports to Orbit."""

    home: Home
    app: HostApp
    subject: str
    dana: Terminal
    omar: Terminal
    mia: Terminal
    seq: int = 0

    async def use(self, minutes: int) -> None:
        """Use that ends now, reported by the client library of hosts."""
        start = self.home.clock()
        self.home.clock.tick(timedelta(minutes=minutes))
        await self.home.sign_in_again()
        self.seq += 1
        one = Interval(device="tab-1", seq=self.seq, start=start, end=self.home.clock())
        async with host_client(self.home, self.app.id) as host:
            taken = await host.report_usage([one])
        assert (taken.items[0].counted_seconds, taken.teens[0].teen) == (minutes * 60, self.subject)


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> AsyncGenerator[House]:
    """Everybody out of probation, on a Monday at 13:00."""
    async with at_home(store, tmp_path) as home:
        dana, omar, mia = (
            await home.guardian("Dana"),
            await home.guardian("Omar"),
            await home.teen("Mia"),
        )
        await home.link(dana, mia)
        await home.link(omar, mia)
        await home.settle_in()
        app = await host_app(home, "Orbit")
        subject = await app.bind(mia)
        async with host_client(home, app.id) as host:
            await host.bind_device("tab-1", subject)
        yield House(
            home,
            app,
            subject,
            Terminal(home, dana, "guardian", "Dana", tmp_path / "dana"),
            Terminal(home, omar, "guardian", "Omar", tmp_path / "omar"),
            Terminal(home, mia, "teen", "Mia", tmp_path / "mia"),
        )


async def done(who: Terminal, *argv: str, answers: str = "") -> Said:
    """A command that must work."""
    said = await who.run(*argv, answers=answers)
    assert said.refused == "", (argv, said)
    return said


async def test_minutes_are_given_coded_asked_for_and_agreed(house: House) -> None:
    """A gift and a code change the arithmetic on both sides; a counter-offer is taken; the rest
    is refused with its reason."""
    dana, omar, mia = house.dana, house.omar, house.mia
    await done(dana, "set", "mia", "screen_time.daily_minutes", "60", "--yes")
    await house.use(40)
    given = await done(dana, "grant", "mia", "30", answers="2")
    assert "60 min (you) + 30 min (you) - 30 min used = 60 min left" in given.out
    gift = re.search(r"grant undo (\S+)", given.out)
    assert gift
    await done(dana, "grant", "undo", gift[1])
    made = CODE.search((await done(dana, "code", "15")).out)
    assert made
    used = await done(mia, "code", "redeem", made[1], made[2])
    assert "You, Mon 23 Nov: 35 min left." in used.out
    wrong = await mia.run("code", "redeem", "000000")
    assert wrong.refused == "That code is wrong, used or too old."
    asked = await done(mia, "ask", "30", "--reason", "film night")
    assert "Dana can answer until 24 Nov 00:00." in asked.out
    listed = (await done(dana, "requests")).out
    assert listed.startswith('1. Mia: +30 min today (waits).\n   "film night"\n')
    await done(dana, "counter", "1", "15", "--note", "then bed")
    assert "Dana offers instead" in (await done(mia, "requests")).out
    await done(mia, "accept", "1")
    assert "You, Mon 23 Nov" not in (await done(mia, "time")).out
    assert "Today: 30 min of 1 h 30, 60 min left: set by you." in (await done(dana, "teens")).out
    assert "15 min (code)" in (await done(mia, "time", "me", "--days", "28")).out
    assert "Nothing waits for you." in (await done(omar, "requests")).out
    csv = (await done(dana, "time", "--csv", "-")).out
    assert csv.startswith("date,weekday,zone,")
    apps = await done(mia, "apps")
    assert apps.out.startswith("Orbit: bound 23 Nov 13:00, 1 device")


async def test_rules_are_asked_for_planned_and_looked_at_again(
    house: House, tmp_path: Path
) -> None:
    """A plan of two fields needs both guardians and becomes an agreement; a block opens; a
    calendar is imported after its preview; a standing yes is made and ended."""
    dana, omar, mia = house.dana, house.omar, house.mia
    day = "screen_time.daily_minutes"
    for guardian in (dana, omar):
        await done(guardian, "set", "mia", day, "60", "--yes")
    await done(dana, "set", "mia", "schedule.blocks", "Mon-Fri 12:00-15:00 away tidying", "--yes")
    plan = ("ask", "plan", f"{day}.sat=90", f"{day}.mon=45", "--review", "14", "--title", "Week")
    assert "Dana and Omar can answer" in (await done(mia, *plan)).out
    await done(mia, "ask", "block-until", "14:30")
    await done(dana, "requests")
    for number in ("1", "2"):
        await done(dana, "approve", number)
    await done(omar, "requests")
    await done(omar, "note", "1", "fine with me")
    await done(omar, "approve", "1")
    agreed = (await done(mia, "agreements")).out
    assert agreed.startswith("Week, with Dana and Omar, 23 Nov 13:00:\n")
    name = re.search(r"agreements later (\S+)", agreed)
    assert name
    await done(dana, "agreements", "later", name[1], "60")
    await done(mia, "agreements", "end", name[1], "--yes")
    calendar = (await done(mia, "calendar", "--days", "1")).out
    assert "  13:00-14:30  Opened until 14:30: agreed by Dana\n" in calendar
    file = tmp_path / "school.ics"
    file.write_text(ICS)
    saved = await done(dana, "calendar", "import", str(file), "--kinds", "school", answers="2")
    assert "1 exception from this calendar." in saved.out
    await done(dana, "calendar", "add", "2026-12-31", "180", "(Eve)", "--yes")
    shown = (await done(dana, "preview", "mia", f"{day}=30")).out
    assert shown.startswith("Daily time on Monday: your rule 45 min becomes 30 min.\n")
    assert "  Sat 28 Nov: 1 h 30 becomes 30 min.\n" in shown
    await done(dana, "auto-rules", "add", "15", "--days", "sat,sun")
    rule = re.search(r"auto-rules remove (\S+)", (await done(dana, "auto-rules")).out)
    assert rule
    await done(dana, "auto-rules", "remove", rule[1])
    assert "no standing yes" in (await done(mia, "auto-rules")).out
