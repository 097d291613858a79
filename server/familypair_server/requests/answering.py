"""Answers to a request: yes, no, another offer, and the teen's yes or withdrawal.

All under the teen's lock, so of answers at the same instant one is first: it alone has an effect,
and the others read what happened (product.md section 6).
"""

from collections.abc import Callable
from functools import partial

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.requests import moves
from familypair.rules.requests.apply import refused_yes
from familypair.rules.requests.model import Asked
from familypair.rules.requests.parts import needs
from familypair.rules.requests.table import Event
from familypair.rules.requests.wishes import Patched, checked, values_of
from familypair.schema import requests as wire
from familypair.schema.requests import MoreTime, Wish
from familypair.settings import field, pointer_of
from familypair.text import clean_line
from familypair_server.problems import Refused, refuse
from familypair_server.requests import statements as sql
from familypair_server.requests import views
from familypair_server.requests.closing import moved
from familypair_server.requests.places import place_faults
from familypair_server.requests.standing import Asker, Held, Standing, held
from familypair_server.storage import Txn, notify, transaction
from familypair_server.times import millis

NOTE_LIMIT = 140
"""Most characters of a reason or a note."""
MOST_NOTES = 30
"""Lines of one request: notes are no means of harassment."""

Move = Callable[[Held], Asked | Refusal]


def cleaned(text: str, pointer: str) -> str:
    """What somebody typed as one clean line, empty when they typed nothing; raises `Refused`."""
    if not text.strip():
        return ""
    line = clean_line(text, pointer=pointer, limit=NOTE_LIMIT)
    if isinstance(line, Refusal):
        raise Refused(line)
    return line


@transaction
def approve(ask: Asker, request_id: str, body: wire.ApproveAsk) -> Txn[wire.Request]:
    """A guardian's yes, to all of it or to fewer minutes. The last one makes it take effect."""

    def move(it: Held) -> Asked | Refusal:
        amount = _amount(it, body)
        return moves.approve(it.asked, ask.caller_id, amount, ask.now, _needs(it))

    note = cleaned(body.note, "/note")
    return (yield from _answer(ask, request_id, move, note))


def _amount(it: Held, body: wire.ApproveAsk) -> int | None:
    """Minutes, or None for all of it; the rest of the day is at most what was asked."""
    if body.minutes is not None and body.rest_of_day:
        raise refuse(Reason.OUT_OF_RANGE, "/minutes", expected="minutes or rest_of_day")
    wish = it.asked.wish if it.asked.counter is None else it.asked.counter.wish
    if not body.rest_of_day or not isinstance(wish, MoreTime) or wish.minutes is None:
        return body.minutes
    left = int((it.standing.facts.book.day.end - it.standing.now).total_seconds()) // 60
    return max(1, min(wish.minutes, left))


@transaction
def decline(ask: Asker, request_id: str, body: wire.DeclineAsk) -> Txn[wire.Request]:
    """A guardian's no: one closes it. The teen reads the reason."""
    reason = cleaned(body.reason, "/reason")

    def move(it: Held) -> Asked | Refusal:
        return moves.decline(it.asked, ask.caller_id, ask.now)

    return (yield from _answer(ask, request_id, move, reason))


@transaction
def counter(ask: Asker, request_id: str, body: wire.CounterAsk) -> Txn[wire.Request]:
    """Another offer of the same kind, which the teen accepts or lets go."""
    note = cleaned(body.note, "/note")

    def move(it: Held) -> Asked | Refusal:
        wish = whole(it.standing, body.wish)
        _refuse_unseen(ask, it, wish)
        found = moves.counter(it.asked, ask.caller_id, wish, ask.now, _needs(it))
        if isinstance(found, Refusal):
            return found
        return refused_yes(it.standing.facts, it.asked, wish, ask.caller_id) or found

    return (yield from _answer(ask, request_id, move, note))


def _refuse_unseen(ask: Asker, it: Held, wish: Wish) -> None:
    """An offer names only fields that its maker may see; raises `Refused`."""
    if not isinstance(wish, Patched):
        return
    reader = views.reader_of(it.standing.state, ask.caller_id)
    for path in values_of(wish):
        if not reader.may_see(path):
            pointer = f"/wish/patch{pointer_of(path)}"
            raise refuse(Reason.SCOPE_NOT_GRANTED, pointer, scope=field(path).scope.value)


