"""Answering requests by one key: shown at once, then what really happened."""

from collections.abc import Awaitable

from msgspec.structs import replace

from familypair.client.errors import ClientError
from familypair.reasons import Reason
from familypair.schema.requests import LiftBlock, MoreTime, Request, Wish
from familypair.settings import say_minutes
from familypair_tui.api import guarded
from familypair_tui.balance import amount_words
from familypair_tui.faults import FaultKind, fault_of
from familypair_tui.screens.base import FamilyScreen, R
from familypair_tui.when import clock
from familypair_tui.widgets.entry import EntryBar

_LATE = frozenset({Reason.REQUEST_CLOSED, Reason.ANSWERED_ALREADY})


def asked_amount(request: Request) -> MoreTime:
    """The amount that a yes would give: the suggested one, or what was asked."""
    wish = request.wish
    if request.suggested_minutes:
        return MoreTime(minutes=request.suggested_minutes)
    return wish if isinstance(wish, MoreTime) else MoreTime()


class AnsweringScreen(FamilyScreen[R]):
    """A screen from which requests are answered."""

    note = ""

    def close_entry(self) -> None:
        """What was typed is sent and taken: the line goes."""
        bars = list(self.query(EntryBar))
        if bars and bars[0].is_sending:
            bars[0].close()
            self.after_entry()

    def after_entry(self) -> None:
        """Letters are keys again: give the focus back."""

    def _kept_open(self, words: str) -> bool:
        """Whether the line that was being sent is open, and now says why it was refused."""
        return any(bar.refuse(words) for bar in self.query(EntryBar))

    def approve(self, request: Request, amount: MoreTime | None = None, note: str = "") -> None:
        """Yes, to all of it or to an amount of minutes."""
        api, chosen = self.family.api, amount or asked_amount(request)
        if isinstance(request.wish, MoreTime):
            call = api.approve_request(
                request.id, minutes=chosen.minutes, rest_of_day=chosen.rest_of_day, note=note
            )
            said = f"approved {amount_words(chosen)}"
        else:
            call, said = api.approve_request(request.id, note=note), "approved"
        self.answer(request, call, said)

    def decline(self, request: Request, reason: str = "") -> None:
        """No; the teen reads the reason."""
        call = self.family.api.decline_request(request.id, reason=reason)
        self.answer(request, call, "declined")

    def counter(self, request: Request, wish: Wish) -> None:
        """Another offer."""
        said = f"offered {amount_words(wish)}" if isinstance(wish, MoreTime) else "offered"
        if isinstance(wish, LiftBlock):
            said = f"offered until {clock(wish.end, self.family.zone)}"
        self.answer(request, self.family.api.counter_request(request.id, wish), said)

    def say_note(self, request: Request, text: str) -> None:
        """A line for the others."""
        call = self.family.api.note_request(request.id, text)
        self.answer(request, call, "note sent", keeps=True)

    def answer(
        self, request: Request, call: Awaitable[Request], said: str, *, keeps: bool = False
    ) -> None:
        """Show the answer at once; the server's follows. `keeps`: the request goes on."""
        if not keeps:
            self.store.put_requests(
                request.teen, [replace(request, may=(), outcome=f"You {said} · sending…")]
            )
        self.note = f"… {said}, for {request.teen_name}"
        self.family.begin(self._answered(request, call, said, keeps=keeps), group="answers")
        self.show_all()

    async def _answered(
        self, request: Request, call: Awaitable[Request], said: str, *, keeps: bool
    ) -> None:
        try:
            after = await guarded(call)
        except ClientError as error:
            self.store.put_requests(request.teen, [request])
            await self._refused(request, error)
            return
        self.close_entry()
        self.family.sync.put_request(after)
        words = f"{said[:1].upper()}{said[1:]}." if keeps else outcome_words(after, said)
        self.note = f"✓ {request.teen_name}: {words}"
        self.family.notify(words, title=request.teen_name, markup=False, timeout=6)
        self.show_all()

    async def _refused(self, request: Request, error: ClientError) -> None:
        """Somebody was faster: say what they did; anything else is said as it is."""
        fault = fault_of(error)
        self.note = f"! {fault.sentence}"
        if fault.reason in _LATE:
            self.close_entry()
            await self.family.sync.load_requests(request.teen)
            items = self.store.all_requests()
            found = next((item for item in items if item.id == request.id), request)
            words = happened(found, self) or fault.sentence
            self.note = f"! {words} — nothing changed"
            self.family.notify(
                f"{words} — nothing changed",
                title=request.teen_name,
                severity="warning",
                markup=False,
                timeout=10,
            )
        elif fault.kind is FaultKind.EXPIRED:
            self.family.tell_fault(fault)
        if self._kept_open(fault.sentence):
            self.note = ""
        self.show_all()


def outcome_words(request: Request, said: str) -> str:
    """What became of it after my answer."""
    if request.state == "open":
        rest = [part.name for part in request.parts if part.state == "open"]
        others = " and ".join(rest) or "somebody else"
        return f"You {said}; it still waits for {others}."
    return request.outcome or f"You {said}."


def happened(request: Request, screen: FamilyScreen[R]) -> str:
    """`Another guardian approved 15 min at 16:41`."""
    words = request.outcome.rstrip(".")
    at = f" at {clock(request.closed_at, screen.family.zone)}" if request.closed_at else ""
    return f"{words}{at}" if words else ""


def part_words(state: str, minutes: int | None) -> str:
    """`✓ approved 15 min`, `○ not answered`."""
    amount = f" {say_minutes(minutes)}" if minutes else ""
    return {
        "approved": f"✓ approved{amount}",
        "declined": "× declined",
        "countered": "↔ offered something else",
    }.get(state, "○ not answered yet")
