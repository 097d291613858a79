"""The acts in which an app is connected, use is counted, and four weeks pass."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from familypair.reasons import Reason
from familypair.schema.usage import Interval, UsageItem
from familypair_tui.demo.family import AFTERNOON
from familypair_tui.demo.habits import DAY, Habit
from familypair_tui.demo.history import DAYS, Walk
from familypair_tui.demo.loop import NAME, Installed, Loop
from familypair_tui.demo.teller import Stage, refused

MINUTE = timedelta(minutes=1)
PHONE, TABLET, SIBLING = "mia-phone", "mia-tablet", "leo-phone"

ABROAD = ZoneInfo("Asia/Tokyo")


class UseStory:
    """Each check is what the API answered."""

    def __init__(self, stage: Stage, loop: Loop) -> None:
        self.family, self.clock, self.tell = stage.family, stage.clock, stage.tell
        self.url, self.loop = stage.url, loop
        self.zone = ZoneInfo(stage.family.mia.zone)

    async def play(self) -> Installed:
        """The acts in order; returns the app on Mia's devices."""
        mia = await self._connect()
        leo = await self._sibling()
        await self._count(mia)
        await self._weeks(mia, leo)
        return mia

    async def _connect(self) -> Installed:
        dana, mia, tell = self.family.dana, self.family.mia, self.tell
        tell.scene("Mia connects an app")
        app = await self.loop.connect(mia, (PHONE, TABLET))
        (shown,) = (await mia.api.apps()).items
        tell.say(f"{NAME} sent Mia to the page where she decides; she said yes")
        for line in shown.learns:
            tell.say(f"it learns {line}")
        tell.check("two of Mia's devices are in it", (shown.name, shown.devices) == (NAME, 2))
        tell.check("its id for her is not her account's", app.teen not in {mia.id, ""})
        told = (await dana.api.ledger(mia.id)).items[-1]
        tell.check(f"Dana is told: {told.words}", NAME in told.words)
        return app

    async def _sibling(self) -> Installed:
        leo = self.family.leo
        await leo.join(self.url, self.clock)
        return await self.loop.connect(leo, (SIBLING, "leo-laptop"))

    async def _count(self, mia: Installed) -> None:
        tell = self.tell
        tell.scene("Use is counted, once")
        await self._next(AFTERNOON)
        start = self.clock()
        await self.clock.skip(14 * MINUTE)
        phone = Interval(device=PHONE, seq=0, start=start, end=start + 14 * MINUTE, surface="feed")
        tablet = msgspec.structs.replace(
            phone, device=TABLET, start=start + 4 * MINUTE, end=start + 11 * MINUTE
        )
        await self._sent(phone, tablet)
        tell.check("14 minutes on a phone, 7 of them on a tablet too, are 14", await self._used(14))
        repeated = await self._sent(phone, tablet)
        said = [item.status for item in repeated]
        tell.check("sent again, they still are 14", said == ["repeated"] * 2)
        tell.check("and Mia's screen says so", await self._used(14))
        await self._refusals(mia, phone)

    async def _refusals(self, mia: Installed, phone: Interval) -> None:
        now = self.clock()
        fresh = msgspec.structs.replace(phone, seq=7)
        odd: dict[str, tuple[Interval, Reason]] = {
            "the same number with other content": (
                msgspec.structs.replace(phone, end=phone.end - MINUTE),
                Reason.SEQ_CONFLICT,
            ),
            "a sibling's device": (
                msgspec.structs.replace(fresh, device=SIBLING, teen=mia.teen),
                Reason.DEVICE_NOT_BOUND,
            ),
            "tomorrow": (
                msgspec.structs.replace(fresh, start=now + DAY, end=now + DAY + MINUTE),
                Reason.IN_THE_FUTURE,
            ),
            "25 hours in one": (
                msgspec.structs.replace(fresh, start=now - timedelta(hours=25), end=now),
                Reason.INTERVAL_TOO_LONG,
            ),
            "another zone's clock": (
                msgspec.structs.replace(fresh, start=now.astimezone(ABROAD) - MINUTE),
                Reason.NOT_UTC,
            ),
        }
        items = [(await self._sent(interval))[0] for interval, _ in odd.values()]
        for (what, (_, code)), item in zip(odd.items(), items, strict=True):
            self.tell.check(f"{what}: refused, {item.code}", item.code == code)
        self.tell.check("Mia's 14 minutes stay 14", await self._used(14))

    async def _weeks(self, mia: Installed, leo: Installed) -> None:
        dana, tell = self.family.dana, self.tell
        tell.scene("Four weeks pass")
        habits = [
            (mia, Habit("Mia", mia.devices, self.zone)),
            (leo, Habit("Leo", leo.devices, self.zone, appetite=0.8)),
        ]
        family = self.family
        signed_in = (family.dana, family.sam, family.mia, family.leo)
        await Walk(self.loop, self.clock, habits).run(self._last_day(), AFTERNOON, signed_in)
        first = self.clock().astimezone(self.zone).date() - (DAYS - 1) * DAY
        seen = (await mia.person.api.time(mia.person.id, first=first)).days
        shown = (await dana.api.time(mia.person.id, first=first)).days
        minutes = ["?" if d.used_seconds is None else str(d.used_seconds // 60) for d in seen]
        tell.say(f"Mia's minutes, day by day: {' '.join(minutes)}")
        tell.check(f"{DAYS} days are there", len(seen) == DAYS)
        tell.check("a day without the app is unknown, not zero", minutes.count("?") == 1)
        tell.check("one day was corrected by what came late", sum(d.late for d in seen) == 1)
        same = [d.used_seconds for d in seen if d.closed] == [
            d.used_seconds for d in shown if d.closed
        ]
        tell.check("Dana reads the same minutes", same)
        hidden = not any(d.spans or d.device_seconds or d.surfaces for d in shown)
        tell.check("and no times, devices or parts of the app", hidden)
        absent = await refused(self.family.sam.api.time(leo.person.id))
        tell.check("Leo, whom nobody is linked with, is nobody's to see", absent is not None)

    def _last_day(self) -> date:
        """Four weeks from now; not a Monday, on which Sam's rule would stand in the way too."""
        day = self.clock().astimezone(self.zone).date() + DAYS * DAY
        return day if day.weekday() else day + DAY

    async def _sent(self, *intervals: Interval) -> Sequence[UsageItem]:
        return (await self.loop.send(intervals)).items

    async def _used(self, minutes: int) -> bool:
        mia = self.family.mia
        return (await mia.api.time(mia.id)).today.used_seconds == minutes * 60

    async def _next(self, at: time) -> None:
        """Go on to this time of the next day at home."""
        tomorrow = self.clock().astimezone(self.zone).date() + DAY
        wait = datetime.combine(tomorrow, at, self.zone) - self.clock()
        await self.clock.skip(timedelta(seconds=int(wait.total_seconds())))
