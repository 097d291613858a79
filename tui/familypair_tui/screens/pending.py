"""The pending link of a teen: who asks, what for, the phrase, and time to decide."""

from collections.abc import Sequence
from secrets import token_urlsafe

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from familypair.client.errors import ClientError
from familypair.schema.invitations import Disclosure, Invitation
from familypair_tui.actions import Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.screens.ticking import TickingScreen
from familypair_tui.text import clean, hanging, line
from familypair_tui.theme import Ink
from familypair_tui.when import countdown
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.decline import ApproveButton, DeclineButton, PressButton
from familypair_tui.widgets.disclosure import Choice, DisclosurePanel
from familypair_tui.widgets.entry import Caption, Lines
from familypair_tui.widgets.words import WordsPanel

APPROVE = Key("pending.approve", "A", "approve", "Approve", "Approve what you granted.", 1)
DECLINE = Key("pending.decline", "D", "decline", "Decline", "Decline; no reason is asked.", 1)
PHRASE = Key("pending.phrase", "p", "phrase", "Phrase", "Type the phrase you heard.", 2)
LEAVE_LINE = Key("pending.leave", "escape", "back", "Back", "Leave the input, or the screen.", 3)
READ = (
    Key("pending.read", "down,j", "read('move', 1)", "Read", "Go down the list.", 2, "↓ PgDn"),
    Key("pending.read_up", "up,k", "read('move', -1)", "Up", "Go up the list.", 9),
    Key("pending.page", "pagedown", "read('page', 1)", "Page", "Go on a page in the list.", 9),
    Key("pending.page_up", "pageup", "read('page', -1)", "Page", "Go back a page in it.", 9),
)

_ASSURED = {"verified": "identity checked by the service", "declared": "says they are an adult"}


