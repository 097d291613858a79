"""Everything that a teen must be able to read before saying yes, with a box per scope."""

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message

from familypair.schema.invitations import Disclosure, ScopeWords
from familypair.schema.scopes import Scope
from familypair_tui.actions import Key, bindings
from familypair_tui.text import hanging, line, spread
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel

GRANT = Key("disclosure.grant", "space", "grant", "Grant/not", "Grant this, or not.", 1)

_HISTORY = "Also show the days before this link"


@dataclass(frozen=True, slots=True)
class _Part:
    """One item: a scope, the history line, or words to read."""

    kind: str
    scope: ScopeWords | None = None
    words: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a teen ticked and typed and did not send; `hash` says of which disclosure."""

    hash: str
    granted: frozenset[Scope]
    history: bool
    phrase: str


def _words(title: str, mark: str, lines: tuple[str, ...]) -> list[_Part]:
    return [_Part("title", words=title), *(_Part("words", words=one, mark=mark) for one in lines)]


class DisclosurePanel(ListPanel):
    """Scopes with boxes, then what no guardian ever sees, then what the teen can do."""

    KEYS = (GRANT, *LIST_KEYS)
    BINDINGS = bindings(GRANT)

    class Changed(Message):
        """A box was changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.text: Disclosure | None = None
        self.granted: set[Scope] = set()
        self.history = False
        self._parts: list[_Part] = []

    def show(self, text: Disclosure) -> None:
        """Draw it; nothing is granted until the teen grants it."""
        if self.text is not None and self.text.hash == text.hash:
            return
        self.text = text
        self.granted, self.history = set(), False
        self._parts = [_Part("scope", scope=scope) for scope in text.scopes]
        self._parts.append(_Part("history"))
        self._parts += _words("No guardian ever sees", "✗ ", text.never)
        self._parts += _words("You can", "✓ ", text.you_can)
        self.refresh()

    def choice(self, phrase: str) -> Choice:
        """What is ticked now, to come back to."""
        text = self.text.hash if self.text else ""
        return Choice(text, frozenset(self.granted), self.history, phrase)

    def take(self, choice: Choice) -> None:
        """Tick what was ticked."""
        self.granted, self.history = set(choice.granted), choice.history
        self.refresh()

    def selection(self) -> tuple[Scope, ...]:
        """What is granted, in the order of the disclosure."""
        scopes = self.text.scopes if self.text else ()
        return tuple(item.scope for item in scopes if item.scope in self.granted)

    def missing(self) -> list[str]:
        """Titles of needed scopes that are not granted."""
        scopes = self.text.scopes if self.text else ()
        return [item.title for item in scopes if item.needed and item.scope not in self.granted]

    def heading(self) -> Content:
        """How many are granted."""
        if self.text is None:
            return line(("What is asked", self.title_style()))
        words = f"You grant {len(self.granted)} of {len(self.text.scopes)}"
        return line((words, self.title_style()))

    def legend(self) -> Content:
        """How to grant."""
        return line(
            ("space", self.ink.key),
            (" grants   ✓ sees  ✎ can change   ", self.ink.muted),
            ("↓", self.ink.key),
            (" read on", self.ink.muted),
        )

    def count(self) -> int:
        """Parts."""
        return len(self._parts)

    def nothing(self, width: int) -> list[Content]:
        """Before the answer is there."""
        del width
        return [line(("reading what is asked…", self.ink.muted))]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A box with its lines, or words."""
        del selected
        part = self._parts[index]
        if part.scope is not None:
            return self._scope(part.scope, width)
        if part.kind == "history":
            box = "[x] " if self.history else "[ ] "
            style = self.ink.value if self.history else self.ink.muted
            return [Content(""), line((box, style), (_HISTORY, self.ink.text))]
        if part.kind == "title":
            return [Content(""), line((part.words, self.ink.strong))]
        return self._marked(part.mark, part.words, width, indent=0)

    def _marked(self, mark: str, words: str, width: int, *, indent: int) -> list[Content]:
        rows = hanging(words, max(width - indent - 2, 1), self.ink.text)
        return [
            line(" " * indent, (mark if place == 0 else "  ", self.ink.accent), row)
            for place, row in enumerate(rows)
        ]

    def _scope(self, item: ScopeWords, width: int) -> list[Content]:
        on = item.scope in self.granted
        box = ("[x] ", self.ink.value) if on else ("[ ] ", self.ink.muted)
        mark = line(("needed", self.ink.strong)) if item.needed else Content("")
        rows = [spread(line(box, (item.title, self.ink.strong)), mark, width)]
        for words in item.see:
            rows += self._marked("✓ ", words, width, indent=4)
        for words in item.change:
            rows += self._marked("✎ ", words, width, indent=4)
        return rows

    def can_select(self, index: int) -> bool:
        """Titles are not selected."""
        return self._parts[index].kind != "title"

    def action_grant(self) -> None:
        """Space."""
        if self.index >= len(self._parts):
            return
        part = self._parts[self.index]
        if part.scope is not None:
            self.granted ^= {part.scope.scope}
        elif part.kind == "history":
            self.history = not self.history
        else:
            return
        self.refresh()
        self.post_message(self.Changed())

    def action_choose(self) -> None:
        """Enter does the same as space; it never approves."""
        self.action_grant()
