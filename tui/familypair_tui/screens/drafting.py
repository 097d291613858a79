"""Screens that edit a draft of my layer: read it, review it, save it, undo it."""

from collections.abc import Callable

from familypair.client.errors import ClientError
from familypair.schema.settings import LayerSaved
from familypair.settings import Audience
from familypair_tui.api import guarded
from familypair_tui.draft import Draft
from familypair_tui.faults import Fault, FaultKind, fault_of
from familypair_tui.glance import first_day_over
from familypair_tui.messages import Part, StoreChanged
from familypair_tui.screens.base import FamilyScreen
from familypair_tui.store import TeenData

UNDO_SECONDS = 10
"""How long the toast offers undo; history offers it for longer."""


class DraftingScreen(FamilyScreen[None]):
    """One teen's draft; what it looks like is the screen's own matter."""

    def __init__(self, teen: str) -> None:
        super().__init__()
        self.teen = teen
        self.draft: Draft | None = None
        self.fault: Fault | None = None
        self.note = ""
        self._saved: int | None = None
        self._reading = ""

    def stop_typing(self) -> None:
        """What was typed and not taken is left, so that letters are keys again."""

    @property
    def can_undo(self) -> bool:
        """Whether something was saved here that can be undone."""
        return self._saved is not None

    def read_once(self) -> None:
        """Read my layer where there is no draft for this teen yet."""
        if self.draft is None and self._reading != self.teen:
            self.read()

    @property
    def audience(self) -> Audience:
        """For whom the words are."""
        return Audience.TEEN if self.store.is_teen else Audience.GUARDIAN

    def data(self) -> TeenData | None:
        """The teen in view."""
        self.teen = self.family.teen_in_view(self.teen)
        return self.store.teens.get(self.teen)

    def on_store_changed(self, message: StoreChanged) -> None:
        """News of this teen: read again, unless something is unsaved."""
        if message.part is Part.SETTINGS and message.teen == self.teen and self.draft is not None:
            data = self.store.teens.get(self.teen)
            if data and data.settings and not self.draft.changes:
                self._reading = ""
                self.read()
        super().on_store_changed(message)

    def read(self) -> None:
        """Read my layer and the explained settings, in a worker."""
        self._reading = self.teen
        self.family.begin(self._read(self.teen), group="rules")

    async def _read(self, teen: str) -> None:
        try:
            document = await guarded(self.family.api.layer(teen))
            settings = await guarded(self.family.api.settings(teen))
        except ClientError as error:
            self.fault = fault_of(error)
            if self.fault.kind is FaultKind.EXPIRED:
                raise
            self.show_all()
            return
        if teen == self.teen:
            changes = self.draft.changes if self.draft and self._reading == teen else {}
            data = self.store.teens.get(teen)
            over = first_day_over(data.card.link if data else None, self.family.zone)
            self.draft = Draft(settings, document, self.audience, dict(changes), over)
            self.fault = None
            self.show_all()

    def action_teen(self, step: int) -> None:
        """Another teen, after asking when something is not saved."""
        self.when_free(lambda: self._other_teen(step))

    def _other_teen(self, step: int) -> None:
        teens = list(self.store.teens)
        if len(teens) > 1:
            place = teens.index(self.teen) if self.teen in teens else 0
            self.teen = self.family.current_teen = teens[(place + step) % len(teens)]
            self.draft, self.fault, self._saved = None, None, None
            self.show_all()

    def when_free(self, go: Callable[[], None]) -> None:
        """Ask when something is not saved."""
        if not (self.draft and self.draft.changes):
            go()
            return
        from familypair_tui.screens.confirm import ConfirmDialog

        count = len(self.draft.changes)
        plural = "change is" if count == 1 else "changes are"
        words = f"{count} {plural} not saved. Leave anyway?"
        self.family.push_screen(
            ConfirmDialog("Not saved", words, "Leave", "y"), lambda leave: go() if leave else None
        )

    def action_review(self) -> None:
        """See the changes before they are saved."""
        data, draft = self.data(), self.draft
        if data is None or draft is None or not draft.changes:
            return
        from familypair_tui.screens.review import ReviewDialog

        self.stop_typing()
        dialog = ReviewDialog(draft, data.card.name, self.store.colour_of(self.teen))
        self.family.push_screen(dialog, self._reviewed)

    def _reviewed(self, saved: LayerSaved | None) -> None:
        if saved is not None:
            self._took(saved)
        else:
            self.show_all()

    def _took(self, saved: LayerSaved) -> None:
        self.draft = None
        self._reading = ""
        self._saved = saved.entry
        count = len(saved.changes)
        plural = "change" if count == 1 else "changes"
        self.family.notify(
            f"{count} {plural} saved. u undoes them.",
            title="Saved",
            markup=False,
            timeout=UNDO_SECONDS,
        )
        self.note = f"✓ Saved {count} {plural} · u undoes them"
        self.family.begin(self.family.sync.load_card(self.teen))
        self.show_all()

    def action_undo(self) -> None:
        """Undo what was saved last on this screen."""
        if self._saved is not None:
            self.family.begin(self._undo(self._saved))

    async def _undo(self, entry: int) -> None:
        await guarded(self.family.api.revert(self.teen, entry))
        self._saved = None
        self.draft, self._reading = None, ""
        self.note = "✓ Undone: your rules are as before"
        await self.family.sync.load_card(self.teen)
        self.show_all()

    def action_reload(self) -> None:
        """Read again; unsaved changes stay."""
        self.fault = None
        self.family.reload()
        self.read()
