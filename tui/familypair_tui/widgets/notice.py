"""A panel with one thing to say: empty, loading, or a failure with the next key."""

from collections.abc import Sequence

from textual.content import Content

from familypair_tui.faults import Fault, FaultKind
from familypair_tui.text import hanging, line
from familypair_tui.widgets.panel import Panel

_NEXT = {
    FaultKind.OFFLINE: "try again",
    FaultKind.ERROR: "try again",
    FaultKind.GONE: "look again",
    FaultKind.FORBIDDEN: "look again",
}


class NoticePanel(Panel, can_focus=False):
    """A title, a sentence, and keys."""

    DEFAULT_CSS = """
    NoticePanel { height: 9; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.title = ""
        self.sentence = ""
        self.keys: Sequence[tuple[str, str]] = ()
        self.bad = False
        self.small = ""

    def show(self, title: str, sentence: str, keys: Sequence[tuple[str, str]] = ()) -> None:
        """Say this."""
        self.title, self.sentence, self.keys = title, sentence, keys
        self.bad, self.small = False, ""
        self.refresh()

    def show_fault(self, fault: Fault) -> None:
        """Say what failed, and which key is next."""
        act = _NEXT.get(fault.kind)
        self.show(fault.title, fault.sentence, (("r", act),) if act else ())
        self.bad = True
        self.small = f"request {fault.request_id}" if fault.request_id else ""

    def heading(self) -> Content:
        """The title."""
        if self.bad:
            return line(("! ", self.ink.bad), (self.title, self.ink.bad))
        return line((self.title, self.title_style()))

    def legend(self) -> Content:
        """The request's id, to tell support."""
        return line((self.small, self.ink.muted))

    def body(self, width: int, height: int) -> list[Content]:
        """The sentence and the keys."""
        del height
        rows = [Content(""), *hanging(self.sentence, width, self.ink.text), Content("")]
        return rows + [
            line((f"{key:>2}", self.ink.key), (f"  {act}", self.ink.muted))
            for key, act in self.keys
        ]
