"""Links: who is linked with whom, in which phase, and everything that can be done about it."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal

from familypair.client.errors import ClientError
from familypair.schema.links import Link, LinkPhase, LinkState
from familypair.schema.scopes import ALL_SCOPES
from familypair_tui.actions import REFRESH, Key, bindings
from familypair_tui.api import guarded
from familypair_tui.faults import FaultKind, fault_of
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.widgets.chrome import Clause
from familypair_tui.widgets.links import LinksPanel, link_words
from familypair_tui.widgets.words import WordsPanel

INVITE = Key("family.invite", "i", "invite", "Invite", "Make a code or a link.", 3)
CLAIM = Key("family.claim", "e", "claim", "Enter code", "Enter a code of the other side.", 4)
END = Key("family.end", "E", "end", "End link", "End the selected link; no reason is asked.", 2)
EXIT = Key("family.exit", "S", "exit", "Leave at once", "Safety exit: leave at once, and help.", 2)
RESUME = Key("family.resume", "R", "resume", "Stay linked", "Propose, or agree, to stay linked.", 1)
KEEP = Key("family.keep", "K", "keep", "Keep rules", "Keep the old rules as my own.", 3)
UNDO = Key("family.undo_exit", "U", "undo_exit", "Take back", "Take a safety exit back.", 1)
SCOPES = Key("family.scopes", "p", "scopes", "Permissions", "Grant or take back permissions.", 2)


_ALL = len(ALL_SCOPES)
"""A guardian who has every permission cannot ask for more."""


class FamilyLinksScreen(FamilyScreen[None]):
    """Links left, the selected one in words right."""

    KEYS = (RESUME, UNDO, SCOPES, END, EXIT, KEEP, INVITE, CLAIM, REFRESH)
    BINDINGS = bindings(*KEYS)
    TAB = "family"

    DEFAULT_CSS = """
    FamilyLinksScreen #content { layout: horizontal; }
    FamilyLinksScreen #links { width: 1fr; }
    FamilyLinksScreen #detail { width: 62; margin-left: 1; }
    FamilyLinksScreen.-compact #content { layout: vertical; }
    FamilyLinksScreen.-compact #links { height: 6; }
    FamilyLinksScreen.-compact #detail { width: 1fr; height: 1fr; margin: 0; }
    """

    def content(self) -> ComposeResult:
        """List and words."""
        with Horizontal(id="content"):
            yield LinksPanel(id="links")
            yield WordsPanel(id="detail")

    def link(self) -> Link | None:
        """The selected link."""
        return self.query_one(LinksPanel).selected() if self.is_mounted else None

    def refresh_data(self) -> None:
        """From the store."""
        self.query_one(LinksPanel).show(self.store.links, self.store.is_teen, self.now())
        self._show_detail()

    def _show_detail(self) -> None:
        link = self.link()
        detail = self.query_one("#detail", WordsPanel)
        teen, zone, now = self.store.is_teen, self.family.zone, self.now()
        if link is None:
            detail.show("", lambda _width, _ink: [])
            return
        other = link.guardian.name if teen else link.teen.name
        detail.show(
            f"You and {other}",
            lambda width, ink: link_words(link, width, ink, teen=teen, zone=zone, now=now),
        )

    def sentence(self) -> Sequence[Clause]:
        """How many."""
        count = len(self.store.standing_links())
        words = {0: "No link", 1: "1 link"}.get(count, f"{count} links")
        if self.store.is_teen:
            return (
                Clause(words),
                Clause("you can leave at any time; protection stays", tone="text"),
            )
        return (Clause(words), Clause("ending supervision never ends protection", tone="muted"))

    def on_list_panel_moved(self) -> None:
        """Another link."""
        self._show_detail()
        self.show_hints()

    def allows(self, key: Key) -> bool:
        """By the selected link's state and who I am."""
        link, teen = self.link(), self.store.is_teen
        if key.id in {INVITE.id, CLAIM.id, REFRESH.id} or not key.id.startswith("family."):
            return key.id != "list.open"
        if link is None:
            return False
        ended = link.state is LinkState.ENDED
        undoable = link.undo_exit_until is not None and link.undo_exit_until > self.now()
        allowed = {
            END.id: link.state is LinkState.ACTIVE,
            EXIT.id: teen and not ended,
            RESUME.id: link.state is LinkState.ENDING,
            KEEP.id: teen and link.phase is LinkPhase.HOLD,
            UNDO.id: teen and undoable,
            SCOPES.id: link.state is LinkState.ACTIVE and (teen or len(link.scopes) < _ALL),
        }
        return allowed.get(key.id, True)

    def action_end(self) -> None:
        """With what it means, before it happens."""
        link = self.link()
        if link is not None and self.allows(END):
            from familypair_tui.screens.leaving import EndDialog

            self.family.push_screen(EndDialog(link, teen=self.store.is_teen))

    def action_exit(self) -> None:
        """One confirmation."""
        link = self.link()
        if link is not None and self.allows(EXIT):
            from familypair_tui.screens.leaving import SafetyExitDialog

            self.family.push_screen(SafetyExitDialog(link))

    def action_resume(self) -> None:
        """Propose, or agree."""
        link = self.link()
        if link is not None and self.allows(RESUME):
            self.family.begin(self._resume(link))

    async def _resume(self, link: Link) -> None:
        mine = "teen" if self.store.is_teen else "guardian"
        agree = link.resume_by is not None and link.resume_by != mine
        api = self.family.api
        await self._signed_in(partial(api.resume_confirm if agree else api.resume, link.id))
        await self.family.sync.load_links()

    def action_keep(self) -> None:
        """Keep the old rules."""
        link = self.link()
        if link is not None and self.allows(KEEP):
            self.family.begin(self._keep(link))

    async def _keep(self, link: Link) -> None:
        kept = await guarded(self.family.api.keep_rules(link.id))
        self.family.notify(f"{len(kept.fields)} rules are your own now.", markup=False)
        await self.family.sync.load_links()

    def action_undo_exit(self) -> None:
        """Take a safety exit back."""
        link = self.link()
        if link is not None and self.allows(UNDO):
            self.family.begin(self._undo_exit(link))

    async def _undo_exit(self, link: Link) -> None:
        await self._signed_in(partial(self.family.api.safety_exit_undo, link.id))
        await self.family.sync.load_links()

    async def _signed_in(self, act: Callable[[], Awaitable[Link]]) -> None:
        """Do it; when the server wants the password first, the browser asks and this goes on."""
        try:
            await guarded(act())
        except ClientError as error:
            if fault_of(error).kind is not FaultKind.STEP_UP:
                raise
            await self.family.step_up()
            await guarded(act())

    def action_scopes(self) -> None:
        """Permissions of this link."""
        link = self.link()
        if link is not None and self.allows(SCOPES):
            from familypair_tui.screens.permissions import PermissionsDialog

            self.family.push_screen(PermissionsDialog(link, teen=self.store.is_teen))

    def action_reload(self) -> None:
        """Read again."""
        self.family.reload()
