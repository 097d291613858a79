"""Screen time: balance, insight, calendar, gifts and codes (product.md section 5)."""

from datetime import date

from familypair.client.calls_base import Calls
from familypair.schema.time import (
    Calendar,
    CalendarDraft,
    CalendarImport,
    Code,
    CodeAsk,
    CodeRedeem,
    CodeRedeemed,
    Grant,
    GrantAsk,
    GrantPreview,
    Time,
)


class TimeCalls(Calls):
    """A teen's days, and what may be added to one."""

    async def time(self, teen: str, *, first: date | None = None, last: date | None = None) -> Time:
        """Today's balance and the days of use from `first` to `last` (both included)."""
        return await self._wire.ask(self._get("teens", teen, "time", **_span(first, last)), Time)

    async def time_csv(
        self, teen: str, *, first: date | None = None, last: date | None = None
    ) -> str:
        """The same days as CSV (RFC 4180); a cell that a spreadsheet would run is escaped."""
        call = self._get("teens", teen, "time", "export", **_span(first, last))
        return (await self._wire.send(call)).body.decode("utf-8")

    async def calendar(self, teen: str) -> Calendar:
        """The next 7 days: what blocks when, and why."""
        return await self._wire.ask(self._get("teens", teen, "calendar"), Calendar)

    async def import_calendar(self, teen: str, calendar: CalendarImport) -> CalendarDraft:
        """An iCalendar file as a draft of my exceptions; nothing is saved."""
        call = self._post("teens", teen, "calendar", "import", body=calendar)
        return await self._wire.ask(call, CalendarDraft)

    async def preview_grant(
        self, teen: str, *, minutes: int | None = None, rest_of_day: bool = False
    ) -> GrantPreview:
        """What a gift would do now: "+30, of which 0 now"; nothing is given."""
        body = GrantAsk(minutes=minutes, rest_of_day=rest_of_day)
        call = self._post("teens", teen, "grants", "preview", body=body)
        return await self._wire.ask(call, GrantPreview)

    async def give(
        self, teen: str, *, minutes: int | None = None, rest_of_day: bool = False, key: str = ""
    ) -> Grant:
        """Guardian: give minutes for today, unasked."""
        body = GrantAsk(minutes=minutes, rest_of_day=rest_of_day)
        return await self._wire.ask(
            self._create("teens", teen, "grants", body=body, key=key), Grant
        )

    async def accept_grant(self, grant: str) -> Grant:
        """Teen: take a gift that waits because my own limit is in the way."""
        return await self._wire.ask(self._post("grants", grant, "accept"), Grant)

    async def undo_grant(self, grant: str) -> Grant:
        """Take the unused part of my gift back."""
        return await self._wire.ask(self._delete("grants", grant), Grant)

    async def make_code(self, teen: str, minutes: int, *, key: str = "") -> Code:
        """Guardian: a one-time code for today; it is shown in this answer only."""
        body = CodeAsk(minutes=minutes)
        return await self._wire.ask(self._create("teens", teen, "codes", body=body, key=key), Code)

    async def withdraw_code(self, code: str) -> Code:
        """Guardian: take back a code that was not used."""
        return await self._wire.ask(self._delete("codes", code), Code)

    async def redeem_code(self, code: str, *, key: str = "") -> CodeRedeemed:
        """Teen: use a code that a guardian said."""
        call = self._create("codes", "redeem", body=CodeRedeem(code=code), key=key)
        return await self._wire.ask(call, CodeRedeemed)


def _span(first: date | None, last: date | None) -> dict[str, str]:
    days = {"from": first, "to": last}
    return {name: day.isoformat() for name, day in days.items() if day is not None}
