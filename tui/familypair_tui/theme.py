"""Themes and ink: the colours, and which of them a piece of text may use.

One accent (amber) means focus, now and keys; blue means a value in force; vermilion means a fault
or something that cannot be taken back; identity colour lives in name chips only. Every state also
has a glyph and a word, so the `terminal` theme and `NO_COLOR` lose nothing.
"""

from dataclasses import dataclass
from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

DUSK: Final = "dusk"
DAWN: Final = "dawn"
CONTRAST: Final = "high-contrast"
TERMINAL: Final = "terminal"

CHIPS: Final = ("#56b4e9", "#d583b0", "#5fc092", "#b9a5ee", "#d9c45c", "#e8946a")
CHIP_INK: Final = "#101218"


@dataclass(frozen=True, slots=True)
class Palette:
    """The named colours of one theme; a test computes their contrasts."""

    dark: bool
    background: str
    bar: str
    text: str
    muted: str
    accent: str
    value: str
    value_dim: str
    bad: str
    good: str
    night: str
    dusk: str
    away: str
    border: str
    track: str
    cursor: str


PALETTES: Final = {
    DUSK: Palette(
        dark=True,
        background="#0f1117",
        bar="#171a22",
        text="#e1e3ec",
        muted="#9599ab",
        accent="#f2bd4e",
        value="#74acff",
        value_dim="#4d6fae",
        bad="#ff7d63",
        good="#45bda5",
        night="#6f68c4",
        dusk="#6a5f99",
        away="#a06a9c",
        border="#343a4d",
        track="#3b4152",
        cursor="#233250",
    ),
    DAWN: Palette(
        dark=False,
        background="#faf9f5",
        bar="#efede5",
        text="#1c1e28",
        muted="#5a5d6d",
        accent="#855600",
        value="#1f56c6",
        value_dim="#6d8fd6",
        bad="#b02f13",
        good="#0b6b5d",
        night="#6f6cc4",
        dusk="#8a7fbd",
        away="#a2669c",
        border="#c9c5b6",
        track="#c4c0b2",
        cursor="#d3dcf2",
    ),
    CONTRAST: Palette(
        dark=True,
        background="#000000",
        bar="#000000",
        text="#ffffff",
        muted="#d2d4dc",
        accent="#ffdf2e",
        value="#7db8ff",
        value_dim="#4c8ee6",
        bad="#ffa08a",
        good="#5df0d0",
        night="#7f78ff",
        dusk="#a79bff",
        away="#e59be0",
        border="#9a9eaa",
        track="#5c606c",
        cursor="#16305a",
    ),
}


def _theme(name: str, colours: Palette) -> Theme:
    return Theme(
        name=name,
        primary=colours.value,
        secondary=colours.night,
        accent=colours.accent,
        warning=colours.accent,
        error=colours.bad,
        success=colours.good,
        foreground=colours.text,
        background=colours.background,
        surface=colours.background,
        panel=colours.bar,
        dark=colours.dark,
        variables=_variables(colours),
    )


def _variables(colours: Palette) -> dict[str, str]:
    return {
        "fp-background": colours.background,
        "fp-bar": colours.bar,
        "fp-text": colours.text,
        "fp-muted": colours.muted,
        "fp-accent": colours.accent,
        "fp-value": colours.value,
        "fp-value-dim": colours.value_dim,
        "fp-bad": colours.bad,
        "fp-good": colours.good,
        "fp-night": colours.night,
        "fp-dusk": colours.dusk,
        "fp-away": colours.away,
        "fp-border": colours.border,
        "fp-track": colours.track,
        "fp-cursor": colours.cursor,
        "border": colours.accent,
        "border-blurred": colours.border,
        "input-cursor-background": colours.accent,
        "input-cursor-foreground": colours.background,
        "input-selection-background": colours.cursor,
        "block-cursor-background": colours.cursor,
        "block-cursor-foreground": colours.text,
        "block-cursor-text-style": "bold",
        "scrollbar": colours.border,
        "scrollbar-background": colours.background,
    }


