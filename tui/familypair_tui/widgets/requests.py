"""Requests as a list, and one in full; a teen's reason is somebody else's text, never markup."""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from textual.content import Content

from familypair.schema.requests import Agreement, MoreTime, Request
from familypair_tui.actions import Key, bindings
from familypair_tui.balance import amount_words
from familypair_tui.store import Store, TeenData, is_open, waits
from familypair_tui.text import Part, fit, hanging, line, spread
from familypair_tui.when import ago, clock, short_span, zone_of
from familypair_tui.widgets.panel import LIST_KEYS, OPEN, ListPanel, Panel, chip
from familypair_tui.widgets.timecard import full_lines

AMOUNTS = (
    MoreTime(minutes=15),
    MoreTime(minutes=30),
    MoreTime(minutes=60),
    MoreTime(rest_of_day=True),
)
PICKS = tuple(
    Key(
        f"request.amount{n}",
        str(n),
        f"screen.amount({n - 1})",
        "Amount",
        f"Select amount {n}: {amount_words(AMOUNTS[n - 1])}.",
        3 if n == 1 else 9,
        "1-4",
    )
    for n in range(1, 5)
)
_TITLES = 9
_DAY_LINES = 8
_DAY_WIDTH = 52
_GLYPHS = {
    "approved": "✓",
    "declined": "×",
    "withdrawn": "←",
    "expired": "◷",
    "countered": "↔",
}


def state_glyph(request: Request) -> str:
    """`!` waits for me, `○` waits for others, and how it ended."""
    if waits(request):
        return "!"
    return _GLYPHS.get(request.state, "○")


def state_words(request: Request, zone: tzinfo) -> str:
    """One line: what waits, or what happened."""
    if request.outcome:
        return request.outcome
    if request.state == "countered" and request.counter is not None:
        return f"{request.counter.name} offered {request.counter.words}"
    if is_open(request):
        names = [part.name for part in request.parts if part.state == "open"]
        local = request.expires_at.astimezone(zone)
        until = f"{local:%a} {local.day} {local:%b} {local:%H:%M}"
        return f"waits for {' and '.join(names) or 'an answer'} · until {until}"
    return request.state


