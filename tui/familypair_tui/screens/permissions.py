"""Permissions of a link later: the teen grants and takes back, a guardian asks for more."""

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from familypair.client.errors import ClientError
from familypair.schema.links import Link
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.screens.base import Dialog
from familypair_tui.text import fit, hanging, line, spread
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, key_hint
from familypair_tui.widgets.scopes import SCOPE_WORDS

TOGGLE = Key("permissions.toggle", "space", "grant", "Change", "Grant, take back, or ask.", 2)
SEND = Key("permissions.send", "G", "send", "Save", "Save the permissions.", 1)


class PermissionsBox(ListPanel):
    """Seven lines with boxes."""

    KEYS = (TOGGLE, SEND, *LIST_KEYS)
    BINDINGS = bindings(TOGGLE)
    AIR = True

    DEFAULT_CSS = """
    PermissionsBox { width: 74; max-width: 100%; height: 20; max-height: 100%; }
    """

    def __init__(self, link: Link, *, teen: bool) -> None:
        super().__init__(id="box")
        self.link, self.teen = link, teen
        self.chosen: set[Scope] = set(link.scopes)
        self.fault: Fault | None = None

    def heading(self) -> Content:
        """Whose."""
        other = self.link.guardian.name if self.teen else self.link.teen.name
        words = f"What {other} may do" if self.teen else f"Ask {other} for more"
        return line((words, self.title_style()))

    def legend(self) -> Content:
        """Keys."""
        keys = (TOGGLE, SEND, BACK)
        return line("   ").join([key_hint(key.shown, key.word, self.ink) for key in keys])

    def count(self) -> int:
        """Seven."""
        return len(ALL_SCOPES)

    def body(self, width: int, height: int) -> list[Content]:
        """A fault is said first."""
        head: list[Content] = []
        if self.fault is not None:
            head = hanging(f"! {self.fault.sentence}", width, self.ink.bad, lines=2)
        return [*head, *super().body(width, height - len(head))]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Box, title, state and words."""
        del selected
        scope = ALL_SCOPES[index]
        on = scope in self.chosen
        title, words = SCOPE_WORDS[scope]
        box = ("[x] ", self.ink.value) if on else ("[ ] ", self.ink.muted)
        head = line(box, (title, self.ink.strong if on else self.ink.muted))
        state = line((self._state(scope, on=on), self.ink.muted))
        return [spread(head, state, width), fit(line("    ", (words, self.ink.muted)), width)]

    def _state(self, scope: Scope, *, on: bool) -> str:
        had = scope in self.link.scopes
        if had and not on:
            return "will be taken back"
        if on and not had:
            return "will be granted" if self.teen else "will be asked for"
        return "asked for" if scope in self.link.asked else ""

    def action_grant(self) -> None:
        """A guardian cannot take away from the teen's grant here."""
        scope = ALL_SCOPES[self.index]
        if self.teen or scope not in self.link.scopes:
            self.chosen ^= {scope}
            self.fault = None
            self.refresh()

    def action_choose(self) -> None:
        """Enter toggles; only the capital saves."""
        self.action_grant()


class PermissionsDialog(Dialog[None]):
    """Saves by a capital letter; granting more may ask for the password in the browser."""

    def __init__(self, link: Link, *, teen: bool) -> None:
        super().__init__()
        self.link, self.teen = link, teen
        self.KEYS = (SEND, BACK)
        self.busy = False

    def compose(self) -> ComposeResult:
        """One panel."""
        yield PermissionsBox(self.link, teen=self.teen)

    def on_key(self, event: events.Key) -> None:
        """G saves."""
        if event.key == SEND.keys and not self.busy:
            event.stop()
            self.busy = True
            self.family.begin(self._send())

    async def _send(self) -> None:
        box = self.query_one(PermissionsBox)
        try:
            try:
                await self._change(box)
            except ClientError as error:
                if fault_of(error).kind is not FaultKind.STEP_UP:
                    raise
                await self.family.step_up()
                await self._change(box)
        except ClientError as error:
            self.busy = False
            box.fault = fault_of(error)
            box.refresh()
            return
        await self.family.sync.load_links()
        self.dismiss(None)

    async def _change(self, box: PermissionsBox) -> None:
        chosen = tuple(scope for scope in ALL_SCOPES if scope in box.chosen)
        api = self.family.api
        if self.teen:
            await guarded(api.change_scopes(self.link.id, granted=chosen, etag=self.link.etag))
        else:
            asked = tuple(scope for scope in chosen if scope not in self.link.scopes)
            await guarded(api.change_scopes(self.link.id, asked=asked, etag=self.link.etag))
