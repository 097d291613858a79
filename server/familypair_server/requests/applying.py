"""An approved request takes effect: every change is the owner's own write, with its entry."""

from datetime import datetime, timedelta
from functools import partial

import msgspec

from familypair.reasons import Refusal
from familypair.rules.layers import Accepted, Policy, check_write
from familypair.rules.requests.agreements import Agreed
from familypair.rules.requests.apply import Effects, effects, yes_of
from familypair.rules.requests.model import Asked
from familypair.rules.time.model import Lifted
from familypair.schema.accounts import Kind
from familypair.schema.ledger import AccountChanged, AgreementMade, BlockLifted
from familypair.schema.requests import Plan
from familypair.settings import Patch
from familypair_server.days import service as days
from familypair_server.ids import new_id
from familypair_server.links.desk import Desk
from familypair_server.problems import Refused
from familypair_server.records import ledger
from familypair_server.requests import agreements, lifted
from familypair_server.requests import statements as sql
from familypair_server.requests.standing import Standing
from familypair_server.settings_api.agreed import write_agreed
from familypair_server.settings_api.policies import TeenState
from familypair_server.storage import Txn
from familypair_server.time.opening import opened
from familypair_server.time.postings import actor_of, name_of, post_all


def apply(desk: Desk, standing: Standing, request_id: str, asked: Asked) -> Txn[TeenState]:
    """Everything that the request changes, under the teen's lock. Raises `Refused`, all or nothing.

    Returns the teen as they are afterwards.
    """
    found = effects(standing.facts, asked, request_id, partial(new_id, desk.random, "pst"))
    if isinstance(found, Refusal):
        raise Refused(found)
    state, now = standing.state, standing.now
    if found.postings:
        yield from opened(desk, state, now)
        yield from post_all(desk, state, found.postings, now)
    for one in found.lifted:
        yield from _lift(desk, state, one, now)
    for owner, patch in found.writes:
        accepted = _judged(state.policy, owner, patch, now)
        state = yield from write_agreed(desk.random, state, accepted, now)
    yield from _move(desk, state, found, now)
    if found.agreed and isinstance(asked.wish, Plan):
        yield from _agree(desk, state, asked, asked.wish, now)
    return state


def _judged(policy: Policy, owner: str, patch: Patch, now: datetime) -> Accepted:
    """The rules on an owner's write. The teen's needs nobody's yes any more: they have all said it.

    Raises `Refused` as an ordinary write would.
    """
    own = owner == policy.teen.owner
    asked_nobody = msgspec.structs.replace(policy, guardians=()) if own else policy
    outcome = check_write(asked_nobody, owner, patch, now=now)
    if not isinstance(outcome, Accepted):
        raise Refused(*outcome)
    return outcome


def _lift(desk: Desk, state: TeenState, one: Lifted, now: datetime) -> Txn[None]:
    own = one.owner == state.teen.id
    yield from lifted.put(state.teen.id, one)
    entry = BlockLifted(
        owner=one.owner,
        owner_kind=Kind.TEEN if own else Kind.GUARDIAN,
        owner_name=name_of(state, one.owner),
        start=one.start,
        end=one.end,
        ref=one.ref,
    )
    yield from ledger.append(
        teen_id=state.teen.id,
        entry=entry,
        actor=actor_of(state, one.owner),
        now=now,
        viewers=state.viewers(),
        random=desk.random,
    )


def _move(desk: Desk, state: TeenState, found: Effects, now: datetime) -> Txn[None]:
    """Another home zone, from the next boundary on, or another country."""
    teen = state.teen
    if found.zone and found.zone != teen.zone:
        yield from days.change(teen.id, zone=found.zone, now=now)
        yield from _moved(desk, state, ("zone", teen.zone, found.zone), now)
    if found.country and found.country != teen.country:
        yield from sql.set_country.run(teen=teen.id, country=found.country)
        yield from _moved(desk, state, ("country", teen.country, found.country), now)


def _moved(desk: Desk, state: TeenState, move: tuple[str, str, str], now: datetime) -> Txn[None]:
    what, before, after = move
    yield from ledger.append(
        teen_id=state.teen.id,
        entry=AccountChanged(what=what, before=before, after=after),
        actor=ledger.Actor("teen", state.teen.id),
        now=now,
        viewers=state.viewers(),
        random=desk.random,
    )


def _agree(desk: Desk, state: TeenState, asked: Asked, plan: Plan, now: datetime) -> Txn[None]:
    """The mark of what was agreed, with the date to look at it again."""
    made = Agreed(
        title=plan.title,
        patch=plan.patch,
        with_ids=yes_of(asked),
        agreed_at=now,
        review_at=now + timedelta(days=plan.review_in_days),
    )
    agreement_id = yield from agreements.put(desk.random, state.teen.id, made)
    entry = AgreementMade(
        agreement=agreement_id,
        paths=made.paths,
        with_ids=made.with_ids,
        review_at=made.review_at,
    )
    yield from ledger.append(
        teen_id=state.teen.id,
        entry=entry,
        actor=ledger.Actor("teen", state.teen.id),
        now=now,
        viewers=state.viewers(),
        random=desk.random,
    )