class RequestsPanel(ListPanel):
    """Requests, those that wait first; below them agreements."""

    KEYS = (*PICKS, *LIST_KEYS, OPEN)
    BINDINGS = bindings(*PICKS)
    AIR = True

    def __init__(self, *, id: str | None = None, title: str = "Requests") -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.title = title
        self.items: Sequence[Request] = ()
        self.agreements: Sequence[Agreement] = ()
        self.colours: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.own = False
        """A teen's own list needs no name in every line."""
        self.zone: tzinfo = UTC
        self.now = datetime.min.replace(tzinfo=UTC)
        self.empty = "Nobody has asked for anything."
        self.wanted = ""
        """A request that is to be selected when it is there: the one just sent."""
        self.touched = False
        """Whether somebody was here; until then the cursor waits on what is most urgent."""

    def watch_has_focus(self, _has_focus: bool) -> None:  # noqa: FBT001 - Textual calls it so
        """Somebody is here."""
        self.touched = self.touched or self.has_focus
        super().watch_has_focus(_has_focus)

    def show(
        self,
        items: Sequence[Request],
        agreements: Sequence[Agreement],
        store: Store,
        zone: tzinfo,
        now: datetime,
    ) -> None:
        """Draw these; the cursor stays on its request once somebody has put it there."""
        if not self.touched:
            self.index = 0
        known = self.request() if self.touched else None
        chosen = self.wanted or (known.id if known else "")
        self.items, self.agreements, self.zone, self.now = items, agreements, zone, now
        self.colours = {teen: store.colour_of(teen) for teen in store.teens}
        self.names = {teen: data.card.name for teen, data in store.teens.items()}
        self.own = store.is_teen
        places = [place for place, item in enumerate(items) if item.id == chosen]
        if places:
            self.index, self.wanted = places[0], ""
        self.refresh()

    def choose(self, request: str) -> None:
        """Put the cursor on a request as soon as it is in the list."""
        self.wanted, self.touched = request, True

    def request(self) -> Request | None:
        """The selected request."""
        return self.items[self.index] if self.index < len(self.items) else None

    def agreement(self) -> Agreement | None:
        """The selected agreement."""
        place = self.index - len(self.items)
        return self.agreements[place] if 0 <= place < len(self.agreements) else None

    def heading(self) -> Content:
        """How many wait, and how many were answered."""
        waiting = sum(1 for item in self.items if waits(item))
        words = f"{self.title} · {waiting} waiting" if waiting else self.title
        return line((words, self.title_style()))

    def count(self) -> int:
        """Lines."""
        return len(self.items) + len(self.agreements)

    def nothing(self, width: int) -> list[Content]:
        """The empty state."""
        return hanging(self.empty, width, self.ink.muted)

    def item(self, index: int, width: int, *, selected: bool) -> list[Content]:
        """Who, what, when; and the reason or what happened."""
        del selected
        if index >= len(self.items):
            return self._agreement(self.agreements[index - len(self.items)], width)
        one = self.items[index]
        mine = waits(one)
        glyph = state_glyph(one)
        style = self.ink.strong if mine else self.ink.text if is_open(one) else self.ink.muted
        loud = self.ink.bad if mine else self.ink.muted
        who: list[Part] = (
            [] if self.own else [chip(one.teen_name, self.colours.get(one.teen, 0), self.ink)]
        )
        name = "" if self.own else f"{one.teen_name} "
        head = line(*who, (f" {glyph} ", loud), (name, style), (one.words, style))
        reason = f"“{one.reason}”" if one.reason else "no reason given"
        quoted = reason if mine and not self.own else state_words(one, self.zone)
        below = line(" " * (3 if self.own else 6), (quoted, self.ink.muted))
        return [
            spread(head, line((ago(one.created_at, self.now), self.ink.muted)), width),
            fit(below, width),
        ]

    def _agreement(self, one: Agreement, width: int) -> list[Content]:
        due = one.state == "review_due"
        left = short_span(one.review_at, self.now)
        right = "look at it again" if due else one.state if one.state == "ended" else f"in {left}"
        who: list[Part] = (
            []
            if self.own
            else [chip(self.names.get(one.teen, "?"), self.colours.get(one.teen, 0), self.ink)]
        )
        head = line(
            *who,
            (" ! " if due else " ≈ ", self.ink.bad if due else self.ink.muted),
            (one.title or "Agreement", self.ink.strong if due else self.ink.text),
        )
        words = "; ".join(one.words)
        return [
            spread(head, line((right, self.ink.muted)), width),
            fit(line(" " * (3 if self.own else 6), (words, self.ink.muted)), width),
        ]


