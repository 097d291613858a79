"""A request as one viewer may see it: the teen whole, a guardian without who the others are."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import msgspec

from familypair.reasons import Reason
from familypair.rules.layers import layer_of
from familypair.rules.requests.apply import refused_yes
from familypair.rules.requests.model import Asked, Given, PartState
from familypair.rules.requests.moves import TEEN, wish_with
from familypair.rules.requests.table import LIVE, RequestState
from familypair.rules.requests.words import (
    USE,
    Reader,
    context_words,
    effect_words,
    outcome_words,
    seen,
    suggested,
    wish_words,
)
from familypair.rules.time.blocks import BLOCKS, NextBlock, next_block
from familypair.rules.visible import may_see
from familypair.schema import requests as wire
from familypair.schema.scopes import Scope
from familypair.settings import Audience
from familypair_server.requests import statements as sql
from familypair_server.requests.records import StoredRequest, load
from familypair_server.requests.standing import Asker, Standing, as_it_is, may_read, standing_of
from familypair_server.requests.standing import seen as held_for_reading
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn
from familypair_server.times import instant, millis

_FIRST_DAY: Final = {
    Reason.PROBATION_GIFT_LIMIT: "not in the first 24 hours of a link: 60 minutes a day at most",
    Reason.PROBATION_BOUND: "not in the first 24 hours of a link: a yes has to wait until then",
}
ANOTHER: Final = "another_guardian"
WEEK: Final = timedelta(days=7)
STEP: Final = 900
"""A guardian's figure of the open day moves in steps of 15 minutes (product.md section 5)."""


def reader_of(state: TeenState, viewer: str) -> Reader:
    """How this viewer reads: the fields that they may see, and in which voice."""
    zone = state.policy.zone
    if viewer == state.teen.id:
        return Reader(audience=Audience.TEEN, zone=zone, may_see=_everything)
    link = state.link_of(viewer)
    scopes = frozenset[Scope]() if link is None else link.scopes
    return Reader(
        audience=Audience.GUARDIAN,
        id=viewer,
        zone=zone,
        may_see=partial(_may_see, scopes),
        step=STEP,
    )


def _everything(_path: str) -> bool:
    return True


def _may_see(scopes: frozenset[Scope], path: str) -> bool:
    return Scope.SEE_TIME in scopes if path == USE else may_see(path, scopes)


def name_for(state: TeenState, viewer: str, who: str) -> tuple[str, str]:
    """Somebody's wire id and name for this viewer; another guardian stays unnamed."""
    teen = state.teen
    if who in {TEEN, teen.id}:
        return ("me" if viewer == teen.id else "teen"), teen.name
    person = state.people.get(who)
    name = "a guardian" if person is None else person.name
    if who == viewer:
        return "me", name
    layer = layer_of(state.policy, viewer)
    if viewer == teen.id or (layer is not None and who in layer.known_to):
        return who, name
    return ANOTHER, "another guardian"


def outcome(viewer: str, state: TeenState, asked: Asked) -> str:
    """What happened, without a full stop; empty while it is open."""
    if asked.state in LIVE or asked.closed_at is None:
        return ""
    me, name = name_for(state, viewer, asked.closed_by) if asked.closed_by else ("", "")
    taken = asked.closed_by == TEEN and asked.offered_by
    return outcome_words(
        asked.state,
        who="you" if me == "me" else name,
        wish=asked.wish,
        minutes=asked.minutes,
        at=asked.closed_at,
        zone=state.policy.zone,
        offer=_whose(state, viewer, asked.offered_by) if taken else "",
    )


def _whose(state: TeenState, viewer: str, who: str) -> str:
    """`your`, `Dana's`, or `the` where this viewer is not told whose."""
    owner, name = name_for(state, viewer, who)
    if owner == ANOTHER:
        return "the"
    return "your" if owner == "me" else f"{name}'s"


def after(ask: Asker, stored: StoredRequest) -> Txn[wire.Request]:
    """The request as the caller sees it after their own act."""
    it = yield from held_for_reading(ask, stored.id)
    return (yield from of(ask, it.standing, it.stored))


def of(ask: Asker, standing: Standing, stored: StoredRequest) -> Txn[wire.Request]:
    """One request with its notes and its context."""
    lines = yield from sql.notes.all(teen=stored.teen_id, request=stored.id)
    week = yield from _week(ask, standing)
    return _shape(ask.caller_id, standing, stored, lines, week)


def listed(ask: Asker, state: TeenState, rows: Sequence[sql.RequestRow]) -> Txn[list[wire.Request]]:
    """Several requests of one teen, in the order given."""
    if not rows:
        return []
    standing = yield from standing_of(state, ask.now)
    week = yield from _week(ask, standing)
    lines: dict[str, list[sql.NoteRow]] = {row.id: [] for row in rows}
    for line in (yield from sql.notes_of.all(teen=state.teen.id, ids=",".join(lines))):
        lines[line.request_id].append(line)
    found: list[wire.Request] = []
    for row in rows:
        stored = as_it_is(load(row), state, ask.now)
        if not may_read(state, ask.caller_id, stored.asked.created_at):
            continue
        found.append(_shape(ask.caller_id, standing, stored, lines[row.id], week))
    return found


def _week(ask: Asker, standing: Standing) -> Txn[list[Asked]]:
    """What this viewer was asked (the teen: has asked) in the last seven days."""
    since = millis(ask.now - WEEK)
    rows = yield from sql.since.all(teen=standing.state.teen.id, viewer=ask.caller_id, since=since)
    found = [load(row).asked for row in rows]
    return [one for one in found if may_read(standing.state, ask.caller_id, one.created_at)]


