"""The terminal client: one application, one store, one place that talks to the server."""

import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, tzinfo
from typing import Any

from textual.app import App
from textual.command import Provider
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from familypair.client.errors import ClientError
from familypair.schema.accounts import Kind
from familypair.schema.invitations import Invitation, InvitationState
from familypair.schema.links import Link, LinkPhase
from familypair_tui.actions import GLOBAL, Key, bindings
from familypair_tui.api import Api
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.messages import EntryArrived, Part, StoreChanged, TeenGone
from familypair_tui.screens import main_view
from familypair_tui.screens.base import GUARDIAN_TABS, MAIN, TEEN_TABS, FamilyScreen
from familypair_tui.store import Store
from familypair_tui.sync import Sync
from familypair_tui.theme import DUSK, TERMINAL, THEME_NAMES, THEMES, Ink, ink_for
from familypair_tui.widgets.disclosure import Choice
from familypair_tui.widgets.panel import Drawn

CLOCK_SECONDS = 10
"""How often the header's clock and the countdowns are looked at."""

_MOST_NOTES = 2
_OF_A_SCREEN = frozenset({"Saved", "Given"})


def _our_commands() -> type[Provider]:
    from familypair_tui.palette import FamilyCommands

    return FamilyCommands


def _now() -> datetime:
    return datetime.now(UTC)


