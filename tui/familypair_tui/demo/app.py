"""The real client, with keys for the demonstration: other people, and the speed of time."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from textual.binding import Binding

from familypair_tui.actions import Key
from familypair_tui.app import FamilyPairApp
from familypair_tui.demo.app_loop.reading import LogReader
from familypair_tui.demo.decisions import DecisionsScreen
from familypair_tui.demo.loop import NAME
from familypair_tui.demo.people import PASSWORD, Clock, Person
from familypair_tui.demo.playing import Player

DEMO_KEYS: Final = (
    Key("demo.person", "f2", "next_person", "Next person", "See it as the next person.", 9),
    Key("demo.hour", "f3", "next_hour", "An hour passes", "Let an hour pass.", 9),
    Key("demo.day", "f4", "next_day", "A day passes", "Let a day pass.", 9),
    Key("demo.slower", "f5", "speed(-1)", "Slower", "Let time pass slower.", 9),
    Key("demo.faster", "f6", "speed(1)", "Faster", "Let time pass faster.", 9),
    Key("demo.pause", "f7", "pause", "Pause", "Stop time, or let it go on.", 9),
    Key("demo.decisions", "f8", "decisions", "Decisions", "What the app asks, as it asks.", 9),
)


class DemoApp(FamilyPairApp):
    """The client as one person of the family at a time; nothing else differs from the real one."""

    CSS_PATH = str(Path(__file__).parent.parent / "app.tcss")
    OWN_KEYS = DEMO_KEYS
    OWN_TITLE = "The demonstration"
    OWN_PREFIX = "demo"
    BINDINGS = [
        Binding(key.keys, key.action, key.word, show=False, id=key.id, priority=True)
        for key in DEMO_KEYS
    ]

    def __init__(self, people: Sequence[Person], clock: Clock, player: Player) -> None:
        super().__init__(people[0].api, clock=clock)
        self._people = list(people)
        self._player = player
        self._reader: LogReader | None = None
        self._address = ""

    def show_loop(
        self, address: str, reader: LogReader, visit: Callable[[str], Awaitable[None]]
    ) -> None:
        """Where the made-up app answers, what reads its log, and how its teens use it."""
        self._address, self._reader = address, reader
        self._player.visit = visit

    def on_mount(self) -> None:
        """Say what this is, once."""
        super().on_mount()
        self.notify(
            "F2 shows it as somebody else. F3 lets an hour pass, F4 a day; F5 and F6 make time "
            f"slower and faster, F7 stops it. The teens use {NAME}, a made-up app; F8 shows what "
            f"it asks, and opens it. The pages are at {self.api.issuer}; everybody's password is: "
            f"{PASSWORD}",
            title="A made-up family",
            markup=False,
            timeout=12,
        )
        self.run_worker(
            self._player.run(self._clock_ticks, self._trouble), group="app", exit_on_error=True
        )

    def clock_note(self) -> str:
        """How fast time passes."""
        return f"·{self._player.words}"

    def _trouble(self, words: str) -> None:
        self.notify(words, severity="warning", markup=False, timeout=8)

    def action_next_person(self) -> None:
        """Show the same family as the next person sees it."""
        self.when_free(self._next_person)

    def _next_person(self) -> None:
        self._people.append(self._people.pop(0))
        person = self._people[0]
        self.api = person.api
        self.current_teen = ""
        self.signed_in()
        self.notify(f"You are {person.name} now ({person.sign_in_name}).", markup=False, timeout=4)

    def action_next_hour(self) -> None:
        """Let an hour pass on the server."""
        self.begin(self._pass(1))

    def action_next_day(self) -> None:
        """Let a day pass on the server."""
        self.begin(self._pass(24))

    def action_decisions(self) -> None:
        """Show what the made-up app asks."""
        if self._reader is None or isinstance(self.screen, DecisionsScreen):
            return
        screen = DecisionsScreen(self._address, self._reader)
        self.when_free(lambda: self.show_screen(screen))

    async def _pass(self, hours: int) -> None:
        await self._player.advance(timedelta(hours=hours))
        self.reload()

    def action_speed(self, steps: int) -> None:
        """Let time pass slower or faster."""
        self._player.faster(steps)
        self._clock_ticks()

    def action_pause(self) -> None:
        """Stop the made-up app and the skipping, or go on."""
        self._player.pause()
        self._clock_ticks()
