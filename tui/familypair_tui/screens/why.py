"""The explanation of one value as a dialog, whole."""

from textual.app import ComposeResult
from textual.content import Content

from familypair.schema.settings import Explained
from familypair.settings import Audience
from familypair_tui.actions import BACK
from familypair_tui.draft import title_of
from familypair_tui.screens.base import Dialog
from familypair_tui.text import line
from familypair_tui.widgets.panel import Panel, key_hint
from familypair_tui.widgets.why import Apps, app_rows, explanation, short_explanation


class WhyBox(Panel):
    """The whole explanation."""

    DEFAULT_CSS = """
    WhyBox { width: 76; max-width: 100%; height: 24; max-height: 100%; }
    """

    def __init__(self, found: Explained, audience: Audience, since: str, apps: Apps = ()) -> None:
        super().__init__(id="box")
        self.found, self.audience, self.since, self.apps = found, audience, since, apps

    def heading(self) -> Content:
        """The field."""
        return line((f"Why: {title_of(self.found)}", self.title_style()))

    def legend(self) -> Content:
        """How to leave."""
        return key_hint(BACK.shown, "back", self.ink)

    def body(self, width: int, height: int) -> list[Content]:
        """As much as fits."""
        rows = [Content(""), *explanation(self.found, self.audience, width, self.ink, self.since)]
        rows += app_rows(self.apps, width, self.ink)
        if len(rows) > height:
            return short_explanation(self.found, self.audience, width, self.ink, self.since)
        return rows


class WhyDialog(Dialog[None]):
    """Layers, winner, what would change it and who could."""

    def __init__(self, found: Explained, audience: Audience, since: str, apps: Apps = ()) -> None:
        super().__init__()
        self.found, self.audience, self.since, self.apps = found, audience, since, apps

    def compose(self) -> ComposeResult:
        """One panel."""
        yield WhyBox(self.found, self.audience, self.since, self.apps)