class FamilyPairApp(App[int], inherit_bindings=False):
    """The application. `api` is a signed-in (or not yet signed-in) client of the service."""

    CSS_PATH = "app.tcss"
    TITLE = "Family Pairing"
    BINDINGS = bindings(*GLOBAL)
    ENABLE_COMMAND_PALETTE = False  # its own binding would have no id; ours does the same
    COMMANDS = {_our_commands}
    OWN_KEYS: tuple[Key, ...] = ()
    """Keys of a client with more than the usual ones; help and the palette have them too."""
    OWN_TITLE = ""
    """What help calls them."""
    OWN_PREFIX = ""
    """Before their names in the palette."""

    def __init__(
        self,
        api: Api,
        *,
        clock: Callable[[], datetime] = _now,
        zone: tzinfo | None = None,
        theme: str = "",
        live: bool = True,
        opener: Callable[[str], None] | None = None,
    ) -> None:
        """`live` off means no stream and no ticking; `opener` opens an address in a browser."""
        plain = "NO_COLOR" in os.environ
        super().__init__(ansi_color=True if plain else None)
        self.use_command_palette = True
        for one in THEMES:
            self.register_theme(one)
        self.api = api
        self.clock = clock
        self.zone: tzinfo = zone or datetime.now().astimezone().tzinfo or UTC
        self.store = Store()
        self.sync = Sync(api, self.store, clock, self.broadcast)
        self.ticking = live
        self.current_teen = ""
        self.choices: dict[str, Choice] = {}
        """What a teen ticked on a pending link and did not send, by person; never stored."""
        self._opener = opener
        self._plain = plain
        self._follower: Worker[None] | None = None
        wanted = theme or os.environ.get("FAMILYPAIR_THEME", "")
        self.theme = TERMINAL if plain else (wanted if wanted in THEME_NAMES else DUSK)
        if os.environ.get("SSH_CONNECTION"):
            self.animation_level = "none"

    @property
    def ink(self) -> Ink:
        """The styles of the current theme."""
        return ink_for(self.theme, no_color=self._plain)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours for themes that are not ours, and for the moment before ours is set."""
        return dict(THEMES[0].variables)

    def on_mount(self) -> None:
        """Go to the sign-in, or read and show the first view."""
        self.theme_changed_signal.subscribe(self, self._repaint)
        if self.api.session is None:
            self.show_sign_in()
        else:
            self.start()

    def show_sign_in(self) -> None:
        """Start over with nobody signed in."""
        from familypair_tui.screens.signin import SignInScreen

        self.push_screen(SignInScreen())

    def start(self) -> None:
        """Somebody is signed in: read everything, show the first view, follow the stream."""
        self.show_view("overview")
        self.begin(self._load())

    async def _load(self) -> None:
        await self.sync.load()
        if self.store.is_teen and type(self.screen).__name__ == "OverviewScreen":
            self.show_view("overview")
        if self.ticking and self._follower is None and self.store.me is not None:
            self._follower = self.run_worker(self.sync.follow(), group="live", exit_on_error=False)
            self.set_interval(CLOCK_SECONDS, self._clock_ticks)

    def _clock_ticks(self) -> None:
        """The time in the header moves on; only what is drawn differently is sent."""
        screen = self.screen
        if isinstance(screen, FamilyScreen):
            screen.show_all()

    def clock_note(self) -> str:
        """What the bar says behind the time; a demonstration's time has a speed."""
        return ""

    def begin(self, work: Awaitable[None], *, group: str = "calls") -> Worker[None]:
        """Run a coroutine beside the screens; its client errors become announcements."""
        return self.run_worker(self._watched(work), group=group, exit_on_error=True)

    async def _watched(self, work: Awaitable[None]) -> None:
        try:
            await work
        except ClientError as error:
            self.tell_fault(fault_of(error))

    def tell_fault(self, fault: Fault) -> None:
        """Say what went wrong: title, cause, next key."""
        if fault.kind is FaultKind.EXPIRED:
            self._expired()
            return
        support = fault.kind is FaultKind.ERROR and fault.request_id
        request = f"\nRequest {fault.request_id}" if support else ""
        self.notify(
            f"{fault.sentence}{request}",
            title=fault.title,
            severity="error",
            markup=False,
            timeout=8,
        )

    def _expired(self) -> None:
        from familypair_tui.screens.signin import SignInScreen

        if not isinstance(self.screen, SignInScreen):
            self.push_screen(SignInScreen(again=True))

    def signed_in(self) -> None:
        """The sign-in screen is done: read as this person."""
        self.store = Store()
        self.sync = Sync(self.api, self.store, self.clock, self.broadcast)
        if self._follower is not None:
            self._follower.cancel()
            self._follower = None
        self.start()

    def broadcast(self, message: Message) -> None:
        """Tell every screen on the stack."""
        if isinstance(message, EntryArrived):
            self._announce(message)
        if isinstance(message, TeenGone):
            self.notify(message.words, title="Link ended", markup=False, timeout=8)
        for screen in self.screen_stack[1:]:  # a message wakes the empty one below: a whole frame
            if isinstance(message, StoreChanged):
                screen.post_message(StoreChanged(message.part, message.teen))
            elif isinstance(message, TeenGone):
                screen.post_message(TeenGone(message.teen, message.words))

    def _announce(self, message: EntryArrived) -> None:
        entry = message.entry
        data = self.store.teens.get(entry.teen)
        if entry.actor != "me" and data is not None:
            self.notify(entry.words, title=data.card.name, markup=False, timeout=6)

    async def step_up(self) -> None:
        """Let the person sign in again in the browser, with the address on the screen meanwhile."""
        from familypair_tui.screens.stepup import StepUpDialog

        dialogs: list[StepUpDialog] = []

        def show(address: str) -> None:
            dialogs.append(StepUpDialog(address))
            self.push_screen(dialogs[0])
            self.open_page(address)

        try:
            await self.api.step_up(show)
        finally:
            for dialog in dialogs:
                if dialog in self.screen_stack:
                    await dialog.dismiss(None)

    def open_page(self, address: str) -> None:
        """Open an address in a browser, if there is one that does not draw in this terminal."""
        from familypair_tui.screens.stepup import open_page

        (self._opener or open_page)(address)

    def trial_links(self) -> list[Link]:
        """A teen's links in their first day, in which "this is not my guardian" is one key."""
        if not self.store.is_teen:
            return []
        return [link for link in self.store.links if link.phase is LinkPhase.PROBATION]

    def _repaint(self, _theme: object) -> None:
        for screen in self.screen_stack:
            screen.refresh()
            for widget in screen.query(Drawn):
                widget.forget()

    def on_notify(self) -> None:
        """Before a new note comes (Textual adds it): at most two lie in the corner, the newest."""
        for old in list(self._notifications)[: 1 - _MOST_NOTES]:
            self._unnotify(old)

    def _screen_left(self) -> None:
        """`Saved. u undoes it` is true on the screen where it was done."""
        for note in list(self._notifications):
            if note.title in _OF_A_SCREEN:
                self._unnotify(note)

    # Views

    def show_view(self, view: str) -> None:
        """Show a main view: it replaces everything above the default screen."""
        self.show_screen(self._view(view))

    def show_screen(self, screen: Screen[Any]) -> None:
        """Show a screen in the place of the main view."""
        self._screen_left()
        while len(self.screen_stack) > MAIN:
            self.pop_screen()
        if len(self.screen_stack) == MAIN:
            self.switch_screen(screen)  # pyright: ignore[reportUnknownMemberType] - Screen[Any]
        else:
            self.push_screen(screen)

    def _view(self, view: str) -> Screen[Any]:
        teen = self.store.is_teen or self._seems_teen()
        return main_view(view, self.current_teen, teen=teen)

    def _seems_teen(self) -> bool:
        """Before the first reading: who signed in here last, as the token file says."""
        session = self.api.session
        return self.store.me is None and session is not None and session.kind in {"teen", "adult"}

    def invitation_screen(self, item: Invitation) -> Screen[Any]:
        """The screen for an invitation: a teen whose turn it is gets the disclosure."""
        from familypair_tui.screens.invite import InvitationScreen
        from familypair_tui.screens.pending import PendingScreen

        by_teen = item.started_by is Kind.TEEN
        turn = InvitationState.CONFIRMED if by_teen else InvitationState.CLAIMED
        ready = item.state in {turn, InvitationState.CONFIRMED}
        return PendingScreen(item) if self.store.is_teen and ready else InvitationScreen(item.id)

    def replace_screen(self, screen: Screen[Any]) -> None:
        """Put a screen in the place of the one in front."""
        self.switch_screen(screen)  # pyright: ignore[reportUnknownMemberType] - Screen[Any]

    def open_teen(self, teen: str, view: str) -> None:
        """Show the rules or the history of one teen."""
        self.current_teen = teen
        self.show_view(view)

    def teen_in_view(self, wanted: str = "") -> str:
        """The teen that a per-teen view shows: the wanted one, the last one, or the first."""
        for teen in (wanted, self.current_teen, *self.store.teens):
            if teen in self.store.teens:
                self.current_teen = teen
                return teen
        return ""

    def when_free(self, go: Callable[[], None]) -> None:
        """Do it at once, or after asking when something is not saved."""
        screen = self.screen
        if isinstance(screen, FamilyScreen):
            screen.when_free(go)
        else:
            go()

    # Actions

    def action_view(self, number: int) -> None:
        """A digit: go to a main view, after asking when something is not saved."""
        if self.store.me is not None:
            tabs = TEEN_TABS if self.store.is_teen else GUARDIAN_TABS
            self.when_free(lambda: self.show_view(tabs[number - 1].id))

    def action_show_help(self) -> None:
        """Every key of the screen in front."""
        from familypair_tui.screens.help import HelpDialog

        if isinstance(self.screen, HelpDialog):
            self.screen.dismiss(None)
            return
        groups = getattr(self.screen, "help_groups", None)
        if groups is not None:
            self.push_screen(HelpDialog(groups()))

    def action_not_my_guardian(self) -> None:
        """End a link of the first day and report it, in one act."""
        links = self.trial_links()
        if links:
            from familypair_tui.screens.leaving import NotMyGuardianDialog

            self.push_screen(NotMyGuardianDialog(links[0]))

    def action_leave_app(self) -> None:
        """Quit; asks only when something is not saved."""
        self.when_free(lambda: self.exit(0))

    def set_theme(self, theme: str) -> None:
        """Change the colours; without colour there is only one."""
        if not self._plain:
            self.theme = theme

    def show_about(self) -> None:
        """Version and the like."""
        from familypair_tui.screens.help import AboutDialog

        self.push_screen(AboutDialog())

    def sign_out(self) -> None:
        """End this session, here and at the server."""
        self.begin(self._sign_out())

    async def _sign_out(self) -> None:
        if self._follower is not None:
            self._follower.cancel()
            self._follower = None
        await self.api.sign_out()
        self.store = Store()
        self.choices.clear()
        self.show_sign_in()

    def _fatal_error(self) -> None:
        """A crash report without local variables: they can hold tokens and private words."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        report = Traceback(show_locals=False, width=100, max_frames=12)
        self._exit_renderables.append(Segments(self.console.render(report, self.console.options)))
        self._close_messages_no_wait()

    def reload(self) -> None:
        """Read everything again."""
        self.begin(self._load())

    def changed_here(self, *parts: Part) -> None:
        """Something was changed from here: read again what it concerns."""
        if Part.LINKS in parts:
            self.begin(self.sync.load_links())
