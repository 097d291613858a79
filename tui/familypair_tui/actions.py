"""The one table of keys: bindings, the footer's hints, help and the palette all come from it.

A key has an id that stays (people can remap it), a word for the footer, a sentence for help, and
a rank: when the footer is too narrow, the highest ranks leave first. No Alt, no Ctrl+Enter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.content import Content

_NAMES: Final = {
    "question_mark": "?",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "equals_sign": "=",
    "plus": "+",
    "minus": "-",
    "enter": "⏎",
    "escape": "esc",
    "space": "space",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "tab": "tab",
    "shift+tab": "⇧tab",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
    "pagedown": "PgDn",
    "pageup": "PgUp",
}


HIDDEN: Final = 9
"""From this rank on a key is in help only."""
_LATE: Final = 7
_WIDE: Final = 110


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a key does on one screen."""

    id: str
    """Stays the same for ever: `<screen>.<act>`."""
    keys: str
    """Key names of Textual, separated by commas; the first one is shown."""
    action: str
    word: str
    """One or two words for the footer."""
    help: str
    """One sentence for the help screen and the palette."""
    rank: int = 5
    """1 is shown first; 9 is shown in help only."""
    label: str = ""
    """How the key is written, when it is not the key itself: `+ -`."""

    @property
    def shown(self) -> str:
        """The key as people read it: `?`, `^p`, `A`."""
        return self.label or shown_key(self.keys.split(",")[0])


def shown_key(key: str) -> str:
    """A Textual key name as people read it."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return _NAMES.get(key, key)


def bindings(*keys: Key) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The bindings of a screen or widget; every one has an id and none is in a stock footer."""
    return [Binding(key.keys, key.action, key.word, show=False, id=key.id) for key in keys]


HELP: Final = Key("app.help", "question_mark,f1", "app.show_help", "Help", "Show every key.", 1)
PALETTE: Final = Key(
    "app.palette", "ctrl+p", "app.command_palette", "Commands", "Search all commands.", 7
)
QUIT: Final = Key("app.quit", "q", "app.leave_app", "Quit", "Leave the program.", 8)
SUSPEND: Final = Key(
    "app.suspend", "ctrl+z", "app.suspend_process", "Suspend", "Back to the shell for a while.", 9
)
INTERRUPT: Final = Key(
    "app.interrupt", "ctrl+c", "app.leave_app", "Quit", "Leave the program, from anywhere.", 9
)
GLOBAL: Final = (HELP, PALETTE, QUIT, SUSPEND, INTERRUPT)

BACK: Final = Key("screen.back", "escape", "back", "Back", "Back to where you came from.", 3)
REFRESH: Final = Key("screen.refresh", "r", "reload", "Retry", "Read everything again.", 6)
NEXT: Final = Key(
    "screen.next_panel", "tab", "app.focus_next", "Panels", "Go to the next panel.", 8
)
PREVIOUS: Final = Key(
    "screen.previous_panel",
    "shift+tab",
    "app.focus_previous",
    "Panels",
    "Go to the panel before.",
    9,
)


def fitted_hints(keys: Iterable[Key], width: int, style: str, *, most: int = 7) -> Content:
    """At most `most` hints that fit into `width` cells, whole; the least important leave first."""
    order = {key.id: place for place, key in enumerate(keys)}
    ranked = sorted(
        (key for key in keys if key.rank < HIDDEN),
        key=lambda key: (_rank(key, width), order[key.id]),
    )
    wanted: list[Key] = []
    for key in ranked:
        if len(wanted) < most and _width([*wanted, key]) <= width:
            wanted.append(key)
    wanted.sort(key=lambda key: (key.id == HELP.id or key.rank >= _LATE, order[key.id]))
    return Content("  ").join(
        [Content.assemble((key.shown, style), " ", key.word) for key in wanted]
    )


def _rank(key: Key, width: int) -> int:
    """A wide footer always says how to leave the program."""
    return HELP.rank if key.id == QUIT.id and width >= _WIDE else key.rank


def _width(keys: list[Key]) -> int:
    parts = [Content(f"{key.shown} {key.word}").cell_length for key in keys]
    return sum(parts) + 2 * max(len(parts) - 1, 0)
