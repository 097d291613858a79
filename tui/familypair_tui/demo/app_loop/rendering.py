"""Pages and JSON of the same things; everything is escaped: an explanation is never markup."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

from familypair.reasons import Reason
from familypair.schema.base import Instant
from familypair.schema.decisions import DecisionContext
from familypair.schema.policies import By, HelpLine
from familypair.wording import title as title_of
from familypair_tui.demo.app_loop.acts import Shown
from familypair_tui.demo.app_loop.sessions import Member

HERE: Final = Path(__file__).parent / "templates"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)
_NO_RULE: Final = frozenset(
    {Reason.POLICY_UNKNOWN, Reason.POLICY_TOO_OLD, Reason.UNKNOWN_SUBJECT, Reason.UNKNOWN_ACTION}
)
"""Reasons for which no rule is to blame."""
_ASKS: Final = {
    "minutes": "Ask for more time",
    "lift_block": "Ask to open it for a while",
    "search": "Ask about this search",
    "settings": "Ask to change this",
    "unblock": "Ask to unblock this account",
}


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a decision means for the teen."""

    outcome: str
    reason: str
    explanation: str
    decided_by: str
    minutes_left: int | str | None = None
    until: Instant | None = None
    restricted: bool = False
    calm: bool = False
    term: str = ""
    category: str = ""
    help_lines: tuple[HelpLine, ...] = ()
    ask: str = ""
    """The address at which the teen can ask for it."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON answer: what is shown, or nothing, and what was decided."""

    said: Said
    shown: Shown | None = None


@dataclass(frozen=True)
class Reader:
    """For whom a page is."""

    member: Member | None = None
    calm: bool = False
    minutes_left: int | str | None = None


def said_of(said: DecisionContext, ask: str = "") -> Said:
    """A decision without what the teen has no use for."""
    return Said(
        outcome=said.outcome,
        reason=said.reason.value,
        explanation=said.explanation,
        decided_by=said.decided_by.value,
        minutes_left=said.minutes_left,
        until=said.until,
        restricted=said.restricted,
        calm=said.calm,
        term=said.term,
        category=said.category,
        help_lines=said.help.lines if said.help else (),
        ask=ask,
    )


def reader_of(member: Member, said: DecisionContext) -> Reader:
    """What stands above every page."""
    return Reader(member, said.calm, said.minutes_left)


def json(body: Body, status: int = 200) -> Response[Body]:
    """The answer of the API."""
    headers = {"Cache-Control": "no-store"}
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def page(template: str, reader: Reader, *, status: int = 200, **values: Any) -> Response[str]:
    """A page; it works without a script and has none."""
    text = _templates().get_template(template).render(reader=reader, **values)
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, status_code=status, media_type="text/html", headers=headers)


def refused(member: Member, said: DecisionContext, ask: str) -> Response[str]:
    """Why it did not happen, who decided, until when, and the way to ask."""
    wish = said.ask.wish if said.ask else ""
    return page(
        "refused.html",
        reader_of(member, said),
        status=403,
        title=title_of(said.reason),
        said=said,
        more=_more(said),
        until=clock(said.until, member),
        ask=ask,
        ask_words=_ASKS.get(wish, ""),
    )


def _more(said: DecisionContext) -> str:
    """What the explanation does not say: that it passes, or that nobody can change it."""
    if said.reason in _NO_RULE:
        return "Please try again in a moment."
    if said.decided_by is By.PLATFORM and said.ask is None:
        return "Nobody can change this one for you."
    return ""


def clock(at: datetime | None, member: Member) -> str:
    """The time of day where the teen lives; with the day where it is another one than now's."""
    return "" if at is None else f"{at.astimezone(member.zone):%A %H:%M}"


def minutes(left: int | str | None) -> str:
    """`12 minutes left today`; empty where no limit matters."""
    if left is None:
        return ""
    if isinstance(left, str):
        return "More than 15 minutes left today"
    return f"{left} {'minute' if left == 1 else 'minutes'} left today"


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["minutes"] = minutes
    return made
