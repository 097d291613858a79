"""Asking and agreeing on the wire (product.md section 6, algebra.md A7, A8)."""

from typing import Annotated, Any

from msgspec import Meta

from familypair.schema.base import Answer, Ask, Instant
from familypair.schema.time import Minutes, Note


class WishBase(Ask, frozen=True, kw_only=True, tag_field="type"):
    """The base of every typed wish: the exact change that is asked for."""


class MoreTime(WishBase, frozen=True, kw_only=True, tag="minutes"):
    """More minutes today; `rest_of_day` in place of a number."""

    minutes: Minutes | None = None
    rest_of_day: bool = False


class LiftBlock(WishBase, frozen=True, kw_only=True, tag="lift_block"):
    """Open today's blocks for a while: from `start` (now when absent) until `end`."""

    end: Instant
    start: Instant | None = None


class ChangeSettings(WishBase, frozen=True, kw_only=True, tag="settings"):
    """Change settings for good: a merge patch of what should hold, one field or more."""

    patch: dict[str, Any]


class UnblockContact(WishBase, frozen=True, kw_only=True, tag="unblock"):
    """Take a contact off every block list."""

    host: Annotated[str, Meta(min_length=1, max_length=100)]
    account: Annotated[str, Meta(min_length=1, max_length=200)]


class ChangePlace(WishBase, frozen=True, kw_only=True, tag="place"):
    """Another home zone or country."""

    zone: str | None = None
    country: str | None = None


class Plan(WishBase, frozen=True, kw_only=True, tag="plan"):
    """A plan for several fields, looser here and stricter there; with a review date."""

    patch: dict[str, Any]
    title: Annotated[str, Meta(max_length=60)] = ""
    review_in_days: Annotated[int, Meta(ge=7, le=180)] = 30


class SearchFor(WishBase, frozen=True, kw_only=True, tag="search"):
    """Open searches of a category: for words that the teen adds, or without words for all of it."""

    category: Annotated[str, Meta(min_length=1, max_length=40)]
    """`drugs`, ... as in `search.packs`."""
    words: Annotated[str, Meta(max_length=100)] = ""
    """Only if the teen wants it: then those who are asked read them, and a yes opens just these."""


Wish = MoreTime | LiftBlock | ChangeSettings | UnblockContact | ChangePlace | Plan | SearchFor


class RequestAsk(Ask, frozen=True, kw_only=True):
    """A teen asks. The reason is read by the addressees only and never in the ledger."""

    wish: Wish
    reason: Note = ""


class RequestPart(Answer, frozen=True, kw_only=True):
    """One layer in the way, and what its owner answered."""

    owner: str
    """`me`, `teen`, a guardian's id or `another_guardian`."""
    name: str
    state: str
    """`open`, `approved`, `declined` or `countered`."""
    minutes: int | None = None
    """What was approved, for minutes."""
    at: Instant | None = None
    by_rule: bool = False
    """A standing yes of this owner answered."""


class RequestNote(Answer, frozen=True, kw_only=True):
    """A note of the conversation."""

    by: str
    name: str
    text: str
    at: Instant


class Counter(Answer, frozen=True, kw_only=True):
    """A counter-offer that the teen accepts or lets go."""

    wish: Wish
    words: str
    by: str
    name: str
    at: Instant


class Request(Answer, frozen=True, kw_only=True):
    """One request, as this viewer may see it."""

    id: str
    teen: str
    teen_name: str
    state: str
    """`open`, `countered`, `approved`, `declined`, `withdrawn` or `expired`."""
    wish: Wish
    words: str
    """`+30 min today`."""
    reason: str = ""
    parts: tuple[RequestPart, ...]
    """Who must answer: the least set of owners (A8)."""
    any_one: bool = False
    """One yes is enough: only the starting value stands in the way (minutes), or nobody's rule
    does (a plan)."""
    counter: Counter | None = None
    notes: tuple[RequestNote, ...] = ()
    created_at: Instant
    expires_at: Instant
    closed_at: Instant | None = None
    outcome: str = ""
    """What happened, in one sentence, when it is closed."""
    effect: str = ""
    """What a yes would do now: "limit 1 h to 1 h 30, today only; would end at 17:37"."""
    context: str = ""
    """Used today, the next block, how often was asked this week."""
    suggested_minutes: int | None = None
    may: tuple[str, ...] = ()
    """What this viewer may do now: `approve decline counter note accept withdraw`."""


class Requests(Answer, frozen=True, kw_only=True):
    """My requests (teen), or those that I am asked (guardian), newest first."""

    items: tuple[Request, ...]
    waiting: int = 0
    """How many wait for this viewer."""
    next: str | None = None


class ApproveAsk(Ask, frozen=True, kw_only=True):
    """Yes, all of it or a smaller amount of minutes."""

    minutes: Minutes | None = None
    rest_of_day: bool = False
    note: Note = ""


class DeclineAsk(Ask, frozen=True, kw_only=True):
    """No; the teen reads the reason."""

    reason: Note = ""


class CounterAsk(Ask, frozen=True, kw_only=True):
    """Another offer in place of a yes or a no."""

    wish: Wish
    note: Note = ""


class NoteAsk(Ask, frozen=True, kw_only=True):
    """A line for the others of this request."""

    text: Annotated[str, Meta(min_length=1, max_length=140)]


class Agreement(Answer, frozen=True, kw_only=True):
    """What was agreed: a mark on rules with a date to look at them again, not a lock (A24)."""

    id: str
    teen: str
    title: str
    words: tuple[str, ...]
    patch: dict[str, Any]
    with_: tuple[str, ...]
    """The names of those who agreed, as this viewer may know them."""
    agreed_at: Instant
    review_at: Instant
    state: str
    """`agreed`, `review_due` or `ended`."""
    ended_by: str = ""
    ended_at: Instant | None = None


class Agreements(Answer, frozen=True, kw_only=True):
    """Agreements that I am part of, newest first."""

    items: tuple[Agreement, ...]


class AgreementAsk(Ask, frozen=True, kw_only=True):
    """A teen proposes a plan (`POST .../agreements`): the same object as a request with a plan."""

    plan: Plan
    reason: Note = ""


class ReviewAsk(Ask, frozen=True, kw_only=True):
    """Look at it again later, or end the mark."""

    again_in_days: Annotated[int, Meta(ge=7, le=180)] | None = None
    end: bool = False


class AutoRuleAsk(Ask, frozen=True, kw_only=True):
    """A guardian's standing yes: "+15 once a day on weekends"."""

    minutes: Annotated[int, Meta(ge=5, le=120)]
    days: Annotated[tuple[str, ...], Meta(min_length=1, max_length=7)]
    times_a_day: Annotated[int, Meta(ge=1, le=3)] = 1


class AutoRule(Answer, frozen=True, kw_only=True):
    """An auto-rule of one guardian's layer."""

    id: str
    teen: str
    owner: str
    name: str
    minutes: int
    days: tuple[str, ...]
    times_a_day: int
    words: str
    created_at: Instant


class AutoRules(Answer, frozen=True, kw_only=True):
    """Auto-rules that I may see: the teen all of them, a guardian their own."""

    items: tuple[AutoRule, ...]
