"""Links in words: phase, permissions, and what is true at this moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from familypair.schema.links import Link, LinkPhase
from familypair_tui.glance import phase_words
from familypair_tui.text import fit, hanging, line, spread
from familypair_tui.theme import Ink
from familypair_tui.when import day_clock, short_span
from familypair_tui.widgets.chrome import tone_style
from familypair_tui.widgets.panel import LIST_KEYS, ListPanel, chip
from familypair_tui.widgets.scopes import SCOPE_WORDS


class LinksPanel(ListPanel):
    """Every link, newest first."""

    KEYS = LIST_KEYS
    AIR = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.links: Sequence[Link] = ()
        self.teen = False
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(self, links: Sequence[Link], teen: bool, now: datetime) -> None:  # noqa: FBT001 - one caller
        """Draw these."""
        self.links, self.teen, self.now = links, teen, now
        self.refresh()

    def selected(self) -> Link | None:
        """The link under the cursor."""
        return self.links[self.index] if self.index < len(self.links) else None

    def heading(self) -> Content:
        """The title."""
        return line(("Guardians" if self.teen else "Links", self.title_style()))

    def count(self) -> int:
        """Links."""
        return len(self.links)

    def nothing(self, width: int) -> list[Content]:
        """The empty state with its keys."""
        whom = "guardian" if self.teen else "teen"
        rows = self.sentence_lines(f"No {whom} is linked with you.", width, "i", "to invite")
        return [
            *rows,
            line(
                ("press ", self.ink.muted),
                ("e", self.ink.key),
                (" to enter a code", self.ink.muted),
            ),
        ]

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Name, phase, and how many permissions."""
        del selected
        link = self.links[index]
        other = link.guardian if self.teen else link.teen
        phase = phase_words(link, self.now) or ("● active", "value")
        head = line(chip(other.name, index, self.ink), " ", (other.name, self.ink.strong))
        asked = f" · asks for {len(link.asked)} more" if link.asked else ""
        words = f"{len(link.scopes)} of 7 permissions{asked}"
        if link.phase is LinkPhase.ENDED:
            words = "over"
        right = line((phase[0], tone_style(phase[1], self.ink)))
        return [spread(head, right, width), fit(line("    ", (words, self.ink.muted)), width)]


def link_words(
    link: Link, width: int, ink: Ink, *, teen: bool, zone: tzinfo, now: datetime
) -> list[Content]:
    """Everything about one link, for this reader."""
    rows = [
        line(
            ("since ", ink.muted),
            (day_clock(link.activated_at, zone), ink.text),
            (f", {link.activated_at:%d %b %Y}", ink.muted),
        )
    ]
    rows += [Content(""), *_phase_lines(link, width, ink, teen=teen, now=now)]
    rows += [Content(""), line(("permissions", ink.muted))]
    for scope, (title, words) in SCOPE_WORDS.items():
        if scope in link.scopes:
            rows.append(
                fit(line(("✓ ", ink.value), (title, ink.text), (f"  {words}", ink.muted)), width)
            )
        elif scope in link.asked:
            rows.append(
                fit(line(("? ", ink.accent), (title, ink.text), ("  asked for", ink.muted)), width)
            )
        else:
            rows.append(
                fit(
                    line(("– ", ink.muted), (title, ink.muted), ("  not granted", ink.muted)), width
                )
            )
    return rows


def _phase_lines(link: Link, width: int, ink: Ink, *, teen: bool, now: datetime) -> list[Content]:
    other = link.guardian.name if teen else link.teen.name
    match link.phase:
        case LinkPhase.PROBATION:
            left = short_span(link.probation_until, now)
            whose = f"{other}'s" if teen else "your"
            words = f"First day, {left} left: {whose} rules can only get stricter. " + (
                "If this is not your guardian, press N: it ends at once."
                if teen
                else "Looser values wait until it is over."
            )
        case LinkPhase.NOTICE if link.notice_until:
            left = short_span(link.notice_until, now)
            whose = f"{other}'s time rules" if teen else "Your time rules"
            words = f"The link ends. {whose} stay for {left} and nobody can change them."
            if link.resume_by:
                words += " One of you proposed to stay linked: R agrees."
        case LinkPhase.HOLD if link.hold_until:
            left = short_span(link.hold_until, now)
            words = f"Ended. Contact, privacy and search stay as they were for {left}."
        case LinkPhase.ENDED:
            words = "This link is over."
        case _:
            words = "Active. Both of you can end it at any time."
    return hanging(words, width, ink.text)
