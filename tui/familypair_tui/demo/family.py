"""The made-up family: two guardians in two households, three teens of different ages."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from familypair.schema.invitations import Invitation
from familypair.schema.links import Link
from familypair.schema.requests import MoreTime
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.demo.habits import DAY, Habit
from familypair_tui.demo.history import Walk
from familypair_tui.demo.loop import Installed, Loop
from familypair_tui.demo.people import Clock, Person

ARM = timedelta(seconds=5)
"""How long a teen has the disclosure before the answer opens (product.md section 3)."""
PROBATION = timedelta(hours=24)
AFTERNOON = time(15, 30)
"""When a visitor comes in: school is over, and the phones are out."""
GIFT = 3
"""Days before the end on which Mia was given time."""
DEVICES = {"mia": ("tablet",), "leo": ("laptop", "console")}


def born(age: int, today: date) -> str:
    """A birth date that makes somebody `age` today, some months past their birthday."""
    day = today - timedelta(days=120)
    return day.replace(year=day.year - age, day=min(day.day, 28)).isoformat()


@dataclass
class Family:
    """Everybody, with their clients."""

    dana: Person
    sam: Person
    mia: Person
    leo: Person
    noa: Person

    @property
    def people(self) -> tuple[Person, ...]:
        """Guardians first."""
        return (self.dana, self.sam, self.mia, self.leo, self.noa)

    async def leave(self) -> None:
        """Close every browser and client."""
        await asyncio.gather(*(person.leave() for person in self.people))


def made_up(today: date) -> Family:
    """The people, before anybody has an account."""
    return Family(
        dana=Person("Dana", born(41, today)),
        sam=Person("Sam", born(43, today), zone="Europe/Berlin", country="DE"),
        mia=Person("Mia", born(13, today)),
        leo=Person("Leo", born(15, today)),
        noa=Person("Noa", born(16, today)),
    )


async def link(
    guardian: Person,
    teen: Person,
    clock: Clock,
    *,
    scopes: tuple[Scope, ...] = ALL_SCOPES,
) -> Link:
    """The whole handshake, started by the guardian."""
    offered = await guardian.api.create_invitation(scopes=scopes)
    claimed = await teen.api.claim(offered.code or "")
    return await approve(guardian, teen, claimed, clock, scopes=scopes)


async def approve(
    guardian: Person,
    teen: Person,
    claimed: Invitation,
    clock: Clock,
    *,
    scopes: tuple[Scope, ...] = ALL_SCOPES,
) -> Link:
    """The teen reads, hears the phrase, types the password and says yes."""
    await teen.api.disclosure(claimed.id)
    phrase = (await guardian.api.invitation(claimed.id)).phrase or ""
    await teen.prove()
    await clock.skip(ARM)
    done = await teen.api.approve(claimed.id, phrase=phrase, scopes=scopes)
    return await teen.api.link(done.link or "")


async def save(person: Person, teen: str, patch: dict[str, object]) -> None:
    """Write one's own layer, as the client does: read, then patch what was read."""
    layer = await person.api.layer(teen)
    await person.api.patch_layer(teen, patch, etag=layer.etag)


async def settle(family: Family, loop: Loop, *, home: Path) -> list[tuple[Installed, Habit]]:
    """What a visitor finds: links past their first day, rules that differ, four weeks of use.

    Returns the teens who use the app, with their habits.
    """
    clock = loop.clock
    for person in family.people:
        await person.join(loop.url, clock, home=home)
    dana, sam, mia, leo, noa = family.people
    await link(dana, mia, clock)
    await link(sam, mia, clock, scopes=(Scope.SEE_TIME, Scope.SET_TIME, Scope.SEE_SETTINGS))
    await link(dana, leo, clock)
    await clock.skip(PROBATION + timedelta(minutes=1))
    await _rules(dana, sam, mia, leo, clock)
    habits = [await _install(loop, mia, 1.0), await _install(loop, leo, 0.8)]
    last = datetime.now(UTC).astimezone(habits[0][1].zone).date()
    walk = Walk(loop, clock, habits, {last - GIFT * DAY: lambda: _gift(dana, mia)})
    await walk.run(last, AFTERNOON, family.people)
    await leo.api.ask(leo.id, MoreTime(minutes=30), reason="we are one goal down")
    offered = await dana.api.create_invitation(needed=(Scope.SEE_TIME, Scope.SET_TIME))
    await noa.api.claim(offered.code or "")
    return habits


async def _gift(guardian: Person, teen: Person) -> None:
    """One day in the past had a wish that was met in part, and a gift."""
    asked = await teen.api.ask(teen.id, MoreTime(minutes=30), reason="a film with Noa")
    await guardian.api.approve_request(asked.id, minutes=20)
    await guardian.api.give(teen.id, minutes=10)


async def _install(loop: Loop, person: Person, appetite: float) -> tuple[Installed, Habit]:
    """The app on somebody's phone and on what else they have."""
    name = person.name.lower()
    app = await loop.connect(person, (f"{name}-phone", *(f"{name}-{d}" for d in DEVICES[name])))
    return app, Habit(person.name, app.devices, ZoneInfo(person.zone), appetite)


async def _rules(dana: Person, sam: Person, mia: Person, leo: Person, clock: Clock) -> None:
    weekdays = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), 90)
    weekend = {"sat": 150, "sun": 120}
    limits: dict[str, object] = {"daily_minutes": {**weekdays, **weekend}, "at_limit": "ask"}
    asks_first: dict[str, object] = {"packs": {"dangerous_challenges": "ask", "profanity": "ask"}}
    await save(dana, mia.id, {"screen_time": limits, "search": asks_first})
    week = ["mon", "tue", "wed", "thu", "fri"]
    blocks: list[dict[str, object]] = [
        {"kind": "school", "days": week, "start": "08:45", "end": "15:00"},
        {"kind": "sleep", "days": [*week, "sun"], "start": "21:45", "end": "07:00"},
    ]
    await save(dana, mia.id, {"schedule": {"blocks": blocks}})
    await clock.skip_hours(19)
    await save(sam, mia.id, {"screen_time": {"daily_minutes": {"sat": 60, "sun": 60}}})
    await clock.skip_hours(5)
    await save(mia, mia.id, {"interactions": {"mentions": "no_one"}})
    await clock.skip_hours(2)
    await save(dana, leo.id, {"screen_time": {"daily_minutes": {**weekdays, "fri": 120}}})
    await clock.skip_hours(1)
    await save(leo, leo.id, {"screen_time": {"daily_minutes": {"mon": 45}}})
    await clock.skip(timedelta(minutes=12))
    await save(dana, mia.id, {"schedule": {"wind_down": "21:15"}})
