"""The made-up app's habits and the speed of its time; the whole demonstration is a journey."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import httpx2
import pytest

from familypair.client import FamilyPairing
from familypair.schema.usage import UsageLeft
from familypair_tui.demo.app import DemoApp
from familypair_tui.demo.habits import LONGEST, Habit, Stretch
from familypair_tui.demo.loop import Installed, Loop
from familypair_tui.demo.people import Clock, Person
from familypair_tui.demo.playing import PIECE, SPEEDS, Player
from tui_fake.drive import WIDE, screen_text
from tui_fake.family import guardian_api

DUBLIN = ZoneInfo("Europe/Dublin")
MIA = Habit("Mia", ("phone", "tablet"), DUBLIN)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def seconds(stretches: list[Stretch], device: str = "phone") -> float:
    """How long a device was used."""
    return sum((s.end - s.start).total_seconds() for s in stretches if s.device == device)


def test_a_day_is_the_same_every_time_and_no_two_are_alike() -> None:
    """Nothing is drawn at random when it runs, so that the story's checks can hold."""
    days = [date(2026, 11, n) for n in range(2, 30)]
    whole = [MIA.day(day) for day in days]
    assert whole == [MIA.day(day) for day in days]
    assert len({seconds(day) for day in whole}) > len(days) / 2
    assert 20 * 60 < sum(map(seconds, whole)) / len(whole) < 120 * 60


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2026, 11, 2), date(2026, 11, 21)])
def test_use_ends_when_it_is_reported(day: date) -> None:
    """No stretch is longer than a report may be old, and none ends at another moment's side."""
    moments = MIA.moments(day)
    for stretch in MIA.day(day):
        due = min(at for at in moments if at >= stretch.end)
        assert stretch.start < stretch.end <= due
        assert due - stretch.start <= timedelta(minutes=LONGEST)


def test_while_somebody_watches_parts_make_the_whole() -> None:
    """However often it is looked at, the same use is reported, once."""
    whole = MIA.now(NOON, NOON + timedelta(hours=2))
    parts: list[Stretch] = []
    for n in range(120):
        since = NOON + timedelta(minutes=n)
        parts += MIA.now(since, since + timedelta(minutes=1))
    for device in MIA.devices:
        assert seconds(parts, device) == seconds(whole, device) > 0
    night = NOON.replace(hour=23)
    assert MIA.now(night, night + timedelta(hours=8)) == []


@dataclass
class Steps:
    """A clock that notes how it was moved."""

    now: datetime = NOON
    steps: list[timedelta] = field(default_factory=list[timedelta])

    def __call__(self) -> datetime:
        return self.now

    async def skip(self, step: timedelta) -> None:
        """Jump."""
        self.steps.append(step)
        self.now += step


@dataclass
class Told:
    """What was reported."""

    reports: list[list[Stretch]] = field(default_factory=list[list[Stretch]])
    looks: int = 0

    async def report(self, stretches: list[Stretch]) -> None:
        """Note it."""
        self.reports.append(stretches)

    async def look(self, _: Installed) -> None:
        """Note it."""
        self.looks += 1


def playing(speed: int = 60) -> tuple[Player, Steps, Told, Installed]:
    """A player of one teen."""
    clock, told = Steps(), Told()
    app = Installed(Person("Mia", "2012-05-04"), "sub_mia", MIA.devices)
    player = Player(cast("Loop", told), cast("Clock", clock), [(app, MIA)], speed)
    return player, clock, told, app


async def test_an_hour_passes_in_pieces_and_is_reported_whole() -> None:
    """No report is late, and nothing of the hour is left out or told twice."""
    player, clock, told, _ = playing()
    await player.advance(timedelta(hours=1))
    assert sum(clock.steps, timedelta()) == timedelta(hours=1)
    assert max(clock.steps) <= PIECE
    reported = [stretch for report in told.reports for stretch in report]
    assert seconds(reported) == seconds(MIA.now(NOON, NOON + timedelta(hours=1)))


async def test_the_app_stops_when_the_time_is_over() -> None:
    """Asked or stopped: nothing more is reported, and it looks whether time was given."""
    player, _, told, app = playing()
    for outcome in ("ask", "stop"):
        app.left = UsageLeft(teen=app.teen, outcome=outcome)
        await player.advance(timedelta(minutes=10))
    assert told.reports == [[], []]
    assert told.looks == 2
    app.left = UsageLeft(teen=app.teen, outcome="allow")
    await player.advance(timedelta(minutes=30))
    assert told.looks == 2
    assert any(told.reports)


def test_time_goes_slower_and_faster_and_stops() -> None:
    """Within the speeds there are; after a pause it goes on as before."""
    player, *_ = playing(60)
    for steps, words in ((1, "300x"), (1, "300x"), (-1, "60x")):
        player.faster(steps)
        assert player.words == words
    player.pause()
    assert player.words == "paused"
    player.pause()
    assert player.words == "60x"
    player.faster(-len(SPEEDS))
    assert player.words == "paused"
    player.pause()
    assert player.words == "60x"


async def test_a_server_that_went_away_ends_the_play_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The client stays; it says that the app has stopped."""
    player, clock, _, _ = playing()

    async def at_once(_: float) -> None:
        """No waiting."""

    async def gone(_: timedelta) -> None:
        raise httpx2.ConnectError("gone")

    monkeypatch.setattr(asyncio, "sleep", at_once)
    monkeypatch.setattr(clock, "skip", gone)
    said: list[str] = []
    await player.run(lambda: None, said.append)
    assert said == ["The made-up app stopped: gone"]


async def test_the_bar_shows_the_speed_and_keys_change_it() -> None:
    """F5 to F7 are the demonstration's own; the time stands before the speed."""
    player, clock, *_ = playing(60)
    dana = Person("Dana", "1984-02-29", _api=cast("FamilyPairing", guardian_api()))
    app = DemoApp([dana], cast("Clock", clock), player)
    async with app.run_test(size=WIDE) as pilot:
        for key, words in (("f6", "·300x"), ("f5", "·60x"), ("f7", "·paused"), ("f7", "·60x")):
            await pilot.press(key)
            await pilot.pause()
            top = screen_text(app).splitlines()[0]
            assert top.endswith(words), top
