"""Leaving: what it means before it happens, one confirmation, and who can help after it."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from familypair.schema.links import ExitDone, Link, LinkPhase
from familypair_tui.actions import BACK, Key
from familypair_tui.api import guarded
from familypair_tui.messages import Part
from familypair_tui.screens.base import Dialog
from familypair_tui.text import hanging, line
from familypair_tui.when import short_span
from familypair_tui.widgets.panel import Panel, key_hint


class LeavingBox(Panel):
    """A title, sentences, and the two keys."""

    DEFAULT_CSS = """
    LeavingBox { width: 74; max-width: 100%; height: 18; max-height: 100%; }
    """

    def __init__(self, title: str, sentences: Sequence[str], keys: Sequence[Key]) -> None:
        super().__init__(id="box")
        self.title, self.sentences, self.keys = title, sentences, keys

    def heading(self) -> Content:
        """The title."""
        return line((self.title, self.title_style()))

    def legend(self) -> Content:
        """The keys."""
        return line("   ").join([key_hint(key.shown, key.word, self.ink) for key in self.keys])

    def body(self, width: int, height: int) -> list[Content]:
        """Sentences with a mark each."""
        rows: list[Content] = [Content("")]
        for words in self.sentences:
            wrapped = hanging(words, width - 2, self.ink.text)
            rows += [
                line(("▸ " if not place else "  ", self.ink.accent), row)
                for place, row in enumerate(wrapped)
            ]
            rows.append(Content(""))
        if len(rows) > height:
            rows = [row for row in rows if row.cell_length]
        return rows


class ActDialog(Dialog[None]):
    """Explains, and acts only by its own capital key."""

    title_words = ""
    act = Key("leaving.act", "E", "act", "", "", 1)

    def __init__(self, link: Link) -> None:
        super().__init__()
        self.link = link
        self.KEYS = (self.act, BACK)
        self.busy = False

    def sentences(self) -> Sequence[str]:
        """What it means."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """One panel."""
        yield LeavingBox(self.title_words, self.sentences(), (self.act, BACK))

    def on_key(self, event: events.Key) -> None:
        """The capital key and only it."""
        if event.key == self.act.keys and not self.busy:
            event.stop()
            self.busy = True
            self.family.begin(self.do())

    async def do(self) -> None:
        """Act."""
        raise NotImplementedError


class EndDialog(ActDialog):
    """End a link, with notice for time rules when the teen ends it."""

    title_words = "End this link"
    act = Key("leaving.end", "E", "act", "End it", "End the link.", 1)

    def __init__(self, link: Link, *, teen: bool) -> None:
        self.teen = teen
        super().__init__(link)

    def sentences(self) -> Sequence[str]:
        """By who ends it."""
        other = self.link.guardian.name if self.teen else self.link.teen.name
        trial = self.link.phase is LinkPhase.PROBATION
        if not self.teen:
            return (
                f"Your rights end at once: you read and change nothing of {other}'s any more.",
                "Contact, privacy and search rules stay for 7 days; then yours are gone.",
                f"{other} is told. No reason is asked.",
            )
        notice = (
            "This is the first day: nothing stays, it ends at once."
            if trial
            else "Their time rules stay for a notice period (48 hours, unless your country says "
            "otherwise); nobody can change them. Until then both of you can agree to stay linked."
        )
        return (
            f"{other} sees and changes nothing any more, from now on.",
            notice,
            "Contact, privacy and search rules stay for 7 days; then you may keep them.",
            f"{other} is told that it ended, not why. If you are not safe, use S instead.",
        )

    async def do(self) -> None:
        """End it."""
        await guarded(self.family.api.end(self.link.id))
        self.family.changed_here(Part.LINKS)
        self.dismiss(None)


class NotMyGuardianDialog(ActDialog):
    """The first day's way out: ends the link and files a report, in one act."""

    title_words = "This is not my guardian"
    act = Key("leaving.not_mine", "N", "act", "End and report", "End the link and report it.", 1)

    def sentences(self) -> Sequence[str]:
        """What happens."""
        name = self.link.guardian.name
        return (
            f"The link with {name} ends at once. Nothing of theirs stays.",
            "A report goes to the people who run this service. They read it.",
            f"{name} is not told about the report.",
        )

    async def do(self) -> None:
        """End and report."""
        await guarded(self.family.api.end(self.link.id, not_my_guardian=True))
        self.family.changed_here(Part.LINKS)
        self.family.notify("The link is over, and it was reported.", markup=False)
        self.dismiss(None)


class SafetyExitDialog(ActDialog):
    """One confirmation, then out, and help lines."""

    title_words = "Leave at once"
    act = Key("leaving.exit", "S", "act", "Leave now", "Leave at once.", 1)

    def sentences(self) -> Sequence[str]:
        """What happens."""
        name = self.link.guardian.name
        return (
            f"The link with {name} ends now. Their time rules end now too.",
            "People that they had blocked can reach you again at once.",
            "They are not told now, and never why. You alone can take it back within 24 hours.",
            "After that, you two can only be linked again with help of the operator.",
            "Then you see who can help where you live.",
        )

    async def do(self) -> None:
        """Leave."""
        done = await guarded(self.family.api.safety_exit(self.link.id))
        self.family.changed_here(Part.LINKS)
        self.family.replace_screen(HelpLinesDialog(done, short_span(done.undo_until, self.now())))


class HelpLinesBox(Panel):
    """Help lines with source and date."""

    DEFAULT_CSS = """
    HelpLinesBox { width: 74; max-width: 100%; height: 20; max-height: 100%; }
    """

    def __init__(self, done: ExitDone, left: str) -> None:
        super().__init__(id="box")
        self.done, self.left = done, left

    def heading(self) -> Content:
        """The title."""
        return line(("You have left. These people can help", self.title_style()))

    def legend(self) -> Content:
        """How to go on."""
        return key_hint(BACK.shown, BACK.word, self.ink)

    def body(self, width: int, height: int) -> list[Content]:
        """Each help line on two lines."""
        rows: list[Content] = [Content("")]
        for one in self.done.help_lines:
            rows.append(line((one.name, self.ink.strong), "  ", (one.contact, self.ink.value)))
            source = f"{one.hours} · from {one.source}, checked {one.checked_on}"
            rows += [
                line("  ", (source, self.ink.muted)).truncate(width, ellipsis=True),
                Content(""),
            ]
        last = f"You can take it back for {self.left}: Guardians, then U."
        return [*rows[: height - 1], *hanging(last, width, self.ink.text)]


class HelpLinesDialog(Dialog[None]):
    """After a safety exit."""

    def __init__(self, done: ExitDone, left: str) -> None:
        super().__init__()
        self.done, self.left = done, left

    def compose(self) -> ComposeResult:
        """One panel."""
        yield HelpLinesBox(self.done, self.left)
