"""Entering a code or an invitation link that the other side made."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from familypair.client.errors import ClientError
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import Fault, fault_of
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.text import clean, hanging, line
from familypair_tui.theme import Ink
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.entry import Caption
from familypair_tui.widgets.words import WordsPanel

SEND = Key("claim.send", "enter", "send", "Enter it", "Send the code.", 1)


class ClaimScreen(FamilyScreen[None]):
    """One input; every wrong code gets the same answer."""

    KEYS = (SEND, BACK)
    BINDINGS = bindings(BACK)

    DEFAULT_CSS = """
    ClaimScreen #content { padding: 1 2; }
    ClaimScreen #line { height: 3; border: round $fp-border; padding: 0 1; margin: 1 0; }
    ClaimScreen #line:focus-within { border: round $fp-accent; }
    ClaimScreen #help { height: 1fr; min-height: 3; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.fault: Fault | None = None
        self.busy = False

    def content(self) -> ComposeResult:
        """A caption, the input, the fault, and what happens."""
        with Vertical(id="content"):
            yield Caption(id="ask")
            with Vertical(id="line"):
                yield Input(id="code", placeholder="XXXX-XXXX")
            yield Caption(id="fault")
            yield WordsPanel(id="help")

    def refresh_data(self) -> None:
        """Words, and what went wrong."""
        ask = self.query_one("#ask", Caption)
        ask.say(line(("Type the code, or paste the address of an invitation link:", ask.ink.text)))
        fault = self.query_one("#fault", Caption)
        words = f"! {self.fault.sentence}" if self.fault else ("sending…" if self.busy else "")
        fault.say(line((words, fault.ink.bad if self.fault else fault.ink.muted)))
        self.query_one("#help", WordsPanel).show("What happens then", self._help)
        self.query_one(Input).cursor_blink = False

    def _help(self, width: int, ink: Ink) -> list[Content]:
        if self.store.is_teen:
            words = (
                "You read who asks and for what. Nothing is shared before you approve, "
                "and you can decline without a reason."
            )
        else:
            words = (
                "You confirm that this is your teen and say what you ask for. "
                "They decide; you see their answer here."
            )
        return [Content(""), *hanging(words, width, ink.text)]

    def sentence(self) -> Sequence[Clause]:
        """What this is."""
        return (Clause("Enter a code"),)

    def hint_keys(self) -> list[Key]:
        """Letters belong to the input here."""
        return [SEND, BACK]

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter sends it."""
        code = code_of(clean(event.value))
        if code and not self.busy:
            self.busy, self.fault = True, None
            self.show_all()
            self.family.begin(self._claim(code))

    async def _claim(self, code: str) -> None:
        try:
            item = await guarded(self.family.api.claim(code))
        except ClientError as error:
            self.busy, self.fault = False, fault_of(error)
            self.show_all()
            return
        self.store.invitations[item.id] = item
        self.family.replace_screen(self.family.invitation_screen(item))


def code_of(text: str) -> str:
    """The code or token in what was typed or pasted: the part after `#` of an address."""
    return text.strip().rpartition("#")[2].strip()
