"""Moving a request: pure, by the table, with the guards of A8.

`needs` tells whose yes a wish needs at this very moment; it is asked again at each answer, so a
layer that was loosened since needs no yes and one that was tightened does.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.actors import Actor
from familypair.rules.requests.model import Asked, Given, Need, Offer, PartState
from familypair.rules.requests.table import LIVE, MOVES, Event, RequestState
from familypair.rules.requests.wishes import Patched, amount_of, covered, kind_of
from familypair.schema.requests import MoreTime, Wish

Needs = Callable[[Wish], Need | Refusal]

TEEN = "teen"


def as_of(request: Asked, now: datetime) -> Asked:
    """The request as it stands at `now`: one whose time is over has expired."""
    if request.state not in LIVE or now < request.expires_at:
        return request
    return expired(request, request.expires_at)


def expired(request: Asked, at: datetime) -> Asked:
    """The request, over without an answer."""
    return msgspec.structs.replace(request, state=RequestState.EXPIRED, closed_at=at, closed_by="")


def advance(
    request: Asked, event: Event, actor: Actor, now: datetime, **changes: Any
) -> Asked | Refusal:
    """The request after an event, by the table alone; `changes` are set with the new state."""
    before = as_of(request, now)
    if before.state not in LIVE:
        return Refusal(Reason.REQUEST_CLOSED)
    target = MOVES.get((before.state, event, actor))
    if target is None:
        return Refusal(Reason.NO_SUCH_MOVE)
    return msgspec.structs.replace(before, state=target, **changes)


def approve(
    request: Asked,
    owner: str,
    amount: int | None,
    now: datetime,
    needs: Needs,
    *,
    rule: str = "",
) -> Asked | Refusal:
    """An owner's yes to all of it, or to fewer minutes; the last one closes it.

    With an offer on the table it is a yes to that offer. The strictest amount of all is what is
    agreed to, and who must answer is judged by that amount.
    """
    fault = _may_answer(request, owner, now)
    if fault is not None:
        return fault
    actor = Actor.SYSTEM if rule else Actor.GUARDIAN
    offered = request.counter.wish if request.counter is not None else None
    wish = offered or request.wish
    wrong = _amount_fault(wish, amount)
    if wrong is not None:
        return wrong
    yes = Given(
        owner=owner, state=PartState.APPROVED, at=now, minutes=amount, wish=offered, rule=rule
    )
    answers = (*request.answers, yes)
    if offered is not None:
        return advance(request, Event.YES, actor, now, answers=answers)
    return _closing(request, answers, needs, now, (Event.YES, Event.LAST_YES, actor, owner))


def _amount_fault(wish: Wish, amount: int | None) -> Refusal | None:
    if amount is None:
        return None
    if not isinstance(wish, MoreTime):
        return Refusal(Reason.OUT_OF_RANGE, "/minutes", {"expected": "no minutes here"})
    return Refusal(Reason.MORE_THAN_ASKED, "/minutes") if amount > amount_of(wish) else None


def decline(request: Asked, owner: str, now: datetime) -> Asked | Refusal:
    """One no closes it."""
    fault = _may_answer(request, owner, now)
    if fault is not None:
        return fault
    no = Given(owner=owner, state=PartState.DECLINED, at=now)
    answers = (*request.answers, no)
    return advance(
        request,
        Event.DECLINE,
        Actor.GUARDIAN,
        now,
        answers=answers,
        closed_at=now,
        closed_by=owner,
    )


def counter(request: Asked, owner: str, wish: Wish, now: datetime, needs: Needs) -> Asked | Refusal:
    """Another offer in place of a yes or a no: of the same kind, and not more than was asked."""
    fault = _may_answer(request, owner, now)
    if fault is not None:
        return fault
    if not _same_kind(request.wish, wish):
        return Refusal(Reason.OUT_OF_RANGE, "/wish/type", {"expected": kind_of(request.wish)})
    if isinstance(wish, MoreTime) and covered(request.wish, wish):
        return Refusal(Reason.MORE_THAN_ASKED, "/wish/minutes")
    if wish == request.wish:
        return Refusal(Reason.MORE_THAN_ASKED, "/wish")
    need = needs(wish)
    if isinstance(need, Refusal) and need.reason is not Reason.NOTHING_IN_THE_WAY:
        return msgspec.structs.replace(need, pointer="/wish")
    offer = Offer(by=owner, wish=wish, at=now)
    given = Given(owner=owner, state=PartState.COUNTERED, at=now, wish=wish)
    answers = (*request.answers, given)
    return advance(request, Event.COUNTER, Actor.GUARDIAN, now, answers=answers, counter=offer)


def _same_kind(asked: Wish, offered: Wish) -> bool:
    both_patched = isinstance(asked, Patched) and isinstance(offered, Patched)
    return both_patched or kind_of(asked) == kind_of(offered)


def accept(request: Asked, now: datetime, needs: Needs) -> Asked | Refusal:
    """The teen takes the offer: it is the wish from now on, and its owner has agreed to it.

    Another owner's yes stays where it covers the offer; whoever else stands in its way is asked.
    """
    if as_of(request, now).state not in LIVE:
        return Refusal(Reason.REQUEST_CLOSED)
    offer = request.counter
    if offer is None:
        return Refusal(Reason.NO_SUCH_MOVE)
    kept = tuple(
        msgspec.structs.replace(one, state=PartState.APPROVED, wish=None)
        for one in request.answers
        if one.owner == offer.by or _stays(offer.wish, one.wish or request.wish)
    )
    taken = msgspec.structs.replace(request, wish=offer.wish)
    how = (Event.ACCEPT, Event.LAST_ACCEPT, Actor.TEEN, TEEN)
    moved = _closing(taken, kept, needs, now, how)
    if isinstance(moved, Refusal):
        return moved
    return msgspec.structs.replace(moved, counter=None, offered_by=offer.by)


def _stays(offered: Wish, agreed: Wish) -> bool:
    """Whether a yes to one wish holds for the offer; a yes to fewer minutes does, as fewer."""
    return isinstance(offered, MoreTime) or covered(offered, agreed)


def withdraw(request: Asked, now: datetime) -> Asked | Refusal:
    """The teen takes it back, at any time."""
    return advance(
        request, Event.WITHDRAW, Actor.TEEN, now, closed_at=now, closed_by=TEEN, counter=None
    )


def _may_answer(request: Asked, owner: str, now: datetime) -> Refusal | None:
    """First the state: whoever comes late reads what happened."""
    if as_of(request, now).state not in LIVE:
        return Refusal(Reason.REQUEST_CLOSED)
    if owner not in request.asked:
        return Refusal(Reason.NOT_ASKED_OF_YOU)
    return None if request.answer_of(owner) is None else Refusal(Reason.ANSWERED_ALREADY)


def wish_with(request: Asked) -> Wish:
    """The wish with the strictest amount that was agreed to so far."""
    if not isinstance(request.wish, MoreTime):
        return request.wish
    agreed = [one.minutes for one in request.answers if one.minutes is not None]
    least = min(agreed, default=None)
    if least is None or least >= amount_of(request.wish):
        return request.wish
    return MoreTime(minutes=least)


def _closing(
    request: Asked,
    answers: tuple[Given, ...],
    needs: Needs,
    now: datetime,
    how: tuple[Event, Event, Actor, str],
) -> Asked | Refusal:
    """The answers recorded, and whether they were the last that it needed."""
    on, last, actor, by = how
    answered = msgspec.structs.replace(request, answers=answers)
    wish = wish_with(answered)
    need = needs(wish)
    if isinstance(need, Refusal):
        if need.reason is not Reason.NOTHING_IN_THE_WAY:
            return need
        need = Need()
    yes = {one.owner for one in answers}
    missing = tuple(who for who in need.owners if who not in yes)
    if not missing or (need.any_one and yes & set(need.owners)):
        minutes = wish.minutes if isinstance(wish, MoreTime) else None
        return advance(answered, last, actor, now, closed_at=now, closed_by=by, minutes=minutes)
    asked = (*request.asked, *(who for who in missing if who not in request.asked))
    return advance(answered, on, actor, now, asked=asked, any_one=need.any_one)
