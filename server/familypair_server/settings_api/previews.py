"""A preview: a draft against the next 7 days, and against the real use of the last 28."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from familypair.rules.days import Day
from familypair.rules.layers import Accepted
from familypair.rules.time import preview as rules
from familypair.rules.time.coarse import as_told
from familypair.rules.time.insight import day_use
from familypair.rules.time.model import Lifted
from familypair.schema import settings as wire
from familypair.schema.scopes import Scope
from familypair.settings import Patch, field
from familypair_server.problems import Refused
from familypair_server.requests.lifted import lifted_of
from familypair_server.settings_api import views
from familypair_server.settings_api.edits import judge_patch
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.settings_api.reads import Reader
from familypair_server.storage import Txn, transaction
from familypair_server.time.postings import postings_of
from familypair_server.usage.reads import days_shown, uses_of, visible_from


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """What a preview is worked out from; only changes where the draft is not of time."""

    changes: tuple[wire.Change, ...]
    viewer: str
    names: Mapping[str, str]
    versions: rules.Versions | None = None
    record: rules.Record | None = None


@transaction
def preview(ask: Reader, draft: Patch, now: datetime) -> Txn[Material]:
    """What the draft would change; refused as the write would be.

    Only a draft of time has days; the past ones only for who may see the teen's use.
    """
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, now)
    judged = judge_patch(state.policy, ask.caller_id, draft, now)
    if not isinstance(judged, Accepted):
        raise Refused(*judged)
    what = views.effect(state, judged, now)
    changes = views.changes(state, judged, what, now)
    found = Material(changes=changes, viewer=ask.caller_id, names=state.names())
    if not any(field(change.path).scope is Scope.SET_TIME for change in judged.changes):
        return found
    days = _visible_days(state, ask.caller_id, now)
    # what is opened today is inside the past days; nothing is opened on a later day
    lifted = yield from _opened(state, days, now)
    record = yield from _record(state, ask.caller_id, days, lifted, now)
    versions = _versions(state, judged, now)
    return msgspec.structs.replace(found, versions=versions, record=record)


def worked_out(found: Material) -> wire.Preview:
    """The preview: no little work for a full calendar, so it is not done in a transaction."""
    if found.versions is None or found.record is None:
        return wire.Preview(changes=found.changes)
    lifted = found.record.lifted
    ahead = rules.ahead(found.versions, found.viewer, names=found.names, lifted=lifted)
    past = rules.past(found.versions, found.record)
    said = rules.words(ahead, past)
    return wire.Preview(changes=found.changes, ahead=ahead, past=past, words=said)


def _versions(state: TeenState, judged: Accepted, now: datetime) -> rules.Versions:
    waits = [change.effective_from for change in judged.changes if change.from_probation_end]
    after = state.policy_with(judged.layer)
    return rules.Versions(state.policy, after, now, max(waits, default=now))


def _visible_days(state: TeenState, caller_id: str, now: datetime) -> list[Day]:
    """Days that the caller may see, oldest first, today with them; none without `see_time`."""
    regimes = state.policy.regimes()
    if caller_id == state.teen.id:
        return days_shown(regimes, now)
    link = state.link_of(caller_id)
    if link is None or Scope.SEE_TIME not in link.scopes:
        return []
    return days_shown(regimes, now, since=visible_from(link, regimes))


def _opened(state: TeenState, days: Sequence[Day], now: datetime) -> Txn[list[Lifted]]:
    (today,) = days_shown(state.policy.regimes(), now)[-1:]
    first = days[0] if days else today
    return (yield from lifted_of(state.teen.id, msgspec.structs.replace(first, end=today.end)))


def _record(
    state: TeenState, caller_id: str, days: Sequence[Day], lifted: Sequence[Lifted], now: datetime
) -> Txn[rules.Record]:
    uses = yield from uses_of(state.teen.id, days, now)
    postings = yield from postings_of(state.teen.id, [day.date for day in days])
    is_teen = caller_id == state.teen.id
    seen = [(day, day_use(day, uses[day.date], viewer_is_teen=is_teen, now=now)) for day in days]
    known = postings if is_teen else as_told(postings, sees_use=True)
    return rules.Record(seen, known, lifted)
