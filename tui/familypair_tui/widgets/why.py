"""Why a value holds: its layers, the winner, and what would change it and who could."""

from collections.abc import Sequence

from textual.content import Content

from familypair.schema.settings import Explained
from familypair.settings import FIELDS, Audience
from familypair_tui.draft import title_of, words_of
from familypair_tui.text import fit, hanging, line
from familypair_tui.theme import Ink
from familypair_tui.widgets.chrome import tone_style
from familypair_tui.widgets.panel import Panel

Apps = Sequence[tuple[str, str, str]]
"""For each connected app its name, how the rule stands there, and the tone of that."""


class WhyPanel(Panel, can_focus=False):
    """The explanation of the selected line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.found: Explained | None = None
        self.audience = Audience.GUARDIAN
        self.since = ""
        self.apps: Apps = ()

    def show(
        self, found: Explained | None, audience: Audience, since: str, apps: Apps = ()
    ) -> None:
        """Explain this field; `since` says from when waiting values hold."""
        self.found, self.audience, self.since, self.apps = found, audience, since, apps
        self.refresh()

    def heading(self) -> Content:
        """The field's title."""
        title = title_of(self.found) if self.found else "Why"
        return line((title, self.ink.muted))

    def body(self, width: int, height: int) -> list[Content]:
        """As much as fits: help, the winner, the layers, what would change it."""
        if self.found is None:
            return []
        rows = explanation(self.found, self.audience, width, self.ink, self.since)
        apps = app_rows(self.apps, width, self.ink)
        if len(rows) + len(apps) <= height:
            return [*rows, *apps]
        short = short_explanation(self.found, self.audience, width, self.ink, self.since)
        return short[: max(0, height - len(apps[2:]))] + apps[2:]


def app_rows(apps: Apps, width: int, ink: Ink) -> list[Content]:
    """How the rule stands at every connected app, below a line of air and a heading."""
    if not apps:
        return []
    rows = [
        fit(line((f"{name}: ", ink.muted), (words, tone_style(tone, ink))), width)
        for name, words, tone in apps
    ]
    return [Content(""), line(("at the apps", ink.muted)), *rows]


def _help(found: Explained, audience: Audience) -> str:
    words = FIELDS[found.path].help
    return words.teen if audience is Audience.TEEN else words.guardian


def _value(found: Explained, width: int, ink: Ink) -> list[Content]:
    """The value and who decided, on one line or below each other; never cut."""
    who = found.reason.partition(": ")[2] or found.reason
    one = line((found.words, ink.value), ("  ", ""), (who, ink.muted))
    if one.cell_length <= width:
        return [one]
    return [*hanging(found.words, width, ink.value), *hanging(who, width, ink.muted)]


def explanation(
    found: Explained, audience: Audience, width: int, ink: Ink, since: str
) -> list[Content]:
    """All of it; `since` says from when a value that waits holds."""
    rows = [*hanging(_help(found, audience), width, ink.text), Content("")]
    rows += [line(("in force now", ink.muted)), *_value(found, width, ink), Content("")]
    if found.layers:
        rows.append(line(("who says what", ink.muted)))
        rows += _layers(found, audience, width, ink, since)
        rows.append(Content(""))
    if found.change:
        rows.append(line(("what would change it", ink.muted)))
        rows += hanging(found.change, width, ink.text)
    return rows


def short_explanation(
    found: Explained, audience: Audience, width: int, ink: Ink, since: str
) -> list[Content]:
    """Help, the winner, what waits and the change on few lines."""
    rows = hanging(_help(found, audience), width, ink.text, lines=2)
    rows += _value(found, width, ink)[:2]
    for layer in found.layers:
        if layer.from_:
            words = f"◷ {layer.name} {since}: {words_of(found.path, layer.value, audience)}"
            rows.append(fit(line((words, ink.accent)), width))
    return rows + hanging(found.change, width, ink.muted, lines=2)


def _layers(
    found: Explained, audience: Audience, width: int, ink: Ink, since: str
) -> list[Content]:
    rows: list[Content] = []
    column = max((line(layer.name).cell_length for layer in found.layers), default=0) + 2
    for layer in found.layers:
        words = words_of(found.path, layer.value, audience)
        glyph, style = ("▸", ink.value) if layer.wins else (" ", ink.muted)
        name = line((f"{glyph} ", ink.key), (layer.name, style))
        if column + 1 + line(words).cell_length > width:
            rows += [fit(name, width), *hanging(words, width, style, indent=2)]
        else:
            rows.append(fit(line(fit(name, column), " ", (words, style)), width))
        if layer.from_:
            rows.append(fit(line((f"  ◷ {since}", ink.accent)), width))
    return rows
