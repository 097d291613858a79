"""Every key of the screen in front, from the one registry; and the words about this program."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content

from familypair_tui.actions import BACK, Key, shown_key
from familypair_tui.screens.base import Dialog
from familypair_tui.text import columns, fit, hanging, line
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, key_hint

Groups = Sequence[tuple[str, tuple[Key, ...]]]


class HelpBox(ListPanel):
    """Groups of keys, one line each."""

    KEYS = LIST_KEYS

    DEFAULT_CSS = """
    HelpBox { width: 84; max-width: 100%; height: 30; max-height: 100%; }
    """

    def __init__(self, groups: Groups) -> None:
        super().__init__(id="box")
        self.rows: list[tuple[str, Key | None]] = []
        for title, keys in groups:
            self.rows.append((title, None))
            self.rows += [(title, key) for key in keys]
        self.index = 1 if len(self.rows) > 1 else 0

    def heading(self) -> Content:
        """The title."""
        return line(("Keys", self.title_style()))

    def legend(self) -> Content:
        """How to leave."""
        return line(
            key_hint(BACK.shown, "back", self.ink),
            ("   ^p", self.ink.key),
            (" all commands", self.ink.muted),
        )

    def count(self) -> int:
        """Lines."""
        return len(self.rows)

    def can_select(self, index: int) -> bool:
        """Headings are not selected."""
        return self.rows[index][1] is not None

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A heading or a key."""
        del selected
        title, key = self.rows[index]
        if key is None:
            gap = [Content("")] if index else []
            return [*gap, line((title, self.ink.strong))]
        keys = line((self._written(key), self.ink.key))
        return [fit(columns([(keys, 8), (line((key.help, self.ink.text)), width - 10)]), width)]

    def _written(self, key: Key) -> str:
        """One label for several keys (`1-4`) is for the footer; here each is said alone."""
        same = [one for _, one in self.rows if one is not None and one.label == key.label]
        return key.shown if len(same) == 1 else shown_key(key.keys.split(",")[0])


class HelpDialog(Dialog[None]):
    """The keys of the screen below."""

    def __init__(self, groups: Groups) -> None:
        super().__init__()
        self.groups = groups

    def compose(self) -> ComposeResult:
        """One panel."""
        yield HelpBox(self.groups)


class AboutBox(ListPanel):
    """What this is and where its data is."""

    KEYS = LIST_KEYS
    DEFAULT_CSS = """
    AboutBox { width: 70; max-width: 100%; height: 14; max-height: 100%; }
    """

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__(id="box")
        self.facts = facts

    def heading(self) -> Content:
        """The name."""
        return line(("◆ Family Pairing", self.title_style()))

    def legend(self) -> Content:
        """How to leave."""
        return key_hint(BACK.shown, "back", self.ink)

    def count(self) -> int:
        """Facts."""
        return len(self.facts)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A fact."""
        del selected
        name, words = self.facts[index]
        rows = hanging(words, max(width - 14, 10), self.ink.text, lines=3)
        return [
            line(fit(line((name if not place else "", self.ink.muted)), 13), " ", row)
            for place, row in enumerate(rows or [Content("")])
        ]


class AboutDialog(Dialog[None]):
    """Version, server, and who is signed in."""

    def compose(self) -> ComposeResult:
        """One panel."""
        from importlib.metadata import version

        me = self.store.me
        yield AboutBox(
            (
                ("version", version("familypair")),
                ("server", self.family.api.issuer),
                ("signed in", f"{me.name} ({me.sign_in_name})" if me else "nobody"),
                ("theme", self.family.theme),
                ("times", "Times of a teen are in the teen's home zone; others in yours."),
                ("plain use", "familypair --help lists every command without this screen."),
            )
        )