def _shape(
    viewer: str,
    standing: Standing,
    stored: StoredRequest,
    lines: Sequence[sql.NoteRow],
    week: Sequence[Asked],
) -> wire.Request:
    state, asked = standing.state, stored.asked
    reader, live = reader_of(state, viewer), asked.state in LIVE
    said = outcome(viewer, state, asked)
    return wire.Request(
        id=stored.id,
        teen=state.teen.id,
        teen_name=state.teen.name,
        state=asked.state.value,
        wish=seen(asked.wish, reader),
        words=wish_words(asked.wish, reader),
        reason=stored.reason,
        parts=_parts(state, viewer, asked),
        any_one=asked.any_one,
        counter=_counter(state, viewer, asked, reader),
        notes=tuple(_note(state, viewer, line) for line in lines),
        created_at=asked.created_at,
        expires_at=asked.expires_at,
        closed_at=asked.closed_at,
        outcome=f"{said[0].upper()}{said[1:]}." if said else "",
        effect=_effect(standing, viewer, asked, reader) if live else "",
        context=_context(standing, reader, week) if live else "",
        suggested_minutes=_suggested(standing, asked) if live else None,
        may=_may(viewer, state, asked),
    )


def _effect(standing: Standing, viewer: str, asked: Asked, reader: Reader) -> str:
    """What a yes does now, and whether somebody else has to agree as well."""
    offered = asked.wish if asked.counter is None else asked.counter.wish
    words = _not_yet(standing, viewer, asked, reader) or effect_words(
        standing.facts.book, offered, reader
    )
    others = [who for who in asked.waits_for if who != viewer]
    if asked.any_one or not others or viewer not in asked.waits_for:
        return words
    more = "another guardian" if len(others) == 1 else f"{len(others)} others"
    return f"{words}; {more} must agree too"


def _not_yet(standing: Standing, viewer: str, asked: Asked, reader: Reader) -> str:
    """That a yes has to wait for the end of the first day, for the teen and for who gives it."""
    facts, book = standing.facts, standing.facts.book
    if not reader.is_teen:
        book = book.as_told(sees_use=reader.may_see(USE))
    facts = msgspec.structs.replace(facts, book=book)
    wish = asked.wish if asked.counter is None else asked.counter.wish
    owners = [one for one in asked.waits_for if reader.is_teen or one == viewer]
    found = [refused_yes(facts, asked, wish, owner) for owner in owners]
    faults = [one for one in found if one is not None]
    if not faults or (asked.any_one and len(faults) < len(found)):
        return ""
    return _FIRST_DAY.get(faults[0].reason, "")


def _parts(state: TeenState, viewer: str, asked: Asked) -> tuple[wire.RequestPart, ...]:
    """Whose yes it needs. Where one yes is enough, others who are merely asked are not shown."""
    shown = [
        who
        for who in asked.asked
        if not asked.any_one or viewer in {state.teen.id, who} or asked.answer_of(who) is not None
    ]
    return tuple(_part(state, viewer, who, asked) for who in shown)


def _part(state: TeenState, viewer: str, who: str, asked: Asked) -> wire.RequestPart:
    owner, name = name_for(state, viewer, who)
    given = asked.answer_of(who) or Given(owner=who, state=PartState.OPEN, at=asked.created_at)
    answered = given.state is not PartState.OPEN
    return wire.RequestPart(
        owner=owner,
        name=name,
        state=given.state.value,
        minutes=given.minutes,
        at=given.at if answered else None,
        by_rule=bool(given.rule),
    )


def _counter(state: TeenState, viewer: str, asked: Asked, reader: Reader) -> wire.Counter | None:
    offer = asked.counter
    if offer is None:
        return None
    by, name = name_for(state, viewer, offer.by)
    return wire.Counter(
        wish=seen(offer.wish, reader),
        words=wish_words(offer.wish, reader),
        by=by,
        name=name,
        at=offer.at,
    )


def _note(state: TeenState, viewer: str, line: sql.NoteRow) -> wire.RequestNote:
    by, name = name_for(state, viewer, line.by_id)
    return wire.RequestNote(by=by, name=name, text=line.text, at=instant(line.at))


def _context(standing: Standing, reader: Reader, week: Sequence[Asked]) -> str:
    book, use = standing.facts.book, standing.balance.use
    shown = use.known and reader.may_see(USE)
    return context_words(
        used=book.use_seconds if shown else None,
        next_block=_next_block(standing) if reader.may_see(BLOCKS) else None,
        asks=len(week),
        granted=sum(one.state is RequestState.APPROVED for one in week),
        reader=reader,
    )


def _suggested(standing: Standing, asked: Asked) -> int | None:
    block = _next_block(standing)
    day_ends = standing.facts.book.day.end
    ends = [day_ends] if block is None else [day_ends, block.start]
    return suggested(wish_with(asked), standing.now, ends)


def _next_block(standing: Standing) -> NextBlock | None:
    """Today's next block."""
    facts = standing.facts
    found = next_block(facts.book.policy, facts.lifted, standing.now)
    return found if found is not None and found.start < facts.book.day.end else None


def _may(viewer: str, state: TeenState, asked: Asked) -> tuple[str, ...]:
    if asked.state not in LIVE:
        return ()
    countered = asked.state is RequestState.COUNTERED
    if viewer == state.teen.id:
        return ("accept", "withdraw", "note") if countered else ("withdraw", "note")
    if viewer not in asked.waits_for:
        return ("note",)
    return (
        ("approve", "decline", "note") if countered else ("approve", "decline", "counter", "note")
    )
