"""What a guardian asks for, scope by scope: asked or not, needed or not."""

from textual.content import Content
from textual.message import Message

from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.actions import Key, bindings
from familypair_tui.text import fit, line, spread
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel

TOGGLE = Key("scopes.toggle", "space", "ask", "Ask/not", "Ask for this, or not.", 2)
NEED = Key("scopes.need", "n", "need", "Needed", "Mark it as needed, or not.", 3)

SCOPE_WORDS: dict[Scope, tuple[str, str]] = {
    Scope.SEE_TIME: ("See time", "minutes and opens per day"),
    Scope.SET_TIME: ("Set time", "daily limit, blocked times, quiet hours"),
    Scope.SET_SEARCH: ("Limit search", "restricted mode, blocked words"),
    Scope.SET_MESSAGES: ("Limit messages", "who may write, comments; only stricter"),
    Scope.SET_PRIVACY: ("Tighten privacy", "private account, who finds them"),
    Scope.SEE_CONTACTS: ("See contacts", "who they follow and block"),
    Scope.SEE_SETTINGS: ("See settings", "every rule and who decided it"),
}


class ScopesPanel(ListPanel):
    """The seven scopes."""

    KEYS = (TOGGLE, NEED, *LIST_KEYS)
    BINDINGS = bindings(TOGGLE, NEED)
    AIR = True

    class Changed(Message):
        """Another selection."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.asked: set[Scope] = set(ALL_SCOPES)
        self.needed: set[Scope] = set()

    def selection(self) -> tuple[tuple[Scope, ...], tuple[Scope, ...]]:
        """Asked and needed, in the order of the list."""
        asked = tuple(scope for scope in ALL_SCOPES if scope in self.asked)
        return asked, tuple(scope for scope in asked if scope in self.needed)

    def heading(self) -> Content:
        """How many."""
        return line((f"You ask for {len(self.asked)} of {len(ALL_SCOPES)}", self.title_style()))

    def legend(self) -> Content:
        """What needed means."""
        return line(("needed: without it there is no link", self.ink.muted))

    def count(self) -> int:
        """Seven."""
        return len(ALL_SCOPES)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Box, title, mark, and what it means."""
        del selected
        scope = ALL_SCOPES[index]
        on = scope in self.asked
        title, words = SCOPE_WORDS[scope]
        box = ("[x] ", self.ink.value) if on else ("[ ] ", self.ink.muted)
        mark = ("needed", self.ink.strong) if scope in self.needed else ("", "")
        head = line(box, (title, self.ink.strong if on else self.ink.muted))
        return [spread(head, line(mark), width), fit(line("    ", (words, self.ink.muted)), width)]

    def action_ask(self) -> None:
        """Ask or not."""
        scope = ALL_SCOPES[self.index]
        self.asked ^= {scope}
        self.needed &= self.asked
        self._changed()

    def action_need(self) -> None:
        """Needed or not; a needed one is asked for."""
        scope = ALL_SCOPES[self.index]
        self.needed ^= {scope}
        self.asked |= self.needed
        self._changed()

    def action_choose(self) -> None:
        """Enter toggles."""
        self.action_ask()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed())
