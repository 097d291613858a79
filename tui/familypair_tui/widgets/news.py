"""What waits for somebody, and what changed: the panels beside the cards."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from textual.content import Content
from textual.message import Message

from familypair.schema.invitations import Invitation, InvitationForm, InvitationState
from familypair.schema.ledger import InboxEntry
from familypair.schema.requests import Request
from familypair_tui.actions import Key, bindings
from familypair_tui.store import Store
from familypair_tui.text import fit, line, spread, wrap
from familypair_tui.when import ago, countdown
from familypair_tui.widgets.card import strip_legend
from familypair_tui.widgets.daystrip import legend
from familypair_tui.widgets.panel import LIST_KEYS, OPEN, ListPanel, Panel, chip

ANSWER = Key("waiting.approve", "a", "approve", "Approve", "Approve what is suggested.", 1)


class WaitingPanel(ListPanel):
    """Questions, invitations that are not over with who has to do what, and links that ended."""

    AIR = True
    KEYS = (ANSWER, *LIST_KEYS, OPEN)
    BINDINGS = bindings(ANSWER)

    class Asked(Message):
        """A question was opened."""

        def __init__(self, request: str) -> None:
            super().__init__()
            self.request = request

    class Approved(Message):
        """A question was approved by one key."""

        def __init__(self, request: Request) -> None:
            super().__init__()
            self.request = request

    class Opened(Message):
        """An invitation was opened."""

        def __init__(self, invitation: str) -> None:
            super().__init__()
            self.invitation = invitation

    class EndOpened(Message):
        """The notice of a link's end was opened."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.items: Sequence[Invitation] = ()
        self.ends: Sequence[tuple[str, str]] = ()
        self.questions: Sequence[Request] = ()
        self.teen = False
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(
        self,
        items: Sequence[Invitation],
        now: datetime,
        *,
        teen: bool = False,
        ends: Sequence[tuple[str, str]] = (),
        questions: Sequence[Request] = (),
    ) -> None:
        """Draw these; `ends` are pairs of words and time of links that ended."""
        self.items, self.teen, self.now, self.ends = items, teen, now, ends
        self.questions = questions
        self.refresh()

    def question(self) -> Request | None:
        """The selected question, while the panel has the focus."""
        chosen = self.has_focus and self.index < len(self.questions)
        return self.questions[self.index] if chosen else None

    def action_approve(self) -> None:
        """Yes to the suggested amount."""
        question = self.question()
        if question is not None and "approve" in question.may:
            self.post_message(self.Approved(question))

    def heading(self) -> Content:
        """How many wait."""
        count = len(self.items) + len(self.questions)
        return line((f"Waiting · {count}" if count else "Waiting", self.title_style()))

    def count(self) -> int:
        """Items."""
        return len(self.questions) + len(self.items) + len(self.ends)

    def nothing(self, width: int) -> list[Content]:
        """The empty state with the key that fills it."""
        return self.sentence_lines("No invitation is open.", width, "i", "to invite")

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Who, what is to do, and how long."""
        del selected
        if index < len(self.questions):
            return self._question(self.questions[index], width)
        index -= len(self.questions)
        if index >= len(self.items):
            words, time = self.ends[index - len(self.items)]
            head = fit(line(("× ", self.ink.bad), (words, self.ink.strong)), width)
            way = line((f"  {time} · ", self.ink.muted), ("4", self.ink.key))
            return [head, fit(line(way, (" shows what holds", self.ink.muted)), width)]
        item = self.items[index]
        glyph, title, act = waiting_words(item, teen=self.teen)
        left = line((countdown(item.expires_at, self.now), self.ink.muted))
        loud = self.ink.bad if glyph == "!" else self.ink.accent
        head = line((f"{glyph} ", loud), (title, self.ink.strong))
        return [spread(head, left, width), fit(line("  ", (act, self.ink.muted)), width)]

    def _question(self, one: Request, width: int) -> list[Content]:
        """Who asks for what, and why."""
        head = line(
            ("! ", self.ink.bad), (f"{one.teen_name} ", self.ink.strong), (one.words, self.ink.text)
        )
        why = f"“{one.reason}”" if one.reason else "no reason given"
        age = line((ago(one.created_at, self.now), self.ink.muted))
        return [spread(head, age, width), fit(line("  ", (why, self.ink.muted)), width)]

    def on_list_panel_chosen(self, message: ListPanel.Chosen) -> None:
        """Enter opens the question or the invitation."""
        message.stop()
        place = message.index - len(self.questions)
        if place < 0:
            self.post_message(self.Asked(self.questions[message.index].id))
        elif place < len(self.items):
            self.post_message(self.Opened(self.items[place].id))
        else:
            self.post_message(self.EndOpened())


def waiting_words(item: Invitation, *, teen: bool) -> tuple[str, str, str]:
    """Glyph, title and what is to do next, for the reader."""
    other = item.other.name if item.other else ("a guardian" if teen else "a teen")
    form = "Code" if item.form is InvitationForm.CODE else "Link"
    if item.state is InvitationState.OFFERED:
        title = f"{form} {item.code}" if item.code else f"{form} for somebody"
        return "◷", title, "nobody has entered it yet"
    if item.started_by.value == "teen" and item.state is InvitationState.CLAIMED:
        if teen:
            return "◷", other, "checks that it is you"
        return "!", other, "you confirm that this is your teen"
    if teen:
        return "!", other, "read what they ask for, then decide"
    return "◷", other, "tell them the phrase; they decide"


class RecentPanel(ListPanel):
    """The newest changes over all teens, in words."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.entries: Sequence[InboxEntry] = ()
        self.names: dict[str, tuple[str, int, int]] = {}
        self.zone: tzinfo = UTC
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(
        self, entries: Sequence[InboxEntry], store: Store, zone: tzinfo, now: datetime
    ) -> None:
        """Draw these."""
        self.entries, self.zone, self.now = entries, zone, now
        self.names = {
            teen: (data.card.name, store.colour_of(teen), data.seen)
            for teen, data in store.teens.items()
        }
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line(("Recent changes", self.title_style()))

    def count(self) -> int:
        """Entries."""
        return len(self.entries)

    def nothing(self, width: int) -> list[Content]:
        """The empty state."""
        return self.sentence_lines(
            "Nothing yet. Every change of a rule or a link appears here.", width
        )

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Chip, words on at most two lines, and how long ago."""
        del selected
        entry = self.entries[index]
        name, colour, seen = self.names.get(entry.teen, ("?", 0, 0))
        style = self.ink.text if entry.seq > seen else self.ink.muted
        rows = wrap(entry.words, max(width - 9, 8), lines=3)
        head = line(chip(name, colour, self.ink), " ", (rows[0] if rows else "", style))
        lines = [spread(head, line((ago(entry.at, self.now), self.ink.muted)), width)]
        return lines + [fit(line("    ", (row, style)), width) for row in rows[1:]]


class ComingPanel(Panel, can_focus=False):
    """What comes next today, over all teens; the legend of the strips stands in its foot."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.items: Sequence[tuple[str, str, str]] = ()
        self.timed = False

    def show(self, items: Sequence[tuple[str, str, str]], *, timed: bool = False) -> None:
        """Draw `(time, name, words)`; `timed`: the strips above show use."""
        self.items, self.timed = items, timed
        self.refresh()

    def heading(self) -> Content:
        """The title."""
        return line(("Coming up today", self.title_style()))

    def legend(self) -> Content:
        """What the cells of the strips mean."""
        return legend(self.ink, 56) if self.timed else strip_legend(self.ink)

    def body(self, width: int, height: int) -> list[Content]:
        """Two columns."""
        if not self.items:
            return [line(("No closed time is ahead today.", self.ink.muted))]
        half = width // 2
        cells = [
            fit(
                line(
                    (time, self.ink.accent),
                    "  ",
                    (name, self.ink.strong),
                    (f" {words}", self.ink.muted),
                ),
                half,
            )
            for time, name, words in self.items[: 2 * height]
        ]
        left, right = cells[:height], cells[height:]
        return [line(cell, right[row] if row < len(right) else "") for row, cell in enumerate(left)]