class RequestPanel(Panel, can_focus=True):
    """One request in full, with the amounts to choose from."""

    KEYS = PICKS
    BINDINGS = bindings(*PICKS)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.request: Request | None = None
        self.agreement: Agreement | None = None
        self.amount: MoreTime | None = None
        self.data: TeenData | None = None
        self.own = False
        self.zone: tzinfo = UTC
        self.now = datetime.min.replace(tzinfo=UTC)

    def show(
        self,
        request: Request | None,
        agreement: Agreement | None,
        amount: MoreTime | None,
        zone: tzinfo,
        now: datetime,
        *,
        data: TeenData | None = None,
    ) -> None:
        """Draw this one; `data`: the teen, whose day is drawn below it where there is room."""
        self.data = data
        self.request, self.agreement, self.amount = request, agreement, amount
        self.zone, self.now = zone, now
        self.refresh()

    def heading(self) -> Content:
        """Who asks for what."""
        if self.request is not None:
            name = self.request.teen_name
            words = (
                f"You asked: {self.request.words}"
                if self.own
                else (f"{name} asks: {self.request.words}")
            )
        else:
            words = self.agreement.title or "Agreement" if self.agreement else ""
        return line((words, self.title_style()))

    def aside(self) -> Content:
        """How long it is open."""
        if self.request is None or not is_open(self.request):
            return Content("")
        left = short_span(self.request.expires_at, self.now)
        return line((f"◷ {left}", self.ink.muted))

    def body(self, width: int, height: int) -> list[Content]:
        """The facts, each under a short title."""
        if self.agreement is not None and self.request is None:
            return self._agreement_lines(self.agreement, width)
        one = self.request
        if one is None:
            return [line(("Nothing is selected.", self.ink.muted))]
        amounts = self._amounts(width) if self.amount is not None and waits(one) else []
        rows = [
            row
            for title, words, style in self._facts(one)
            for row in self._fact(title, words, style, width)
        ]
        if one.outcome:
            rows = [*self._fact("Result", one.outcome, self.ink.strong, width), *rows]
        gap = [Content("")] if amounts and height > len(rows) + len(amounts) else []
        found = [*rows[: max(1, height - len(amounts))], *gap, *amounts]
        return [*found, *self._day(width, height - len(found))]

    def _day(self, width: int, height: int) -> list[Content]:
        """Today of the teen who asks, where there is room for it."""
        glance = self.data.card.time if self.data else None
        if self.data is None or glance is None or height < _DAY_LINES or width < _DAY_WIDTH:
            return []
        zone = zone_of(self.data.card.zone, self.zone)
        rows = full_lines(glance, self.now, zone, min(width, _DAY_WIDTH), self.ink)
        return [Content(""), line((f"{self.data.card.name} today", self.ink.muted)), *rows]

    def _facts(self, one: Request) -> list[tuple[str, str, str]]:
        ink = self.ink
        facts = [("Reason", f"“{one.reason}”" if one.reason else "none given", ink.text)]
        if one.counter is not None:
            offer = f"{one.counter.name} offered {one.counter.words}"
            facts.append(("Offer", offer, ink.strong))
        facts += [("Now", one.context, ink.text), ("Effect", one.effect, ink.value)]
        for part in one.parts:
            name = "you" if part.owner == "me" else part.name
            words = f"{name} {_part_words(part.state, part.minutes)}"
            facts.append(("Asked", words, ink.muted))
        facts += [
            ("Note", f"{note.name} {clock(note.at, self.zone)}: “{note.text}”", ink.text)
            for note in one.notes
        ]
        return [(title, words, style) for title, words, style in facts if words]

    def _fact(self, title: str, words: str, style: str, width: int) -> list[Content]:
        rows = hanging(words, max(width - _TITLES, 10), style, lines=4)
        return [
            line((fit(title if not place else "", _TITLES).plain, self.ink.muted), row)
            for place, row in enumerate(rows)
        ]

    def _amounts(self, width: int) -> list[Content]:
        """`1 15 min  [2 30 min]  3 60 min  4 the rest of the day`; more than asked is `·`."""
        asked = self.request.wish if self.request else None
        options: list[list[Part]] = []
        for place, one in enumerate(AMOUNTS):
            chosen = one == self.amount
            allowed = not isinstance(asked, MoreTime) or within(one, asked)
            words = "rest of day" if one.rest_of_day else amount_words(one)
            style = self.ink.value if chosen else self.ink.text if allowed else self.ink.muted
            key = str(place + 1) if allowed else "·"
            edge = ("[", "]") if chosen else (" ", " ")
            options.append(
                [
                    (edge[0], style),
                    (f"{key} ", self.ink.key if allowed else self.ink.muted),
                    (f"{words}{edge[1]}", style),
                ]
            )
        found = line(*[part for parts in options for part in parts])
        other = (
            []
            if self.amount in AMOUNTS or self.amount is None
            else [line((f"[{amount_words(self.amount)}]", self.ink.value))]
        )
        return [fit(found, width), *other]

    def _agreement_lines(self, one: Agreement, width: int) -> list[Content]:
        names = " and ".join(one.with_) or "somebody"
        state = {
            "review_due": "It is time to look at it again.",
            "ended": f"Ended{f' by {one.ended_by}' if one.ended_by else ''}; the rules stay.",
        }.get(one.state, f"Look at it again on {one.review_at:%d %b}.")
        rows = [*self._fact("Agreed", f"with {names}, {one.agreed_at:%d %b}", self.ink.text, width)]
        for place, words in enumerate(one.words):
            rows += self._fact("Rules" if not place else "", words, self.ink.strong, width)
        return [*rows, *self._fact("", state, self.ink.text, width)]


def _part_words(state: str, minutes: int | None) -> str:
    from familypair_tui.screens.answering import part_words

    return part_words(state, minutes)


def within(amount: MoreTime, asked: MoreTime) -> bool:
    """Whether an amount is not more than what was asked."""
    if asked.rest_of_day:
        return True
    if amount.rest_of_day:
        return False
    return (amount.minutes or 0) <= (asked.minutes or 0)
