"""Days, gifts, codes, requests and agreements of the fake family: answers laid out by a test."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from familypair.client.errors import ProblemError
from familypair.reasons import Reason
from familypair.schema.problem import Problem
from familypair.schema.requests import (
    Agreement,
    Agreements,
    Counter,
    Plan,
    Request,
    RequestNote,
    Requests,
    Wish,
)
from familypair.schema.time import (
    Balance,
    Calendar,
    CalendarDraft,
    CalendarImport,
    Code,
    CodeRedeemed,
    Grant,
    GrantPreview,
    Time,
)
from familypair.schema.usage import App, Apps


def refused(code: Reason, words: str) -> ProblemError:
    """A refusal of the server, with its sentence."""
    return ProblemError(
        Problem(type="t", title="Refused", status=409, detail=words, code=code, request_id="req-9")
    )


class FakeTimeApi:
    """The calls of `TimeApi` and `RequestApi`."""

    clock: Callable[[], datetime]
    _note: Callable[..., Awaitable[None]]

    def __init__(self) -> None:
        self.times: dict[str, Time] = {}
        self.calendars: dict[str, Calendar] = {}
        self.asked_requests: dict[str, Request] = {}
        self.agreed: tuple[Agreement, ...] = ()
        self.bound: tuple[App, ...] = ()
        self.gift: GrantPreview | None = None
        self.imported: CalendarDraft | None = None
        self.answer_next: Request | None = None
        """What the next answer to a request gives back, in place of the plain one."""

    async def time(self, teen: str, *, first: date | None = None) -> Time:
        del first
        await self._note("time", teen)
        if teen not in self.times:
            raise refused(Reason.SCOPE_NOT_GRANTED, "Use is not shared with you.")
        return self.times[teen]

    async def calendar(self, teen: str) -> Calendar:
        await self._note("calendar", teen)
        if teen not in self.calendars:
            raise refused(Reason.SCOPE_NOT_GRANTED, "The calendar is not shared with you.")
        return self.calendars[teen]

    async def import_calendar(self, teen: str, calendar: CalendarImport) -> CalendarDraft:
        await self._note("import_calendar", teen, calendar)
        assert self.imported is not None
        return self.imported

    async def preview_grant(
        self, teen: str, *, minutes: int | None = None, rest_of_day: bool = False
    ) -> GrantPreview:
        await self._note("preview_grant", teen, minutes, rest_of_day)
        assert self.gift is not None
        return self.gift

    async def give(
        self, teen: str, *, minutes: int | None = None, rest_of_day: bool = False, key: str = ""
    ) -> Grant:
        await self._note("give", teen, minutes, rest_of_day, bool(key))
        return self._grant(teen, minutes or 0, "given")

    def _grant(self, teen: str, minutes: int, state: str) -> Grant:
        assert self.gift is not None
        today: Balance = self.times[teen].today
        return Grant(
            id="grt_1",
            teen=teen,
            day=today.day,
            minutes=minutes,
            state=state,
            by="me",
            effect=self.gift,
            balance=today,
        )

    async def accept_grant(self, grant: str) -> Grant:
        await self._note("accept_grant", grant)
        return self._grant(next(iter(self.times)), 20, "given")

    async def undo_grant(self, grant: str) -> Grant:
        await self._note("undo_grant", grant)
        return self._grant(next(iter(self.times)), 0, "undone")

    async def make_code(self, teen: str, minutes: int, *, key: str = "") -> Code:
        await self._note("make_code", teen, minutes, bool(key))
        return Code(
            id="cod_1",
            teen=teen,
            minutes=minutes,
            state="offered",
            expires_at=self.clock() + timedelta(minutes=10),
            code="407129",
        )

    async def withdraw_code(self, code: str) -> Code:
        await self._note("withdraw_code", code)
        return Code(id=code, teen="", minutes=0, state="withdrawn", expires_at=self.clock())

    async def redeem_code(self, code: str, *, key: str = "") -> CodeRedeemed:
        await self._note("redeem_code", code, bool(key))
        today = next(iter(self.times.values())).today
        return CodeRedeemed(minutes=15, words="+15 min from Dana", balance=today)

    async def apps(self) -> Apps:
        await self._note("apps")
        return Apps(items=self.bound)

    async def remove_app(self, app: str) -> None:
        await self._note("remove_app", app)
        self.bound = tuple(one for one in self.bound if one.id != app)

    # requests

    async def requests(self, teen: str, *, after: str = "") -> Requests:
        await self._note("requests", teen, after)
        items = tuple(one for one in self.asked_requests.values() if one.teen == teen)
        return Requests(items=items, waiting=sum(1 for one in items if one.may))

    async def ask(self, teen: str, wish: Wish, *, reason: str = "", key: str = "") -> Request:
        await self._note("ask", teen, wish, reason, bool(key))
        assert self.answer_next is not None
        return self._keep(replace(self.answer_next, wish=wish, reason=reason))

    def _keep(self, request: Request) -> Request:
        request = self.answer_next or request
        self.answer_next = None
        self.asked_requests[request.id] = request
        return request

    def _closed(self, request: str, state: str, outcome: str) -> Request:
        known = self.asked_requests[request]
        return self._keep(
            replace(known, state=state, outcome=outcome, may=(), closed_at=self.clock())
        )

    async def approve_request(
        self,
        request: str,
        *,
        minutes: int | None = None,
        rest_of_day: bool = False,
        note: str = "",
        key: str = "",
    ) -> Request:
        await self._note("approve_request", request, minutes, rest_of_day, note, bool(key))
        return self._closed(request, "approved", f"You approved {minutes or 30} min.")

    async def decline_request(self, request: str, *, reason: str = "", key: str = "") -> Request:
        await self._note("decline_request", request, reason, bool(key))
        return self._closed(request, "declined", "You declined.")

    async def counter_request(
        self, request: str, wish: Wish, *, note: str = "", key: str = ""
    ) -> Request:
        await self._note("counter_request", request, wish, note, bool(key))
        counter = Counter(
            wish=wish, words="15 min more today", by="me", name="you", at=self.clock()
        )
        known = self.asked_requests[request]
        return self._keep(replace(known, state="countered", counter=counter, may=("note",)))

    async def accept_request(self, request: str, *, key: str = "") -> Request:
        await self._note("accept_request", request, bool(key))
        return self._closed(request, "approved", "You took 15 min from Dana.")

    async def withdraw_request(self, request: str, *, key: str = "") -> Request:
        await self._note("withdraw_request", request, bool(key))
        return self._closed(request, "withdrawn", "You took it back.")

    async def note_request(self, request: str, text: str, *, key: str = "") -> Request:
        await self._note("note_request", request, text, bool(key))
        note = RequestNote(by="me", name="you", text=text, at=self.clock())
        known = self.asked_requests[request]
        return self._keep(replace(known, notes=(*known.notes, note)))

    async def agreements(self, teen: str) -> Agreements:
        await self._note("agreements", teen)
        return Agreements(items=tuple(one for one in self.agreed if one.teen == teen))

    async def propose(self, teen: str, plan: Plan, *, reason: str = "", key: str = "") -> Request:
        await self._note("propose", teen, plan, reason, bool(key))
        assert self.answer_next is not None
        return self._keep(self.answer_next)

    async def review_agreement(
        self, agreement: str, *, again_in_days: int | None = None, end: bool = False
    ) -> Agreement:
        await self._note("review_agreement", agreement, again_in_days, end)
        known = next(one for one in self.agreed if one.id == agreement)
        return replace(known, state="ended" if end else "agreed")
