"""The live panel of the demonstration: what the made-up app asks, as it asks."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from familypair.client.errors import ClientError
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.demo.app_loop.reading import LogReader
from familypair_tui.demo.decisions_panel import DecisionsPanel, took
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.widgets.chrome import Clause

EVERY = 1.0
"""Seconds between two looks; while another screen is in front nobody looks."""
OPEN_APP = Key("demo.open_app", "o", "open_app", "Open the app", "Open the app in a browser.", 1)
COPY_APP = Key("demo.copy_app", "y", "copy_app", "Copy address", "Copy the address of the app.", 2)


class DecisionsScreen(FamilyScreen[None]):
    """Every question of the app with its answer, newest first."""

    KEYS = (OPEN_APP, COPY_APP, BACK)
    BINDINGS = bindings(*KEYS)

    def __init__(self, address: str, reader: LogReader) -> None:
        super().__init__()
        self.address = address
        self._reader = reader
        self._timer: Timer | None = None

    def content(self) -> ComposeResult:
        """One list."""
        with Vertical(id="content"):
            yield DecisionsPanel(id="decisions")

    def on_mount(self) -> None:
        """Look at once, and go on looking."""
        super().on_mount()
        self.query_one(DecisionsPanel).focus()
        self._reader.from_start()
        self._timer = self.set_interval(EVERY, self._look)
        self._look()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        if self._timer is not None:
            self._timer.stop()

    def sentence(self) -> Sequence[Clause]:
        """What this is."""
        found = self.query_one(DecisionsPanel).figures
        address = Clause(f"the app is at {self.address}", self.address, tone="muted")
        if not found.asked:
            return (Clause("Nothing asked yet"), address)
        speed = f"{found.asked} asked, half of them answered in {took(found.p50)}"
        return (Clause(speed, f"{found.asked} asked"), address)

    def action_open_app(self) -> None:
        """Open the app in a browser."""
        self.family.open_page(self.address)
        self.family.notify(self.address, title="The app", markup=False, timeout=6)

    def action_copy_app(self) -> None:
        """Copy the address."""
        self.family.copy_to_clipboard(self.address)
        self.family.notify("Copied.", markup=False, timeout=3)

    def action_back(self) -> None:
        """Back to the first view."""
        self.family.show_view("overview")

    def _look(self) -> None:
        if self.is_current:
            self.run_worker(self.read(), group="decisions", exclusive=True)

    async def read(self) -> None:
        """Show what is new."""
        panel = self.query_one(DecisionsPanel)
        try:
            page = await self._reader.read()
        except ClientError:
            panel.cannot("the app does not answer")
            return
        panel.show(page, self.family.zone)
        self.show_sentence()
