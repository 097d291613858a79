"""The real client, with one key more: F2 hands the screen to the next person of the family."""

from collections.abc import Sequence
from pathlib import Path

from textual.binding import Binding

from familypair_tui.app import FamilyPairApp
from familypair_tui.demo.people import PASSWORD, Clock, Person


class DemoApp(FamilyPairApp):
    """The client as one person of the family at a time; nothing else differs from the real one."""

    CSS_PATH = str(Path(__file__).parent.parent / "app.tcss")
    BINDINGS = [
        Binding("f2", "next_person", "Next person", id="demo.person", priority=True),
        Binding("f3", "next_hour", "An hour passes", id="demo.hour", priority=True),
        Binding("f4", "next_day", "A day passes", id="demo.day", priority=True),
    ]

    def __init__(self, people: Sequence[Person], clock: Clock) -> None:
        super().__init__(people[0].api, clock=clock)
        self._people = list(people)
        self._demo_clock = clock

    def on_mount(self) -> None:
        """Say what this is, once."""
        super().on_mount()
        self.notify(
            f"F2 shows it as somebody else, F3 lets an hour pass, F4 a day. "
            f"The pages are at {self.api.issuer}; everybody's password is: {PASSWORD}",
            title="A made-up family",
            markup=False,
            timeout=12,
        )

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
        await self._demo_clock.skip_hours(hours)
        self.reload()
