"""Asking and agreeing (product.md section 6)."""

from familypair.client.calls_base import Calls
from familypair.schema.requests import (
    Agreement,
    AgreementAsk,
    Agreements,
    ApproveAsk,
    AutoRule,
    AutoRuleAsk,
    AutoRules,
    CounterAsk,
    DeclineAsk,
    NoteAsk,
    Plan,
    Request,
    RequestAsk,
    Requests,
    ReviewAsk,
    Wish,
)


class RequestCalls(Calls):
    """A teen asks, those in the way answer."""

    async def requests(self, teen: str, *, after: str = "") -> Requests:
        """My requests (teen) or those that I am asked (guardian), newest first, a page."""
        query = {"after": after} if after else {}
        return await self._wire.ask(self._get("teens", teen, "requests", **query), Requests)

    async def request(self, request: str) -> Request:
        """One request."""
        return await self._wire.ask(self._get("requests", request), Request)

    async def ask(self, teen: str, wish: Wish, *, reason: str = "", key: str = "") -> Request:
        """Teen: ask for an exact change; the reason is read by those who are asked only."""
        body = RequestAsk(wish=wish, reason=reason)
        return await self._wire.ask(
            self._create("teens", teen, "requests", body=body, key=key), Request
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
        """Yes: all of it, or a smaller amount of minutes."""
        body = ApproveAsk(minutes=minutes, rest_of_day=rest_of_day, note=note)
        return await self._answer(request, "approve", body, key)

    async def decline_request(self, request: str, *, reason: str = "", key: str = "") -> Request:
        """No; the teen reads the reason."""
        return await self._answer(request, "decline", DeclineAsk(reason=reason), key)

    async def counter_request(
        self, request: str, wish: Wish, *, note: str = "", key: str = ""
    ) -> Request:
        """Another offer, which the teen accepts or lets go."""
        return await self._answer(request, "counter", CounterAsk(wish=wish, note=note), key)

    async def accept_request(self, request: str, *, key: str = "") -> Request:
        """Teen: take the counter-offer."""
        return await self._answer(request, "accept", None, key)

    async def withdraw_request(self, request: str, *, key: str = "") -> Request:
        """Teen: take my request back."""
        return await self._answer(request, "withdraw", None, key)

    async def note_request(self, request: str, text: str, *, key: str = "") -> Request:
        """A line for the others of this request."""
        return await self._answer(request, "notes", NoteAsk(text=text), key)

    async def _answer(
        self,
        request: str,
        act: str,
        body: ApproveAsk | DeclineAsk | CounterAsk | NoteAsk | None,
        key: str,
    ) -> Request:
        return await self._wire.ask(
            self._create("requests", request, act, body=body, key=key), Request
        )


class AgreementCalls(Calls):
    """What was agreed, and standing yeses."""

    async def agreements(self, teen: str) -> Agreements:
        """Agreements that I am part of, newest first."""
        return await self._wire.ask(self._get("teens", teen, "agreements"), Agreements)

    async def propose(self, teen: str, plan: Plan, *, reason: str = "", key: str = "") -> Request:
        """Teen: propose a plan; it is answered like any request."""
        body = AgreementAsk(plan=plan, reason=reason)
        return await self._wire.ask(
            self._create("teens", teen, "agreements", body=body, key=key), Request
        )

    async def review_agreement(
        self, agreement: str, *, again_in_days: int | None = None, end: bool = False
    ) -> Agreement:
        """Look at it again later, or end the mark; the rules themselves stay."""
        body = ReviewAsk(again_in_days=again_in_days, end=end)
        return await self._wire.ask(
            self._post("agreements", agreement, "review", body=body), Agreement
        )

    async def auto_rules(self, teen: str) -> AutoRules:
        """Standing yeses: the teen sees all of them, a guardian their own."""
        return await self._wire.ask(self._get("teens", teen, "auto-rules"), AutoRules)

    async def add_auto_rule(
        self, teen: str, minutes: int, *, days: tuple[str, ...], times_a_day: int = 1, key: str = ""
    ) -> AutoRule:
        """Guardian: say yes ahead, so many times a day on these weekdays."""
        body = AutoRuleAsk(minutes=minutes, days=days, times_a_day=times_a_day)
        return await self._wire.ask(
            self._create("teens", teen, "auto-rules", body=body, key=key), AutoRule
        )

    async def remove_auto_rule(self, rule: str) -> None:
        """Guardian: end a standing yes."""
        await self._wire.send(self._delete("auto-rules", rule))
