"""Requests, agreements and standing yeses in lines: pure functions of what the server says."""

from collections.abc import Callable
from datetime import datetime

from familypair.schema.requests import Agreement, AutoRule, MoreTime, Request, RequestPart
from familypair.settings import say_minutes
from familypair_tui.plain.console import listed
from familypair_tui.plain.time_lines import capital

When = Callable[[datetime], str]
"""An instant as its reader says it."""

SHORT = 10
"""Characters of an id that are shown: enough to be typed, and to be the only one."""
_STATES = {
    "open": "waits",
    "countered": "another offer waits",
    "approved": "agreed",
    "declined": "declined",
    "withdrawn": "taken back",
    "expired": "not answered in time",
}
_ACTS = {
    "approve": "familypair approve {n}",
    "decline": "familypair decline {n}",
    "counter": "familypair counter {n} ...",
    "accept": "familypair accept {n}",
    "withdraw": "familypair withdraw {n}",
}


def short(name: str) -> str:
    """The beginning of an id, as it may be typed."""
    return name[:SHORT]


def request_lines(one: Request, when: When, *, number: int, guardian: bool) -> list[str]:
    """One request: what, of whom, what a yes would do, and what can be done now."""
    who = f"{one.teen_name}: " if guardian else ""
    lines = [f"{number}. {who}{one.words.rstrip('.')} ({_STATES.get(one.state, one.state)})."]
    if one.reason:
        lines.append(f'   "{one.reason}"')
    lines += [f"   {part_line(part, when)}" for part in one.parts]
    if one.counter is not None:
        offer = one.counter
        lines.append(f"   {offer.name} offers instead, {when(offer.at)}: {offer.words}")
    lines += [f"   {capital(note.name)}, {when(note.at)}: {note.text}" for note in one.notes]
    if one.outcome:
        return [*lines, f"   {one.outcome}", f"   id {short(one.id)}"]
    said = (("A yes", one.effect), ("Now", one.context))
    lines += [f"   {label}: {text.rstrip('.')}." for label, text in said if text]
    acts = [_ACTS[act].format(n=number) for act in one.may if act in _ACTS]
    acts += _smaller(one, number)
    if acts:
        lines.append(f"   You can: {', '.join(acts)}")
    return [*lines, f"   id {short(one.id)}, until {when(one.expires_at)}"]


def _smaller(one: Request, number: int) -> list[str]:
    """A yes to fewer minutes, where that is what the server suggests."""
    asked = one.wish.minutes if isinstance(one.wish, MoreTime) else None
    few = one.suggested_minutes
    if asked is None or few is None or few >= asked or "approve" not in one.may:
        return []
    return [f"familypair approve {number} {few}"]


def part_line(part: RequestPart, when: When) -> str:
    """Who answers for one rule in the way, and what they said."""
    name = capital(part.name)
    if part.state == "open":
        return f"{name}: no answer yet." if part.owner != "me" else "You have not answered yet."
    said = {"approved": "yes", "declined": "no", "countered": "another offer"}
    minutes = "" if part.minutes is None else f", {say_minutes(part.minutes)}"
    at = "" if part.at is None else f", {when(part.at)}"
    return f"{name}: {said.get(part.state, part.state)}{minutes}{at}."


def asked_lines(one: Request, when: When) -> list[str]:
    """What a teen reads after asking: of whom an answer is needed, and until when."""
    lines = [f"Asked: {one.words.rstrip('.')}."]
    waiting = [part.name for part in one.parts if part.state == "open"]
    if one.outcome:
        return [*lines, one.outcome]
    if waiting:
        lines.append(f"{capital(listed(waiting))} can answer until {when(one.expires_at)}.")
    return [*lines, f"Take it back: familypair withdraw {short(one.id)}"]


def answered_lines(one: Request, when: When) -> list[str]:
    """What an answer led to: the outcome, or who is still to answer."""
    if one.outcome:
        return [one.outcome]
    if one.state == "countered" and one.counter is not None:
        waiting = f"{one.teen_name} can take it until {when(one.expires_at)}."
        return [f"Offered: {one.counter.words.rstrip('.')}.", waiting]
    waiting_for = [part.name for part in one.parts if part.state == "open"]
    if waiting_for:
        return [f"Noted. Still to answer: {listed(waiting_for)}."]
    return [f"{one.words.rstrip('.')}: {_STATES.get(one.state, one.state)}."]


def agreement_lines(one: Agreement, when: When) -> list[str]:
    """What was agreed, with whom, and when to look at it again."""
    title = one.title or "Agreement"
    lines = [f"{title}, with {listed(one.with_)}, {when(one.agreed_at)}:"]
    lines += [f"  {text}" for text in one.words]
    if one.state == "ended":
        at = f", {when(one.ended_at)}" if one.ended_at is not None else ""
        by = f" by {one.ended_by}" if one.ended_by else ""
        return [*lines, f"  Ended{by}{at}.", f"  id {short(one.id)}"]
    due = "is due" if one.state == "review_due" else f"on {when(one.review_at)}"
    lines.append(f"  Look at it again {due}." if "due" not in due else f"  The review {due}.")
    lines.append(f"  familypair agreements later {short(one.id)} 30, or end {short(one.id)}")
    return lines


def auto_rule_lines(one: AutoRule) -> list[str]:
    """A standing yes, whose it is, and how to end it."""
    lines = [f"{capital(one.name)}: {one.words.rstrip('.')}."]
    if one.owner == "me":
        lines.append(f"  End it: familypair auto-rules remove {short(one.id)}")
    return lines