@transaction
def accept(ask: Asker, request_id: str) -> Txn[wire.Request]:
    """The teen takes the offer."""
    return (
        yield from _teens(ask, request_id, lambda it: moves.accept(it.asked, ask.now, _needs(it)))
    )


@transaction
def withdraw(ask: Asker, request_id: str) -> Txn[wire.Request]:
    """The teen takes it back: at any time, whoever has answered."""
    return (yield from _teens(ask, request_id, lambda it: moves.withdraw(it.asked, ask.now)))


@transaction
def note(ask: Asker, request_id: str, body: wire.NoteAsk) -> Txn[wire.Request]:
    """A line for the others of this request, while it is open."""
    text = cleaned(body.text, "/text")
    if not text:
        raise refuse(Reason.BAD_TEXT, "/text")
    it = yield from held(ask, request_id)
    actor = Actor.TEEN if _is_teens(ask, it) else Actor.GUARDIAN
    outcome = moves.advance(it.asked, Event.NOTE, actor, ask.now)
    if isinstance(outcome, Refusal):
        raise Refused(_with_words(ask, it, outcome))
    lines = yield from sql.notes.all(teen=it.stored.teen_id, request=request_id)
    if len(lines) >= MOST_NOTES:
        raise refuse(Reason.TOO_MANY_REQUESTS)
    yield from _keep_note(ask, it, text)
    yield from sql.touch.run(teen=it.stored.teen_id, id=request_id)
    yield from notify(it.stored.teen_id)
    return (yield from views.of(ask, it.standing, it.stored))


def _answer(ask: Asker, request_id: str, move: Move, text: str) -> Txn[wire.Request]:
    it = yield from held(ask, request_id)
    if _is_teens(ask, it):
        raise refuse(Reason.WRONG_CALLER)
    return (yield from _done(ask, it, move, text))


def _teens(ask: Asker, request_id: str, move: Move) -> Txn[wire.Request]:
    it = yield from held(ask, request_id)
    if not _is_teens(ask, it):
        raise refuse(Reason.WRONG_CALLER)
    return (yield from _done(ask, it, move, ""))


def _is_teens(ask: Asker, it: Held) -> bool:
    return ask.caller_id == it.stored.teen_id


def _done(ask: Asker, it: Held, move: Move, text: str) -> Txn[wire.Request]:
    outcome = move(it)
    if isinstance(outcome, Refusal):
        raise Refused(_with_words(ask, it, outcome))
    if text:
        yield from _keep_note(ask, it, text)
    after = yield from moved(ask.desk, it.standing, it.stored, outcome)
    return (yield from views.after(ask, after))


def _keep_note(ask: Asker, it: Held, text: str) -> Txn[None]:
    yield from sql.add_note.run(
        teen=it.stored.teen_id,
        request=it.stored.id,
        by=ask.caller_id,
        text=text,
        now=millis(ask.now),
    )


def _needs(it: Held) -> moves.Needs:
    return partial(needs, it.standing.facts)


def whole(standing: Standing, wish: Wish, place: str = "/wish") -> Wish:
    """A wish as it came, cleaned; raises `Refused` with each fault's place in the body."""
    found = checked(wish, standing.now, standing.facts.book.day.end)
    if isinstance(found, tuple):
        raise Refused(*(placed(fault, place) for fault in found))
    faults = place_faults(found)
    if faults:
        raise Refused(*(placed(fault, place) for fault in faults))
    return found


def placed(fault: Refusal, place: str) -> Refusal:
    """A fault of a wish with its place in the body; one of the whole wish has none."""
    return Refusal(fault.reason, f"{place}{fault.pointer}" if fault.pointer else "", fault.params)


def _with_words(ask: Asker, it: Held, refusal: Refusal) -> Refusal:
    """Whoever comes too late reads what happened."""
    if refusal.reason is not Reason.REQUEST_CLOSED:
        return refusal
    what = views.outcome(ask.caller_id, it.standing.state, it.asked)
    return Refusal(refusal.reason, refusal.pointer, {"what": what})
