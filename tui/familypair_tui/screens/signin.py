"""Signing in by a code: it is typed on another screen, never here; no password in a terminal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from familypair.client.errors import ClientError, SignInFailed
from familypair.schema.oauth import DeviceCode
from familypair_tui.actions import Key, bindings
from familypair_tui.faults import fault_of
from familypair_tui.screens.ticking import TickingScreen
from familypair_tui.text import clean, hanging, line
from familypair_tui.theme import Ink
from familypair_tui.when import countdown
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.invitation import big
from familypair_tui.widgets.words import WordsPanel

COPY = Key("signin.copy", "y", "copy", "Copy code", "Copy the code.", 1)
OPEN = Key("signin.open", "o", "open", "Open page", "Open the page in a browser here.", 2)
AGAIN = Key("signin.again", "r", "again", "New code", "Get a new code.", 1)

_FAILED = {
    "access_denied": "The sign-in was declined on the page.",
    "expired_token": "The code has expired.",
}


class SignInScreen(TickingScreen[None]):
    """A large code, where to type it, and how long it works."""

    KEYS = (COPY, OPEN, AGAIN)
    BINDINGS = bindings(*KEYS)

    DEFAULT_CSS = """
    SignInScreen #content { align: center middle; padding: 0; }
    SignInScreen #box { width: 64; max-width: 100%; height: 16; max-height: 100%; }
    """

    def __init__(self, *, again: bool = False) -> None:
        super().__init__()
        self.again = again
        self.code: DeviceCode | None = None
        self.expires: datetime | None = None
        self.failed = ""
        self.can_retry = False

    def content(self) -> ComposeResult:
        """One panel in the middle."""
        with Horizontal(id="content"):
            yield WordsPanel(id="box")

    def on_mount(self) -> None:
        """Get a code."""
        super().on_mount()
        self.begin()

    def begin(self) -> None:
        """Start the device flow in a worker."""
        self.code, self.expires, self.failed, self.can_retry = None, None, "", False
        self.show_all()
        self.family.begin(self._sign_in(), group="sign-in")

    async def _sign_in(self) -> None:
        try:
            await self.family.api.sign_in_with_device(self._show_code)
        except SignInFailed as error:
            self._fail(_FAILED.get(error.error, clean(str(error))))
            return
        except ClientError as error:
            self._fail(fault_of(error).sentence)
            return
        self.family.signed_in()

    def _show_code(self, code: DeviceCode) -> None:
        self.code = code
        self.expires = self.now() + timedelta(seconds=code.expires_in)
        self.show_all()

    def _fail(self, words: str) -> None:
        self.failed, self.can_retry = words, True
        self.show_all()

    def refresh_data(self) -> None:
        """The panel by state."""
        title = "Signed out: sign in again" if self.again else "Sign in"
        self.query_one("#box", WordsPanel).show(title, self._words, self.family.api.issuer)

    def _words(self, width: int, ink: Ink) -> list[Content]:
        if self.failed:
            retry = line(("r", ink.key), (" gets a new code", ink.muted))
            return [Content(""), *hanging(f"! {self.failed}", width, ink.bad), Content(""), retry]
        if self.code is None or self.expires is None:
            return [Content(""), line(("asking for a code…", ink.muted))]
        address = clean(self.code.verification_uri)
        left = countdown(self.expires, self.now())
        return [
            Content(""),
            *hanging("On your phone or computer, open", width, ink.text),
            line((address, ink.value)),
            Content(""),
            *hanging("sign in there, and type this code:", width, ink.text),
            *big(clean(self.code.user_code), width, ink),
            Content(""),
            line(("◷ waiting · expires in ", ink.muted), (left, ink.strong)),
            *hanging("Type it only if you started this yourself.", width, ink.muted),
        ]

    def sentence(self) -> Sequence[Clause]:
        """One row."""
        if self.failed:
            return (Clause(f"! {self.failed}", tone="bad"),)
        return (Clause("Sign in with a code. Your password is never typed in a terminal."),)

    def allows(self, key: Key) -> bool:
        """By state."""
        if key.id in {COPY.id, OPEN.id}:
            return self.code is not None and not self.failed
        return key.id != AGAIN.id or self.can_retry

    def action_copy(self) -> None:
        """Copy the code."""
        if self.code is not None:
            self.family.copy_to_clipboard(clean(self.code.user_code))
            self.family.notify("Copied.", markup=False, timeout=3)

    def action_open(self) -> None:
        """Open the page here."""
        if self.code is not None:
            self.family.open_page(self.code.verification_uri)

    def action_again(self) -> None:
        """A new code, after a failure."""
        if self.can_retry:
            self.begin()
