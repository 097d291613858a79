"""The made-up app's habits and the speed of its time; the whole demonstration is a journey."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import httpx2
import pytest

from familypair.client import FamilyPairing
from familypair.client.errors import Unreachable
from familypair.schema.usage import UsageLeft
from familypair_tui.demo.app import DemoApp
from familypair_tui.demo.app_loop.log import Answered, Page
from familypair_tui.demo.app_loop.reading import LogReader
from familypair_tui.demo.decisions import DecisionsScreen
from familypair_tui.demo.decisions_panel import took
from familypair_tui.demo.habits import LONGEST, Habit, Stretch
from familypair_tui.demo.loop import Installed, Loop
from familypair_tui.demo.people import Clock, Person
from familypair_tui.demo.playing import PIECE, SPEEDS, Player
from tui_fake.api import FakeApi
from tui_fake.checks import (
    assert_footer_is_whole,
    assert_harmless,
    assert_keys_are_in_help,
    assert_nothing_outside,
)
from tui_fake.drive import SIZES, WIDE, Client, screen_text
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


class Visitors:
    """Notes whose use of the app was told."""

    def __init__(self) -> None:
        self.teens: list[str] = []

    async def __call__(self, teen: str) -> None:
        """Note it."""
        self.teens.append(teen)


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


async def test_the_app_is_visited_while_it_is_used_and_tried_when_it_is_closed() -> None:
    """So that its questions can be seen: a no too, and nothing where nobody uses it."""
    player, _, told, app = playing()
    player.visit = visitors = Visitors()
    await player.advance(timedelta(minutes=30))
    used = len(visitors.teens)
    assert used == sum(map(bool, told.reports)) > 0
    app.left = UsageLeft(teen=app.teen, outcome="stop")
    await player.advance(timedelta(minutes=30))
    assert len(visitors.teens) > used
    assert set(visitors.teens) == {app.teen}


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


@dataclass
class Pages:
    """What the app's log says, one look after the other."""

    left: list[Page]
    starts: int = 0

    def from_start(self) -> None:
        """A new look at everything."""
        self.starts += 1

    async def read(self) -> Page:
        """The next one; nothing new after the last."""
        if not self.left:
            raise Unreachable("gone")
        return self.left.pop(0)


def answered(seq: int, **more: str) -> Answered:
    """A question of the app."""
    texts = {
        "surface": "feed",
        "action": "app.use",
        "outcome": "allow",
        "reason": "allowed",
        "decided_by": "platform",
        "where": "cache",
        **more,
    }
    return Answered(seq=seq, at=NOON, micros=12.4, **texts)


async def test_the_panel_shows_what_the_app_asks() -> None:
    """F8: empty, then live, newest first; whole at every size; hostile words do nothing."""
    player, clock, *_ = playing(60)
    dana = Person("Dana", "1984-02-29", _api=cast("FamilyPairing", guardian_api()))
    app = DemoApp([dana], cast("Clock", clock), player)
    evil = "[@click=app.boom]\x1b[2J\u202ex[/nope]"
    hostile = answered(3, outcome=evil, reason=evil, action=evil, surface=evil, where=evil)
    pages = Pages(
        [
            Page(),
            Page(
                items=(answered(1), answered(2, outcome="deny", reason="limit_reached")),
                asked=2,
                by_cache=1,
                p50=12.4,
                p99=3400.0,
            ),
            Page(items=(hostile,), asked=3, by_cache=1, p50=12.4, p99=3400.0),
        ]
    )
    app.show_loop("http://127.0.0.1:8099", cast("LogReader", pages), Visitors())
    async with app.run_test(size=WIDE) as pilot:
        client = Client(app, cast("FakeApi", dana.api), pilot)
        await client.pilot.press("f8")
        await client.pilot.pause()
        screen = app.screen
        assert isinstance(screen, DecisionsScreen)
        assert "Nothing was asked yet." in screen_text(app)
        assert_keys_are_in_help(client)
        await screen.read()
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            lines = [row for row in screen_text(app).splitlines() if "app.use" in row]
            assert ["limit reached" in row for row in lines] == [True, False]
            assert "✗ deny" in lines[0]
            assert "half in 12 µs · 99% in 3.4 ms" in screen_text(app)
            assert_nothing_outside(client)
            assert_footer_is_whole(client)
        await screen.read()
        assert_harmless(client)
        await screen.read()
        await pilot.pause()
        assert "does not answer" in screen_text(app)
        await pilot.press("question_mark")
        await pilot.press("G")
        assert "What the app asks, as it asks." in screen_text(app)
        await pilot.press("escape", "escape", "f8")
        await pilot.pause()
        assert pages.starts == 2


@pytest.mark.parametrize(
    ("micros", "words"), [(0.4, "0 µs"), (999, "999 µs"), (1000, "1.0 ms"), (2_500_000, "2.5 s")]
)
def test_a_time_is_said_in_its_own_unit(micros: float, words: str) -> None:
    """Microseconds, milliseconds, seconds."""
    assert took(micros) == words


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
