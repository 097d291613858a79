"""A teen asks: checked, judged, answered by standing yeses where they fit, and stored."""

from datetime import timedelta
from functools import partial
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import layer_of
from familypair.rules.requests import moves
from familypair.rules.requests.auto import Standing as Rule
from familypair.rules.requests.auto import answering
from familypair.rules.requests.model import Asked, Need
from familypair.rules.requests.nagging import too_much
from familypair.rules.requests.parts import needs
from familypair.rules.requests.table import LIVE, RequestState
from familypair.rules.requests.wishes import OF_TODAY
from familypair.schema import requests as wire
from familypair.schema.requests import ChangePlace, LiftBlock, Wish
from familypair_server.accounts import statements as accounts
from familypair_server.ids import new_id
from familypair_server.jobs import schedule
from familypair_server.links.transitions import REQUESTS_JOB as JOB
from familypair_server.problems import Refused, refuse
from familypair_server.requests import auto_rules, views
from familypair_server.requests import statements as sql
from familypair_server.requests.answering import cleaned, placed, whole
from familypair_server.requests.closing import begun
from familypair_server.requests.records import StoredRequest, load
from familypair_server.requests.standing import Asker, Standing, as_it_is, standing_of, under_lock
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis

LIFE: Final = timedelta(days=7)
"""How long a wish waits that is not for today only."""


@transaction
def begin(
    ask: Asker, teen_id: str, body: wire.RequestAsk, place: str = "/wish"
) -> Txn[wire.Request]:
    """A new request to exactly those who stand in the way (A8).

    Raises `Refused`: a bad wish, `nothing_in_the_way`, a cap or a frozen layer in the way, too
    much asking. A teen may ask whatever the scopes are. `place` is where the body has the wish.
    """
    reason = cleaned(body.reason, "/reason")
    if isinstance(body.wish, ChangePlace) and ask.caller_id == teen_id:
        yield from accounts.lock.get(id=teen_id)  # before the teen's lock
    state = yield from under_lock(ask, teen_id)
    if ask.caller_id != teen_id:
        raise refuse(Reason.WRONG_CALLER)
    standing = yield from standing_of(state, ask.now)
    wish = whole(standing, body.wish, place)
    yield from _refuse_nagging(standing, wish)
    need = needs(standing.facts, wish)
    if isinstance(need, Refusal):
        raise Refused(placed(need, place))
    stored = StoredRequest(
        id=new_id(ask.desk.random, "req"),
        teen_id=teen_id,
        version=1,
        asked=_asked(standing, wish, need),
        reason=reason,
    )
    stored = yield from _answered_ahead(standing, stored)
    yield from begun(ask.desk, standing, stored)
    if stored.asked.state in LIVE:
        yield from schedule(JOB, teen_id, stored.asked.expires_at)
    return (yield from views.after(ask, stored))


def _asked(standing: Standing, wish: Wish, need: Need) -> Asked:
    day_ends = standing.facts.book.day.end
    ends = min(wish.end, day_ends) if isinstance(wish, LiftBlock) else day_ends
    return Asked(
        state=RequestState.OPEN,
        wish=wish,
        asked=need.owners,
        any_one=need.any_one,
        created_at=standing.now,
        expires_at=ends if isinstance(wish, OF_TODAY) else standing.now + LIFE,
    )


def _refuse_nagging(standing: Standing, wish: Wish) -> Txn[None]:
    day, state = standing.facts.book.day, standing.state
    rows = yield from sql.recent.all(
        teen=state.teen.id, viewer=state.teen.id, since=millis(day.start)
    )
    others = [as_it_is(load(row), state, standing.now).asked for row in rows]
    fault = too_much(wish, others, day, standing.now)
    if fault is not None:
        raise Refused(fault)


def _answered_ahead(standing: Standing, stored: StoredRequest) -> Txn[StoredRequest]:
    """Each asked owner's standing yes, where one fits; it counts as used from then on."""
    teen_id, day = stored.teen_id, standing.facts.book.day
    rows = yield from auto_rules.of_teen(standing.state)
    if not rows:
        return stored
    rules = [auto_rules.load(row) for row in rows]
    used = yield from auto_rules.used_on(teen_id, day.date)
    asked = stored.asked
    for owner in stored.asked.asked:
        rule = answering(rules, owner, asked.wish, day, used)
        outcome = None if rule is None else _by_rule(standing, asked, rule)
        if rule is not None and outcome is not None:
            asked = outcome
            yield from sql.use_rule.run(
                teen=teen_id, rule=rule.id, request=stored.id, day=day.date.isoformat()
            )
        if asked.state not in LIVE:
            break
    return msgspec.structs.replace(stored, asked=asked)


def _by_rule(standing: Standing, asked: Asked, rule: Rule) -> Asked | None:
    """The request with the owner's yes; in the first 24 hours of a link they answer themselves."""
    layer = layer_of(standing.state.policy, rule.owner)
    if layer is None or layer.in_probation(standing.now):
        return None
    judge = partial(needs, standing.facts)
    found = moves.approve(asked, rule.owner, None, standing.now, judge, rule=rule.id)
    return None if isinstance(found, Refusal) else found
