"""Agreements as people see them: the list, and the look at one on its day."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.reasons import Reason
from familypair.rules.requests.agreements import Agreed, AgreementState, state_of
from familypair.rules.requests.words import plan_words, visible_patch
from familypair.schema import requests as wire
from familypair_server.ids import is_id
from familypair_server.jobs import schedule
from familypair_server.problems import refuse
from familypair_server.requests import agreements
from familypair_server.requests import statements as sql
from familypair_server.requests.agreements import REVIEW_JOB, StoredAgreement
from familypair_server.requests.standing import Asker, may_read, under_lock
from familypair_server.requests.views import name_for, reader_of
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.storage import Txn, notify, transaction

MOST: Final = 50


@transaction
def listed(ask: Asker, teen_id: str) -> Txn[wire.Agreements]:
    """The agreements that the caller is part of, newest first."""
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    rows = yield from sql.agreements.all(teen=teen_id, limit=MOST)
    mine = [
        one
        for one in map(agreements.load, rows)
        if _is_party(ask, one) and may_read(state, ask.caller_id, one.agreed.agreed_at)
    ]
    return wire.Agreements(items=tuple(_view(ask, state, one) for one in mine))


@transaction
def review(ask: Asker, agreement_id: str, body: wire.ReviewAsk) -> Txn[wire.Agreement]:
    """Look at it again on a later day, or take the mark off; the rules stay as they are."""
    state, stored = yield from _found(ask, agreement_id)
    if body.end is (body.again_in_days is not None):
        raise refuse(Reason.OUT_OF_RANGE, "/again_in_days", expected="again_in_days or end")
    if state_of(stored.agreed, ask.now) is AgreementState.ENDED:
        raise refuse(Reason.NO_SUCH_MOVE)
    if body.end:
        after = yield from agreements.end(state, stored, ask.caller_id, ask.now, ask.desk.random)
    else:
        after = yield from _again(stored, ask.now, timedelta(days=body.again_in_days or 0))
    return _view(ask, state, after)


def _found(ask: Asker, agreement_id: str) -> Txn[tuple[TeenState, StoredAgreement]]:
    """The agreement under its teen's lock, for one who is part of it; raises `Refused`."""
    row = None
    if is_id(agreement_id):
        row = yield from sql.agreement_anywhere.one(id=agreement_id)
    if row is None or not _is_party(ask, agreements.load(row)):
        raise refuse(Reason.NOT_FOUND)
    state = yield from under_lock(ask, row.teen_id)
    fresh = yield from sql.agreement_by_id.get(teen=row.teen_id, id=row.id)
    stored = agreements.load(fresh)
    if not may_read(state, ask.caller_id, stored.agreed.agreed_at):
        raise refuse(Reason.NOT_FOUND)
    return state, stored


def _again(stored: StoredAgreement, now: datetime, days: timedelta) -> Txn[StoredAgreement]:
    later = msgspec.structs.replace(stored.agreed, review_at=now + days)
    after = yield from agreements.save(stored, later)
    yield from schedule(REVIEW_JOB, stored.teen_id, later.review_at)
    yield from notify(stored.teen_id)
    return after


def _is_party(ask: Asker, stored: StoredAgreement) -> bool:
    return ask.caller_id == stored.teen_id or ask.caller_id in stored.agreed.with_ids


def _view(ask: Asker, state: TeenState, stored: StoredAgreement) -> wire.Agreement:
    agreed, reader = stored.agreed, reader_of(state, ask.caller_id)
    plan = wire.Plan(patch=agreed.patch, title=agreed.title)
    return wire.Agreement(
        id=stored.id,
        teen=stored.teen_id,
        title=agreed.title,
        words=plan_words(plan, reader),
        patch=visible_patch(plan, reader),
        with_=_names(ask, state, agreed),
        agreed_at=agreed.agreed_at,
        review_at=agreed.review_at,
        state=state_of(agreed, ask.now).value,
        ended_by=_ended_by(ask, state, agreed),
        ended_at=agreed.ended_at,
    )


def _names(ask: Asker, state: TeenState, agreed: Agreed) -> tuple[str, ...]:
    """Who agreed beside the caller: the teen for a guardian, guardians for the teen."""
    others = [who for who in (state.teen.id, *agreed.with_ids) if who != ask.caller_id]
    return tuple(name_for(state, ask.caller_id, who)[1] for who in others)


def _ended_by(ask: Asker, state: TeenState, agreed: Agreed) -> str:
    return name_for(state, ask.caller_id, agreed.ended_by)[1] if agreed.ended_by else ""
