"""Agreements in the database: made with a plan, ended by a write of one of their fields (A24)."""

from datetime import datetime

import msgspec

from familypair.rules.layers import Accepted
from familypair.rules.requests.agreements import Agreed, ends_with
from familypair.schema.ledger import AgreementEnded
from familypair_server.ids import Random, new_id
from familypair_server.jobs import schedule
from familypair_server.records import ledger
from familypair_server.requests import statements as sql
from familypair_server.settings_api.policies import TeenState
from familypair_server.settings_api.views import Effect
from familypair_server.storage import Txn
from familypair_server.time.postings import actor_of
from familypair_server.times import millis

REVIEW_JOB = "agreement_review"


class StoredAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement with its ids."""

    id: str
    teen_id: str
    agreed: Agreed


def load(row: sql.AgreementRow) -> StoredAgreement:
    """The row as the rules know it."""
    agreed = msgspec.json.decode(row.doc, type=Agreed)
    return StoredAgreement(id=row.id, teen_id=row.teen_id, agreed=agreed)


def put(random: Random, teen_id: str, agreed: Agreed) -> Txn[str]:
    """A new agreement, and the day on which both are reminded of it; the id."""
    agreement_id = new_id(random, "agr")
    yield from sql.add_agreement.run(
        teen=teen_id,
        id=agreement_id,
        now=millis(agreed.agreed_at),
        review=millis(agreed.review_at),
        doc=_document(agreed),
    )
    yield from schedule(REVIEW_JOB, teen_id, agreed.review_at)
    return agreement_id


def save(stored: StoredAgreement, agreed: Agreed) -> Txn[StoredAgreement]:
    """Write a changed agreement back; under the teen's lock."""
    yield from sql.save_agreement.run(
        teen=stored.teen_id,
        id=stored.id,
        review=millis(agreed.review_at),
        ended=None if agreed.ended_at is None else millis(agreed.ended_at),
        doc=_document(agreed),
    )
    return msgspec.structs.replace(stored, agreed=agreed)


def ended_by(
    state: TeenState, accepted: Accepted, what: Effect, now: datetime, random: Random
) -> Txn[None]:
    """End every agreement that this write is against, and say so; under the teen's lock."""
    rows = yield from sql.standing.all(teen=state.teen.id)
    owner = accepted.layer.owner
    paths = [change.path for change in accepted.changes]
    moved = {path: what.before[path].value != what.after[path].value for path in what.after}
    for stored in map(load, rows):
        if ends_with(stored.agreed, owner, state.teen.id, paths, moved):
            yield from end(state, stored, owner, now, random)


def end(
    state: TeenState, stored: StoredAgreement, by: str, now: datetime, random: Random
) -> Txn[StoredAgreement]:
    """Take the mark off: the rules stay as they are."""
    doer = "teen" if by == state.teen.id else by
    ended = msgspec.structs.replace(stored.agreed, ended_at=now, ended_by=doer)
    after = yield from save(stored, ended)
    entry = AgreementEnded(
        agreement=stored.id,
        paths=stored.agreed.paths,
        with_ids=stored.agreed.with_ids,
        by=doer,
    )
    yield from ledger.append(
        teen_id=state.teen.id,
        entry=entry,
        actor=actor_of(state, by),
        now=now,
        viewers=state.viewers(),
        random=random,
    )
    return after


def _document(agreed: Agreed) -> str:
    return msgspec.json.encode(agreed, order="deterministic").decode()
