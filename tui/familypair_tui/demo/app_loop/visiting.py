"""What the made-up teens do in the app while somebody watches: each of it is asked, as by hand."""

from collections.abc import Mapping
from itertools import cycle
from typing import Final

from familypair_tui.demo.app_loop.guard import question_of
from familypair_tui.demo.app_loop.parts import Parts
from familypair_tui.demo.app_loop.surfaces import SURFACES

_BY_NAME: Final = {surface.name: surface for surface in SURFACES}
_DOINGS: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("feed", {}),
    ("search", {"q": "how do volcanoes work"}),
    ("their_profile", {"account": "cleo"}),
    ("inbox", {}),
    ("their_message", {"account": "robin"}),
    ("write_comment", {"post": "1"}),
    ("their_comment", {"account": "ada"}),
    ("search", {"q": "online casino bonus"}),
    ("watch_live", {}),
    ("their_notice", {}),
    ("send", {"account": "ben"}),
    ("host_live", {}),
)


class Visits:
    """One thing after the other, whoever uses the app at the time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._next = cycle(_DOINGS)

    async def __call__(self, teen: str) -> None:
        """The teen, by their id at the app, does the next thing; a no ends it."""
        name, fields = next(self._next)
        surface = _BY_NAME[name]
        for action in surface.asks:
            question = question_of(self._parts, surface, action, fields)
            if not (await self._parts.gate.ask(name, teen, question)).decision:
                return