class PendingScreen(TickingScreen[None]):
    """Full disclosure, scope by scope; Decline has the focus, Approve is a capital letter."""

    KEYS = (APPROVE, DECLINE, PHRASE, *READ, LEAVE_LINE)
    BINDINGS = bindings(*KEYS)
    AUTO_FOCUS = "DeclineButton"

    DEFAULT_CSS = """
    PendingScreen #content { layout: horizontal; }
    PendingScreen #disclosure { width: 1fr; }
    PendingScreen #side { width: 44; margin-left: 1; }
    PendingScreen #who { height: 1fr; }
    PendingScreen #phrase-line { height: 3; border: round $fp-border; padding: 0 1; }
    PendingScreen #phrase-line:focus-within { border: round $fp-accent; }
    PendingScreen #state { height: 3; }
    PendingScreen #buttons { height: 3; }
    PendingScreen.-compact #content { layout: vertical; }
    PendingScreen.-compact #side { width: 1fr; height: auto; margin: 0; }
    PendingScreen.-compact #who { display: none; }
    PendingScreen.-compact #phrase-line { height: 1; border: none; background: $fp-bar; }
    PendingScreen.-compact #phrase-line:focus-within { border: none; }
    PendingScreen.-compact #state { height: 1; }
    PendingScreen.-compact #state.long { height: 2; }
    PendingScreen.-compact #buttons { height: 1; }
    PendingScreen.-compact PressButton { height: 1; width: auto; min-width: 24; }
    """

    def __init__(self, invitation: Invitation) -> None:
        super().__init__()
        self.item = invitation
        self.text: Disclosure | None = None
        self.fault: Fault | None = None
        self.stage = "read"
        """`read`, `sending`, `browser` or `done`."""

    def content(self) -> ComposeResult:
        """What is asked left; who, phrase and decision right."""
        with Horizontal(id="content"):
            yield DisclosurePanel(id="disclosure")
            with Vertical(id="side"):
                yield WordsPanel(id="who")
                yield Caption(id="phrase-title")
                with Vertical(id="phrase-line"):
                    yield Input(id="phrase", placeholder="two words and a number", max_length=60)
                yield Lines(id="state")
                with Horizontal(id="buttons"):
                    yield DeclineButton()
                    yield ApproveButton()

    def on_mount(self) -> None:
        """Ask for the disclosure: the five seconds count from its answer."""
        super().on_mount()
        self.query_one(Input).cursor_blink = False
        self.family.begin(self._read())

    async def _read(self) -> None:
        try:
            self.text = await guarded(self.family.api.disclosure(self.item.id))
        except ClientError as error:
            self._failed(fault_of(error))
            return
        self.show_all()
        self._take_up(self.family.choices.get(self._key()))

    def _take_up(self, choice: Choice | None) -> None:
        """Go on where the teen left this screen, if what is asked is still the same."""
        panel = self.query_one(DisclosurePanel)
        if choice is None or self.text is None or choice.hash != self.text.hash:
            return
        panel.take(choice)
        self.query_one(Input).value = choice.phrase
        self.show_all()

    def _key(self) -> str:
        me = self.store.me
        return f"{me.id if me else ''} {self.item.id}"

    def _remember(self) -> None:
        panel = self.query_one(DisclosurePanel)
        if self.text is not None:
            choice = panel.choice(self.query_one(Input).value)
            self.family.choices[self._key()] = choice

    def _failed(self, fault: Fault) -> None:
        self.stage, self.fault = "read", fault
        if fault.kind is FaultKind.EXPIRED:
            self.family.tell_fault(fault)
        self.show_all()

    def armed_in(self) -> int:
        """Seconds until Approve works; 0 when it does."""
        if self.text is None:
            return 5
        left = (self.text.arm_at - self.now()).total_seconds()
        return max(0, int(left + 0.999))

    def refresh_data(self) -> None:
        """Everything that is known."""
        newer = self.store.invitations.get(self.item.id)
        if newer is not None:
            self.item = newer
        if self.text is not None:
            self.query_one(DisclosurePanel).show(self.text)
        self.query_one("#who", WordsPanel).show("Who asks", self._who)
        title = self.query_one("#phrase-title", Caption)
        title.say(line(("The phrase they say to you (not in writing)", title.ink.muted)))
        self.query_one(ApproveButton).set_open(self._can_approve())
        state = self.query_one("#state", Lines)
        state.set_class(self.fault is not None, "long")
        state.say(self._state(state.ink))

    def _who(self, width: int, ink: Ink) -> list[Content]:
        other = self.text.guardian if self.text else self.item.other
        if other is None:
            return []
        rows = [line((other.name, ink.strong)), Content("")]
        facts = [_ASSURED.get(str(other.assurance), "adult by their own word")]
        if other.account_since:
            facts.append(f"account since {other.account_since}")
        if other.teens_linked is not None:
            plural = "teen" if other.teens_linked == 1 else "teens"
            facts.append(f"linked with {other.teens_linked} {plural}")
        for words in facts:
            rows += hanging(words, width, ink.text)
        rows.append(Content(""))
        words = "Anybody can type a name. Approve only someone you know in real life."
        rows += hanging(words, width, ink.muted)
        if self.text is not None:
            rows += [
                Content(""),
                line(
                    ("open for ", ink.muted),
                    (countdown(self.text.expires_at, self.now()), ink.text),
                ),
            ]
        return rows

    def _state(self, ink: Ink) -> Content:
        if self.stage == "browser":
            return line(("◷ your browser asks for your password", ink.accent))
        if self.stage == "sending":
            return line(("sending…", ink.muted))
        if self.fault is not None:
            return line((f"! {self.fault.sentence}", ink.bad))
        left = self.armed_in()
        if left:
            return line((f"◷ take your time: Approve opens in {left} s", ink.accent))
        if not self.query_one(Input).value.strip():
            return line(
                ("p", ink.key),
                (" type the phrase, then ", ink.muted),
                ("A", ink.key),
                (" approves", ink.muted),
            )
        missing = self.query_one(DisclosurePanel).missing()
        if missing:
            return line((f"! needed and not granted: {missing[0]}", ink.bad))
        return line(("A", ink.key), (" approves what you granted", ink.text))

    def sentence(self) -> Sequence[Clause]:
        """Who asks, and that nothing is shared."""
        name = self.item.other.name if self.item.other else "Somebody"
        if self.stage == "done":
            return (Clause(f"✓ You are linked with {name}", tone="good"),)
        return (
            Clause(f"{name} wants to pair with you", f"{name} asks"),
            Clause("nothing is shared yet", tone="text"),
            Clause("you can decline without a reason", "D declines", "muted"),
        )

    def allows(self, key: Key) -> bool:
        """Approve only shows up when it would work."""
        if isinstance(self.focused, Input):
            return key.id == LEAVE_LINE.id
        if key.id == APPROVE.id:
            return self._can_approve()
        if key.id == READ[0].id:
            return isinstance(self.focused, PressButton)
        return self.stage != "done" or key.id not in {DECLINE.id, PHRASE.id}

    def _can_approve(self) -> bool:
        return (
            self.stage == "read"
            and self.text is not None
            and not self.armed_in()
            and bool(self.query_one(Input).value.strip())
        )

    def on_input_changed(self) -> None:
        """Another phrase."""
        self.fault = None
        self._remember()
        self.show_all()

    def on_input_submitted(self) -> None:
        """Enter in the phrase goes on to the list; it does not approve."""
        self.query_one(DisclosurePanel).focus()

    def on_disclosure_panel_changed(self) -> None:
        """Another selection."""
        self.fault = None
        self._remember()
        self.show_all()

    def action_back(self) -> None:
        """Out of the input first; then the screen, and nothing happens."""
        if isinstance(self.focused, Input):
            self.query_one(DeclineButton).focus()
        elif self.stage == "read":
            super().action_back()

    def action_read(self, how: str, step: int) -> None:
        """An arrow on a button goes to the list, and moves there."""
        panel = self.query_one(DisclosurePanel)
        first = not panel.has_focus
        panel.focus()
        if how == "page":
            panel.action_page(step)
        elif not first:
            panel.action_move(step)

    def action_phrase(self) -> None:
        """Type the phrase."""
        self.query_one(Input).focus()

    def action_approve(self) -> None:
        """A: needs the phrase and the five seconds; a needed scope missing is asked about."""
        if not self._can_approve():
            self.show_all()
            return
        missing = self.query_one(DisclosurePanel).missing()
        if not missing:
            self.family.begin(self._approve())
            return
        from familypair_tui.screens.confirm import ConfirmDialog

        words = f"Without “{missing[0]}” there is no link: approving now declines it."
        self.family.push_screen(
            ConfirmDialog("Needed, not granted", words, "Decline the link", "D"),
            self._declines,
        )

    async def _approve(self) -> None:
        """Approve; when the server wants the password, the browser asks and this goes on."""
        self.stage, self.fault = "sending", None
        self.show_all()
        key = token_urlsafe(24)
        try:
            try:
                done = await self._send(key)
            except ClientError as error:
                if fault_of(error).kind is not FaultKind.STEP_UP:
                    raise
                self.stage = "browser"
                self.show_all()
                await self.family.step_up()
                self.stage = "sending"
                done = await self._send(key)
        except ClientError as error:
            self._failed(fault_of(error))
            return
        self.item, self.stage = done, "done"
        await self._finished()

    async def _send(self, key: str) -> Invitation:
        panel = self.query_one(DisclosurePanel)
        phrase = clean(self.query_one(Input).value).strip()
        return await guarded(
            self.family.api.approve(
                self.item.id,
                phrase=phrase,
                scopes=panel.selection(),
                share_history=panel.history,
                key=key,
            )
        )

    async def _finished(self) -> None:
        self.store.invitations.pop(self.item.id, None)
        self.family.choices.pop(self._key(), None)
        await self.family.sync.load_links()
        self.family.show_view("overview")
        self.family.notify("You see everything that is shared here.", title="Linked", markup=False)

    def on_press_button_pressed(self, message: PressButton.Pressed) -> None:
        """Enter on a button."""
        if isinstance(message.button, ApproveButton):
            self.action_approve()
        else:
            self.action_decline()

    def action_decline(self) -> None:
        """D: one question, then no."""
        from familypair_tui.screens.confirm import ConfirmDialog

        if self.stage != "read":
            return
        words = (
            "They are told that you declined, not why. Nothing is shared. "
            "The same person cannot ask you again for 7 days."
        )
        self.family.push_screen(
            ConfirmDialog("Decline this link", words, "Decline", "D"),
            self._declines,
        )

    def _declines(self, yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        if yes:
            self.family.begin(self._decline())

    async def _decline(self) -> None:
        try:
            self.item = await guarded(self.family.api.decline(self.item.id))
        except ClientError as error:
            self._failed(fault_of(error))
            return
        self.store.invitations.pop(self.item.id, None)
        self.family.choices.pop(self._key(), None)
        self.family.show_view("overview")
        self.family.notify("Declined. Nothing is shared.", markup=False)
