"""The real client, with keys for the demonstration: other people, and the speed of time."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from textual.binding import Binding

from familypair_tui.app import FamilyPairApp
from familypair_tui.demo.loop import NAME
from familypair_tui.demo.people import PASSWORD, Clock, Person
from familypair_tui.demo.playing import Player


class DemoApp(FamilyPairApp):
    """The client as one person of the family at a time; nothing else differs from the real one."""

    CSS_PATH = str(Path(__file__).parent.parent / "app.tcss")
    BINDINGS = [
        Binding("f2", "next_person", "Next person", id="demo.person", priority=True),
        Binding("f3", "next_hour", "An hour passes", id="demo.hour", priority=True),
        Binding("f4", "next_day", "A day passes", id="demo.day", priority=True),
        Binding("f5", "speed(-1)", "Slower", id="demo.slower", priority=True),
        Binding("f6", "speed(1)", "Faster", id="demo.faster", priority=True),
        Binding("f7", "pause", "Pause", id="demo.pause", priority=True),
    ]

    def __init__(self, people: Sequence[Person], clock: Clock, player: Player) -> None:
        super().__init__(people[0].api, clock=clock)
        self._people = list(people)
        self._player = player

    def on_mount(self) -> None:
        """Say what this is, once."""
        super().on_mount()
        self.notify(
            "F2 shows it as somebody else. F3 lets an hour pass, F4 a day; F5 and F6 make time "
            f"slower and faster, F7 stops it. The teens use {NAME}, a made-up app. The pages are "
            f"at {self.api.issuer}; everybody's password is: {PASSWORD}",
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
