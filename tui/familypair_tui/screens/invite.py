"""Inviting: choose a code or a link and what to ask for; then the QR code and what happens."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from familypair.client.errors import ClientError
from familypair.schema.invitations import Invitation, InvitationForm, InvitationState
from familypair_tui.actions import BACK, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import Fault, fault_of
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.screens.ticking import TickingScreen
from familypair_tui.text import hanging, line
from familypair_tui.theme import Ink
from familypair_tui.when import countdown
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.invitation import invitation_title, invitation_words
from familypair_tui.widgets.panel import ListPanel
from familypair_tui.widgets.qr import QrCode
from familypair_tui.widgets.scopes import ScopesPanel
from familypair_tui.widgets.words import WordsPanel

CREATE = Key("invite.create", "I", "create", "Create", "Make the invitation.", 1)
COPY = Key("invitation.copy", "y", "copy", "Copy", "Copy the code or the address.", 1)
CANCEL = Key("invitation.cancel", "X", "cancel", "Cancel it", "Take the invitation back.", 4)
CONFIRM = Key("invitation.confirm", "C", "confirm", "It is my teen", "Confirm: this is my teen.", 1)
ANEW = Key("invitation.anew", "i", "anew", "New one", "Make a new invitation.", 4)
ALONE = Key("invitation.alone", "Q", "alone", "QR alone", "Show the QR code alone.", 6)

_FORMS = (
    (InvitationForm.CODE, "Code", "10 minutes · when you sit together"),
    (InvitationForm.LINK, "Link", "48 hours · to send"),
)
_STEPS = (
    "You show or send the code.",
    "They enter it. Nothing is shared yet.",
    "You tell them two words and a number, in person or by voice.",
    "They read everything, choose what to grant, and approve or decline.",
)


class FormChoice(ListPanel):
    """Code or link."""

    KEYS = ListPanel.KEYS

    def heading(self) -> Content:
        """The question."""
        return line(("How", self.title_style()))

    def count(self) -> int:
        """Two."""
        return len(_FORMS)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """A radio."""
        del width, selected
        _, title, words = _FORMS[index]
        on = index == self.index
        dot = ("(•) ", self.ink.value) if on else ("( ) ", self.ink.muted)
        return [line(dot, (f"{title}  ", self.ink.strong), (words, self.ink.muted))]

    def on_list_panel_moved(self, message: ListPanel.Moved) -> None:
        """The cursor is the choice."""
        self.refresh()
        del message

    @property
    def form(self) -> InvitationForm:
        """What is chosen."""
        return _FORMS[self.index][0]


class NewInvitationScreen(FamilyScreen[None]):
    """What to ask for, and how it travels. `confirms` is an invitation that a teen started."""

    KEYS = (CREATE, BACK)
    BINDINGS = bindings(*KEYS)

    DEFAULT_CSS = """
    NewInvitationScreen #content { layout: horizontal; }
    NewInvitationScreen #left { width: 1fr; }
    NewInvitationScreen #how { height: 4; }
    NewInvitationScreen #steps { width: 46; margin-left: 1; }
    NewInvitationScreen.-compact #steps { display: none; }
    """

    def __init__(self, confirms: Invitation | None = None) -> None:
        super().__init__()
        self.confirms = confirms
        self.fault: Fault | None = None
        self.busy = False

    def content(self) -> ComposeResult:
        """Form left, steps right."""
        with Horizontal(id="content"):
            with Vertical(id="left"):
                yield FormChoice(id="how")
                yield ScopesPanel(id="scopes")
            yield WordsPanel(id="steps")

    def refresh_data(self) -> None:
        """A teen chooses only the form; a confirmation only the scopes."""
        self.query_one(FormChoice).display = self.confirms is None
        self.query_one(ScopesPanel).display = not self.store.is_teen
        self.query_one("#steps", WordsPanel).show("What happens", _steps)

    def sentence(self) -> Sequence[Clause]:
        """What this is for, or what went wrong."""
        if self.fault is not None:
            return (Clause(f"! {self.fault.sentence}", tone="bad"),)
        if self.confirms is not None:
            name = self.confirms.other.name if self.confirms.other else "this teen"
            return (
                Clause(f"{name} invited you. What do you ask for?"),
                Clause("I asks", tone="accent"),
            )
        if self.store.is_teen:
            return (Clause("Invite a guardian. You decide later what they see."),)
        return (Clause("Invite a teen. Ask only for what you need: they decide line by line."),)

    def action_create(self) -> None:
        """Make it."""
        if not self.busy:
            self.busy = True
            self.family.begin(self._create())

    async def _create(self) -> None:
        asked, needed = self.query_one(ScopesPanel).selection()
        api = self.family.api
        try:
            if self.confirms is not None:
                made = await guarded(api.confirm(self.confirms.id, scopes=asked, needed=needed))
            else:
                form = self.query_one(FormChoice).form
                made = await guarded(api.create_invitation(form=form, scopes=asked, needed=needed))
        except ClientError as error:
            self.fault, self.busy = fault_of(error), False
            self.show_all()
            return
        self.store.invitations[made.id] = made
        self.family.replace_screen(InvitationScreen(made.id))


def _steps(width: int, ink: Ink) -> list[Content]:
    rows: list[Content] = [Content("")]
    for number, words in enumerate(_STEPS, 1):
        wrapped = hanging(words, width, ink.text, indent=3)
        head = line((f"{number}  ", ink.key), wrapped[0][3:])
        rows += [head, *wrapped[1:], Content("")]
    rows += hanging(
        "No guardian ever sees messages, searched words or watched videos.", width, ink.muted
    )
    return rows


class InvitationScreen(TickingScreen[None]):
    """One invitation, followed until it is decided."""

    KEYS = (COPY, CONFIRM, CANCEL, ANEW, ALONE, BACK)
    BINDINGS = bindings(*KEYS)

    DEFAULT_CSS = """
    InvitationScreen #content { layout: horizontal; }
    InvitationScreen #words { width: 1fr; margin-left: 1; }
    InvitationScreen.-compact #words { margin-left: 1; }
    InvitationScreen QrCode { width: 41; height: 21; }
    InvitationScreen.-compact QrCode { width: 37; height: 100%; }
    InvitationScreen.-alone QrCode { width: 1fr; height: 1fr; }
    InvitationScreen.-alone #words { display: none; }
    """

    def __init__(self, invitation: str) -> None:
        super().__init__()
        self.invitation = invitation
        self.last: Invitation | None = None
        self._asked_end = False

    def content(self) -> ComposeResult:
        """QR left, words right."""
        with Horizontal(id="content"):
            yield QrCode()
            yield WordsPanel(id="words")

    def current(self) -> Invitation | None:
        """The newest that is known."""
        found = self.store.invitations.get(self.invitation)
        if found is not None:
            self.last = found
        elif not self._asked_end and self.is_mounted and self.last is not None:
            self._asked_end = True
            self.family.begin(self._read_end())
        return self.last

    async def _read_end(self) -> None:
        self.last = await guarded(self.family.api.invitation(self.invitation))
        self.show_all()

    def refresh_data(self) -> None:
        """By state."""
        item = self.current()
        code = self.query_one(QrCode)
        if item is None:
            return
        offered = item.state is InvitationState.OFFERED and item.url is not None
        code.display = offered
        code.show(item.url or "")
        now = self.now()
        teen = self.store.is_teen

        def writer(width: int, ink: Ink) -> list[Content]:
            return invitation_words(item, width, ink, now=now, teen=teen)

        self.query_one("#words", WordsPanel).show(invitation_title(item, teen=teen), writer)

    def sentence(self) -> Sequence[Clause]:
        """The state in one row."""
        item = self.last
        if item is None:
            return ()
        left = countdown(item.expires_at, self.now())
        name = item.other.name if item.other else "the other side"
        words = {
            InvitationState.OFFERED: ("◷ waiting for somebody to enter it", "strong"),
            InvitationState.CLAIMED: (f"◷ {name} entered it", "strong"),
            InvitationState.CONFIRMED: (f"◷ {name} reads and decides", "strong"),
            InvitationState.APPROVED: (f"✓ {name} approved: you are linked", "good"),
            InvitationState.DECLINED: ("× declined", "bad"),
            InvitationState.CANCELLED: ("× cancelled", "muted"),
            InvitationState.EXPIRED: ("× expired", "bad"),
        }
        text, tone = words[item.state]
        over = item.state.value in {"approved", "declined", "cancelled", "expired"}
        return (
            (Clause(text, tone=tone),)
            if over
            else (Clause(text, tone=tone), Clause(f"{left} left"))
        )

    def allows(self, key: Key) -> bool:
        """By state."""
        item = self.last
        if item is None:
            return key.id == BACK.id
        offered = item.state is InvitationState.OFFERED
        if key.id in {COPY.id, ALONE.id}:
            return offered and item.url is not None
        if key.id == CONFIRM.id:
            started = item.started_by.value == "teen"
            return started and item.state is InvitationState.CLAIMED and not self.store.is_teen
        if key.id == CANCEL.id:
            return item.mine and item.state.value in {"offered", "claimed", "confirmed"}
        if key.id == ANEW.id:
            return item.state.value in {"declined", "cancelled", "expired"}
        return True

    def action_copy(self) -> None:
        """Copy the code, or the address of a link."""
        item = self.last
        text = (item.code or item.url) if item else None
        if text and self.allows(COPY):
            self.family.copy_to_clipboard(text)
            self.family.notify("Copied.", markup=False, timeout=3)

    def action_alone(self) -> None:
        """The QR code alone, and back."""
        if self.allows(ALONE):
            self.toggle_class("-alone")

    def action_anew(self) -> None:
        """Start over."""
        if self.allows(ANEW):
            self.family.replace_screen(NewInvitationScreen())

    def action_confirm(self) -> None:
        """Guardian: this is my teen; then what to ask for."""
        if self.last is not None and self.allows(CONFIRM):
            self.family.replace_screen(NewInvitationScreen(self.last))

    def action_cancel(self) -> None:
        """Take it back, after one question."""
        from familypair_tui.screens.confirm import ConfirmDialog

        if self.allows(CANCEL):
            words = "The code stops working at once. You can make a new one."
            self.family.push_screen(
                ConfirmDialog("Cancel this invitation", words, "Cancel it", "X"), self._cancelled
            )

    def _cancelled(self, yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        if yes:
            self.family.begin(self._cancel())

    async def _cancel(self) -> None:
        self.last = await guarded(self.family.api.cancel(self.invitation))
        self.store.invitations.pop(self.invitation, None)
        self._asked_end = True
        self.show_all()
