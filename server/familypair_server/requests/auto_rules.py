"""Standing yeses in the database, and making and removing them."""

from datetime import date, timedelta
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import layer_of
from familypair.rules.requests.auto import MOST_RULES, Standing, days_of, rule_words
from familypair.rules.requests.parts import linked
from familypair.schema import requests as wire
from familypair.schema.ledger import AutoRuleChanged
from familypair.schema.scopes import Scope
from familypair_server.auth import limits
from familypair_server.ids import is_id, new_id
from familypair_server.problems import Refused, refuse
from familypair_server.records import ledger
from familypair_server.requests import statements as sql
from familypair_server.requests.standing import Asker, under_lock
from familypair_server.requests.views import name_for
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis

MADE: Final = limits.Rule("auto-rule", free=10, remember=timedelta(days=1))
"""Standing yeses that one guardian can make for one teen in a day.

Removing is never refused: a yes can always be taken back. With those from before it is 25 changes.
"""


def load(row: sql.RuleRow) -> Standing:
    """The row as the rules know it."""
    return msgspec.json.decode(row.doc, type=Standing)


def of_teen(state: TeenState) -> Txn[list[sql.RuleRow]]:
    """Every standing yes of a guardian of this teen, oldest first.

    One from before the owner's link is over for good: a new link begins without any.
    """
    rows = yield from sql.rules.all(teen=state.teen.id)
    present = linked(state.policy)
    return [row for row in rows if row.owner_id in present and _of_this_link(state, row)]


def _of_this_link(state: TeenState, row: sql.RuleRow) -> bool:
    link = state.link_of(row.owner_id)
    return link is not None and row.created_at >= millis(link.activated_at)


def used_on(teen_id: str, day: date) -> Txn[dict[str, int]]:
    """How often each has answered on a local day."""
    rows = yield from sql.uses.all(teen=teen_id, day=day.isoformat())
    return {row.rule_id: row.times for row in rows}


@transaction
def listed(ask: Asker, teen_id: str) -> Txn[wire.AutoRules]:
    """The teen's view has all of them, a guardian's their own."""
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    rows = yield from of_teen(state)
    mine = [row for row in rows if ask.caller_id in {row.owner_id, teen_id}]
    return wire.AutoRules(items=tuple(_view(state, ask.caller_id, row) for row in mine))


@transaction
def make(ask: Asker, teen_id: str, body: wire.AutoRuleAsk) -> Txn[wire.AutoRule]:
    """A guardian's standing yes; with `set_time` only, at most five for one teen."""
    state = yield from under_lock(ask, teen_id)
    if ask.caller_id == teen_id:
        raise refuse(Reason.WRONG_CALLER)
    days = days_of(body.days)
    if days is None:
        raise refuse(Reason.OUT_OF_RANGE, "/days", expected="weekdays: mon .. sun")
    layer = layer_of(state.policy, ask.caller_id)
    if layer is None or Scope.SET_TIME not in layer.scopes:
        raise refuse(Reason.SCOPE_NOT_GRANTED, scope=Scope.SET_TIME.value)
    rows = yield from of_teen(state)
    if sum(row.owner_id == ask.caller_id for row in rows) >= MOST_RULES:
        raise refuse(Reason.TOO_MANY_AUTO_RULES, max=MOST_RULES)
    yield from _refuse_flood(ask, teen_id)
    rule = Standing(
        id=new_id(ask.desk.random, "aut"),
        owner=ask.caller_id,
        minutes=body.minutes,
        days=days,
        times_a_day=body.times_a_day,
    )
    doc = msgspec.json.encode(rule).decode()
    row = sql.RuleRow(teen_id, rule.id, rule.owner, millis(ask.now), doc)
    yield from sql.add_rule.run(
        teen=teen_id, id=rule.id, owner=rule.owner, now=row.created_at, doc=doc
    )
    yield from _tell(ask, state, rule, removed=False)
    return _view(state, ask.caller_id, row)


def _refuse_flood(ask: Asker, teen_id: str) -> Txn[None]:
    """Raise `Refused(TOO_MANY_REQUESTS)`: each change is an entry for the teen (T2)."""
    who = limits.subject(ask.desk.keys, "auto-rule", teen_id, ask.caller_id)
    wait = yield from limits.take(MADE, who, ask.now)
    if wait:
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=wait)


@transaction
def remove(ask: Asker, rule_id: str) -> Txn[None]:
    """Its owner ends it; for everybody else it is not there."""
    row = (yield from sql.rule_anywhere.one(id=rule_id)) if is_id(rule_id) else None
    if row is None or row.owner_id != ask.caller_id:
        raise refuse(Reason.NOT_FOUND)
    state = yield from under_lock(ask, row.teen_id)
    if not (yield from sql.drop_rule.run(teen=row.teen_id, id=rule_id)):
        raise refuse(Reason.NOT_FOUND)
    yield from _tell(ask, state, load(row), removed=True)


def _tell(ask: Asker, state: TeenState, rule: Standing, *, removed: bool) -> Txn[None]:
    name = state.people[rule.owner].name
    entry = AutoRuleChanged(
        rule=rule.id,
        owner=rule.owner,
        owner_name=name,
        minutes=rule.minutes,
        days=rule.days,
        times_a_day=rule.times_a_day,
        removed=removed,
    )
    yield from ledger.append(
        teen_id=state.teen.id,
        entry=entry,
        actor=ledger.Actor("guardian", rule.owner, name),
        now=ask.now,
        viewers=state.viewers(),
        random=ask.desk.random,
    )


def _view(state: TeenState, viewer: str, row: sql.RuleRow) -> wire.AutoRule:
    rule = load(row)
    owner, name = name_for(state, viewer, rule.owner)
    return wire.AutoRule(
        id=rule.id,
        teen=state.teen.id,
        owner=owner,
        name=name,
        minutes=rule.minutes,
        days=rule.days,
        times_a_day=rule.times_a_day,
        words=rule_words(rule),
        created_at=instant(row.created_at),
    )
