"""The acts in which the time is over, Mia asks, and what is agreed changes both screens."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

from familypair.reasons import Reason
from familypair.schema.events import UseEvent
from familypair.schema.requests import MoreTime
from familypair.schema.time import Balance, CalendarImport
from familypair_tui.demo.family import save
from familypair_tui.demo.habits import DAY, Stretch
from familypair_tui.demo.history import DAYS as WEEKS_DAYS
from familypair_tui.demo.loop import NAME, Installed, Loop
from familypair_tui.demo.people import Person
from familypair_tui.demo.teller import LIVE_SECONDS, Stage, refused

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FREE_DAYS = 3
HOLIDAYS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//A made-up school//EN
BEGIN:VEVENT
UID:1@school.example
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:{first:%Y%m%d}
DTEND;VALUE=DATE:{end:%Y%m%d}
SUMMARY:School holidays
END:VEVENT
END:VCALENDAR
"""


class AskingStory:
    """Each check is what the API answered."""

    def __init__(self, stage: Stage, loop: Loop, app: Installed) -> None:
        self.family, self.clock, self.tell = stage.family, stage.clock, stage.tell
        self.loop, self.app = loop, app
        self.teen = stage.family.mia.id

    async def play(self) -> None:
        """The acts in order."""
        await self._time_is_over()
        await self._ask()
        await self._code()
        await self._preview()
        await self._holidays()
        await self._file()

    async def _time_is_over(self) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("The time is over")
        await dana.prove()
        limits = {"daily_minutes": dict.fromkeys(DAYS, 60), "at_limit": "ask"}
        await save(dana, self.teen, {"screen_time": limits})
        heard: list[int] = []
        left = (await self._today(mia)).remaining_seconds or 0
        while left > 0:
            left = await self._use(min(left, 300), heard)
        tell.say(f"{NAME} was told to warn Mia at {', '.join(map(str, heard))} minutes")
        tell.check("at 15, 5 and 0", heard == [15, 5, 0])
        for person in (mia, dana):
            today = await self._today(person)
            tell.say(f"{person.name} reads: {today.words}")
            tell.check(
                f"{person.name} sees that none is left, and to ask",
                (today.remaining_seconds, today.outcome) == (0, "ask"),
            )
        tell.check(f"{NAME} stops and offers to ask", self.app.stopped)

    async def _use(self, seconds: int, heard: list[int]) -> int:
        """Use so much, report it, and note a warning; what is left then."""
        start = self.clock().replace(microsecond=0) + timedelta(seconds=1)
        end = start + timedelta(seconds=seconds)
        await self.clock.skip(timedelta(seconds=seconds + 1))
        await self.loop.report([Stretch(self.app.devices[0], "feed", start, end)])
        if self.app.left is not None and self.app.left.warning is not None:
            heard.append(self.app.left.warning)
        return (await self._today(self.family.mia)).remaining_seconds or 0

    async def _ask(self) -> None:
        dana, mia, sam, tell = self.family.dana, self.family.mia, self.family.sam, self.tell
        tell.scene("Mia asks, Dana makes another offer, Mia takes it")
        asked = await mia.api.ask(self.teen, MoreTime(minutes=30), reason="one more round")
        (waits,) = (await dana.api.requests(self.teen)).items
        tell.say(f"Dana reads: {waits.words}; {waits.effect}")
        tell.check("only the one whose rule is in the way is asked", len(asked.parts) == 1)
        tell.check("Sam is not asked", not (await sam.api.requests(self.teen)).items)
        await dana.api.counter_request(asked.id, MoreTime(minutes=15), note="dinner is at six")
        offer = (await mia.api.request(asked.id)).counter
        tell.check(f"Mia reads: {offer.words if offer else '?'}", offer and offer.name == "Dana")
        screens = [asyncio.ensure_future(self._hears(person, 15)) for person in (mia, dana)]
        await asyncio.sleep(0)
        done = await mia.api.accept_request(asked.id)
        tell.check(f"agreed: {done.outcome}", done.state == "approved")
        heard = await asyncio.gather(*screens)
        tell.check("both screens have it by themselves", heard == [True, True])
        await self._both(15)
        late = await refused(dana.api.approve_request(asked.id))
        tell.check("a late yes changes nothing", late == Reason.REQUEST_CLOSED)
        await self._both(15)
        await self.loop.look(self.app)
        tell.check(f"{NAME} hears of it", not self.app.stopped)

    async def _code(self) -> None:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("A code over the phone")
        made = await dana.api.make_code(self.teen, 20)
        tell.say(f"Dana reads Mia the code {made.code}; it works for ten minutes, once")
        wrong = "000000" if made.code != "000000" else "000001"
        guessed = await refused(mia.api.redeem_code(wrong))
        tell.check("a guessed one does not work", guessed == Reason.CODE_WRONG)
        await mia.api.redeem_code(made.code)
        await self._both(35)
        again = await refused(mia.api.redeem_code(made.code))
        tell.check("nor does it work twice", again == Reason.CODE_WRONG)

    async def _preview(self) -> None:
        dana, tell = self.family.dana, self.tell
        tell.scene("Before Dana saves, she reads what it would do")
        before = (await dana.api.layer(self.teen)).etag
        draft = {"screen_time": {"daily_minutes": dict.fromkeys(DAYS, 45), "at_limit": "stop"}}
        told = await dana.api.preview(self.teen, draft)
        for line in told.words:
            tell.say(f"45 minutes and stop: {line}")
        stopped = [day for day in told.past if day.stopped_seconds]
        tell.check("it counts the days that it would have stopped", 0 < len(stopped) < WEEKS_DAYS)
        tell.check("seven days ahead are shown", len(told.ahead) == len(DAYS))
        after = (await dana.api.layer(self.teen)).etag
        tell.check("nothing was saved by looking", after == before)

    async def _holidays(self) -> None:
        dana, tell = self.family.dana, self.tell
        tell.scene("The school's calendar")
        today = self.clock().astimezone(ZoneInfo(self.family.mia.zone)).date()
        ics = HOLIDAYS.format(first=today + 2 * DAY, end=today + (2 + FREE_DAYS) * DAY)
        ask = CalendarImport(ics=ics.replace("\n", "\r\n"), as_="lift_limit")
        draft = await dana.api.import_calendar(self.teen, ask)
        tell.check("the holidays become a draft", draft.added == 1)
        tell.check("which is not saved yet", not await self._notes())
        await dana.prove()
        await save(dana, self.teen, draft.patch)
        notes = await self._notes()
        tell.say(f"Mia reads in her week: {notes[0] if notes else '?'}")
        tell.check("saved, they stand on three days of Mia's week", len(notes) == FREE_DAYS)

    async def _file(self) -> None:
        tell = self.tell
        tell.scene("The minutes as a file")
        for person in (self.family.mia, self.family.dana):
            lines = (await person.api.time_csv(self.teen)).splitlines()
            tell.check(f"{person.name}'s has a line for each day", len(lines) == 1 + WEEKS_DAYS)

    async def _both(self, minutes: int) -> None:
        for person in (self.family.mia, self.family.dana):
            today = await self._today(person)
            self.tell.say(f"{person.name} reads: {today.words}")
            left = today.remaining_seconds
            self.tell.check(f"{person.name} sees {minutes} minutes left", left == minutes * 60)

    async def _hears(self, person: Person, minutes: int) -> bool:
        """Whether the live stream tells this person that so much is left."""
        async with asyncio.timeout(LIVE_SECONDS):
            async for event in person.api.events():
                if not isinstance(event, UseEvent) or event.teen != self.teen:
                    continue
                if event.time.remaining_seconds == minutes * 60:
                    return True
        return False

    async def _today(self, person: Person) -> Balance:
        return (await person.api.time(self.teen)).today

    async def _notes(self) -> list[str]:
        week = (await self.family.mia.api.calendar(self.teen)).days
        return [note for day in week for note in day.notes if "holidays" in note]
