"""Four weeks pass: the made-up app reports day after day, through the same API as any app."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from familypair_tui.demo.habits import DAY, Habit, Stretch
from familypair_tui.demo.loop import Installed, Loop
from familypair_tui.demo.people import Clock, Person

DAYS = 28
REMOVED = 11
"""Days before the end on which the first teen did not have the app: nobody knows of that day."""
OFFLINE = 5
"""Days before the end on which the first teen's second device had no net: it reports a day late."""
_DAWN = time(4)
_EVENING = time(18)
_WEEKLY = 5


@dataclass
class Walk:
    """Everybody's habits, walked through moment by moment."""

    loop: Loop
    clock: Clock
    habits: Sequence[tuple[Installed, Habit]]
    events: Mapping[date, Callable[[], Awaitable[None]]] = field(
        default_factory=dict[date, Callable[[], Awaitable[None]]]
    )
    """What else happens on a day, in its evening."""
    _kept: list[Stretch] = field(default_factory=list[Stretch])
    """What a device without net still has to report."""

    async def run(self, last: date, until: time, people: Sequence[Person]) -> None:
        """Let the days pass up to `until` of the `last` one.

        Everybody looks in once a week: a sign-in that nobody uses for 30 days ends.
        """
        zone = self.habits[0][1].zone
        end = datetime.combine(last, until, zone)
        day = self.clock().astimezone(zone).date() + DAY
        while day <= last:
            await self._dawn(day, last)
            if day.weekday() == _WEEKLY:
                for person in people:
                    await person.api.me()
            await self._day(day, last, end)
            day += DAY
        await self._until(end)

    async def _dawn(self, day: date, last: date) -> None:
        """Early in the morning: an app that was removed comes back."""
        app, habit = self.habits[0]
        await self._until(datetime.combine(day, _DAWN, habit.zone))
        if day == last - REMOVED * DAY:
            await self.loop.release(app.devices)
        elif day == last - (REMOVED - 1) * DAY:
            await self.loop.bind(app, app.devices)

    async def _day(self, day: date, last: date, end: datetime) -> None:
        moments = sorted({at for _, habit in self.habits for at in habit.moments(day)})
        plan = [
            stretch for app, habit in self.habits for stretch in self._of(app, habit, day, last)
        ]
        waits = self.events.get(day)
        for at in (at for at in moments if at <= end):
            if any(stretch.end <= at for stretch in plan):
                await self._until(at)
                await self._report(plan, offline=day == last - OFFLINE * DAY)
            if waits is not None and at.astimezone(end.tzinfo).time() >= _EVENING:
                await waits()
                waits = None

    def _of(self, app: Installed, habit: Habit, day: date, last: date) -> list[Stretch]:
        if app is not self.habits[0][0]:
            return habit.day(day)
        if day == last - REMOVED * DAY:
            return []
        return habit.day(day) + (habit.journey(day) if day == last - OFFLINE * DAY else [])

    async def _report(self, plan: list[Stretch], *, offline: bool) -> None:
        """What has ended by now; a device without net keeps what it has."""
        now = self.clock()
        ended = [stretch for stretch in plan if stretch.end <= now]
        plan[:] = [stretch for stretch in plan if stretch.end > now]
        silent = self.habits[0][0].devices[1]
        if offline:
            self._kept += [stretch for stretch in ended if stretch.device == silent]
            ended = [stretch for stretch in ended if stretch.device != silent]
        else:
            ended, self._kept = self._kept + ended, []
        await self.loop.report(sorted(ended, key=lambda one: one.end))

    async def _until(self, instant: datetime) -> None:
        wait = instant - self.clock()
        if wait > timedelta():
            await self.clock.skip(timedelta(seconds=int(wait.total_seconds()) + 1))
