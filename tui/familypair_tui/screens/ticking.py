"""Screens with a countdown: one timer, one method, and none at all in still pictures."""

from typing import TYPE_CHECKING, Generic, TypeVar

from familypair_tui.screens.base import FamilyScreen

R = TypeVar("R")

if TYPE_CHECKING:
    from textual.timer import Timer


class TickingScreen(FamilyScreen[R], Generic[R]):
    """Calls `tick` every second while it is in front."""

    _timer: "Timer | None" = None

    def on_mount(self) -> None:
        """Start the timer."""
        super().on_mount()
        if self.family.ticking:
            self._timer = self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.family.screen is self:
            self.tick()

    def tick(self) -> None:
        """A second passed: draw what counts down."""
        self.show_all()