_TERMINAL = Theme(
    name=TERMINAL,
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_magenta",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables=BUILTIN_THEMES["ansi-dark"].variables
    | {
        "fp-background": "ansi_default",
        "fp-bar": "ansi_default",
        "fp-text": "ansi_default",
        "fp-muted": "ansi_default",
        "fp-accent": "ansi_yellow",
        "fp-value": "ansi_blue",
        "fp-value-dim": "ansi_blue",
        "fp-bad": "ansi_red",
        "fp-good": "ansi_green",
        "fp-night": "ansi_magenta",
        "fp-dusk": "ansi_magenta",
        "fp-away": "ansi_cyan",
        "fp-border": "ansi_default",
        "fp-track": "ansi_default",
        "fp-cursor": "ansi_default",
        "border": "ansi_yellow",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_yellow",
        "block-cursor-foreground": "ansi_black",
        "input-cursor-background": "ansi_yellow",
        "input-cursor-foreground": "ansi_black",
    },
)

THEMES: Final = (*(_theme(name, colours) for name, colours in PALETTES.items()), _TERMINAL)
THEME_NAMES: Final = tuple(theme.name for theme in THEMES)


@dataclass(frozen=True, slots=True)
class Ink:
    """The styles of one mode, by meaning. Widgets never name a colour themselves."""

    text: str = "$fp-text"
    strong: str = "bold $fp-text"
    muted: str = "$fp-muted"
    accent: str = "$fp-accent"
    key: str = "bold $fp-accent"
    value: str = "bold $fp-value"
    plain_value: str = "$fp-value"
    value_dim: str = "$fp-value-dim"
    bad: str = "bold $fp-bad"
    good: str = "bold $fp-good"
    night: str = "$fp-night on $fp-night"
    dusk: str = "$fp-dusk"
    away: str = "$fp-away"
    border: str = "$fp-border"
    track: str = "$fp-track"
    cursor: str = "on $fp-cursor"
    bar: str = "on $fp-bar"
    bar_block: str = "$fp-value on $fp-value"
    bar_block_dim: str = "$fp-value-dim on $fp-value-dim"
    near: str = "bold $fp-accent"
    near_block: str = "$fp-accent on $fp-accent"
    over_block: str = "$fp-bad on $fp-bad"
    over: str = "$fp-bad"
    use: str = "$fp-text"
    tab: str = "bold underline $fp-text"
    heavy: bool = False
    """Frames of the focused panel are drawn heavy, because colour cannot say it."""
    chips: tuple[str, ...] = tuple(f"bold {CHIP_INK} on {colour}" for colour in CHIPS)

    def chip(self, index: int) -> str:
        """The style of a person's name chip."""
        return self.chips[index % len(self.chips)]


COLOUR_INK: Final = Ink()

TERMINAL_INK: Final = Ink(
    muted="$fp-text",
    night="$fp-night",
    cursor="reverse",
    bar="",
    bar_block="$fp-value",
    bar_block_dim="$fp-value",
    near_block="$fp-accent",
    over_block="$fp-bad",
    heavy=True,
    chips=(
        "bold reverse ansi_cyan",
        "bold reverse ansi_magenta",
        "bold reverse ansi_green",
        "bold reverse ansi_blue",
    ),
)

PLAIN_INK: Final = Ink(
    text="",
    strong="bold",
    muted="",
    accent="bold",
    key="bold",
    value="bold",
    plain_value="",
    value_dim="",
    bad="bold",
    good="bold",
    night="",
    dusk="",
    away="",
    border="",
    track="",
    cursor="reverse",
    bar="",
    bar_block="",
    bar_block_dim="",
    near="bold",
    near_block="",
    over_block="",
    over="",
    use="",
    tab="bold underline",
    heavy=True,
    chips=("bold reverse",),
)
"""`NO_COLOR`: weight, underline and reverse only; no colour code leaves the program."""


def ink_for(theme: str, *, no_color: bool) -> Ink:
    """The ink of a theme; without colour always the plain one."""
    if no_color:
        return PLAIN_INK
    return TERMINAL_INK if theme == TERMINAL else COLOUR_INK


_LINEAR: Final = 0.03928


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= _LINEAR else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
