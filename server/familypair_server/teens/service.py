"""The teens that a caller may see, and for the teen: what each guardian sees, and who looked."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.rules.actors import Actor
from familypair.rules.disclosure import disclosure, never_seen
from familypair.rules.explain import explain_all
from familypair.rules.layers import today
from familypair.rules.schedule import weekday_of
from familypair.rules.zones import zone
from familypair.schema import links as link_wire
from familypair.schema import teens as wire
from familypair.schema.accounts import Band
from familypair.schema.links import LinkState
from familypair.schema.settings import Explained
from familypair_server.links import service as links
from familypair_server.links import views as link_views
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.links.service import LinkFacts
from familypair_server.problems import refuse
from familypair_server.records import ledger
from familypair_server.requests.counts import waiting
from familypair_server.searches.service import band_of
from familypair_server.settings_api import statements as sql
from familypair_server.settings_api.policies import TeenState, load, must_load
from familypair_server.storage import Txn, transaction
from familypair_server.time.glances import glance_of
from familypair_server.times import instant

DAILY = "screen_time.daily_minutes."
HIGHLIGHTS = (
    "screen_time.at_limit",
    "schedule.wind_down",
    "search.restricted_mode",
    "messages.audience",
    "privacy.private_account",
)
"""After today's minutes, what a glance should answer."""
LOOKS = 200
"""Rows of the access log that are shown."""
_EXAMPLES = {
    "set_search": "search.restricted_mode",
    "set_messages": "messages.audience",
    "set_privacy": "privacy.private_account",
}


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, now."""

    desk: Desk
    caller_id: str
    is_guardian: bool
    now: datetime


@transaction
def cards(ask: Asking) -> Txn[wire.Teens]:
    """Every teen of a guardian in order of linking; a teen's own card."""
    teen_ids = [ask.caller_id]
    if ask.is_guardian:
        found = yield from links.links_of_guardian(ask.caller_id, ask.now, ask.desk.keys)
        shown = [link for link in found if link.rights.can_read or _paused(link)]
        teen_ids = list(dict.fromkeys(link.teen_id for link in shown))
    items: list[wire.TeenCard] = []
    for teen_id in teen_ids:
        state = yield from load(teen_id, ask.desk.keys, ask.now)
        if state is not None:
            items.append((yield from _card(ask, state)))
    return wire.Teens(items=tuple(items))


@transaction
def one(ask: Asking, teen_id: str) -> Txn[wire.TeenCard]:
    """One teen's card; raises `Refused` as for what is absent."""
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    return (yield from _card(ask, state))


@transaction
def sharing(ask: Asking, teen_id: str) -> Txn[wire.Sharing]:
    """What each linked guardian sees and can change now: the teen's own page."""
    if ask.caller_id != teen_id:
        raise refuse(Reason.NOT_FOUND)
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    views = yield from sql.last_views.all(teen=teen_id)
    seen_at = {row.viewer_id: instant(row.at) for row in views}
    fields = explain_all(state.policy, teen_id, now=ask.now, fields=_shown(state, ask.now))
    examples = {one.path: f"Today: {one.words}" for one in fields}
    linked = [link for link in state.links if link.link.state is not LinkState.ENDED]
    return wire.Sharing(
        guardians=tuple(
            _shared_with(ask, state, link, seen_at.get(link.guardian_id), examples)
            for link in linked
        ),
        never=never_seen(Band(state.policy.band.value)),
    )


@transaction
def access_log(ask: Asking, teen_id: str) -> Txn[wire.AccessLog]:
    """Who looked at which page and when, newest first: the teen's own page."""
    if ask.caller_id != teen_id:
        raise refuse(Reason.NOT_FOUND)
    state = yield from must_load(teen_id, ask.caller_id, ask.desk.keys, ask.now)
    rows = yield from sql.views.all(teen=teen_id, limit=LOOKS)
    then = {link.guardian_id: link.guardian_name for link in state.links}
    names = state.names() | {who: name for who, name in then.items() if name}
    return wire.AccessLog(
        items=tuple(
            wire.Access(
                viewer=row.viewer_id,
                name=names.get(row.viewer_id, "a guardian"),
                what=row.what,
                at=instant(row.at),
            )
            for row in rows
        )
    )


def _paused(link: LinkFacts) -> bool:
    return link.rights.refusal is Reason.TEEN_UNAVAILABLE


def _card(ask: Asking, state: TeenState) -> Txn[wire.TeenCard]:
    teen, now = state.teen, ask.now
    link = state.link_of(ask.caller_id)
    if link is not None and _paused(link):
        return _paused_card(ask, state, link)
    head = (yield from ledger.head(teen.id, ask.caller_id)).seq
    linked = [one for one in state.links if one.link.state is not LinkState.ENDED]
    time = yield from glance_of(state, ask.caller_id, now)
    return wire.TeenCard(
        id=teen.id,
        name=teen.name,
        band=state.policy.band.value,
        zone=state.policy.zone,
        local_time=now.astimezone(zone(state.policy.zone)).strftime("%Y-%m-%dT%H:%M"),
        weekday=_weekday(state, now),
        link=None if link is None else _link(ask, state, link, Actor.GUARDIAN),
        scopes=() if link is None else tuple(sorted(link.rights.scopes)),
        highlights=_highlights(ask, state),
        guardians=0 if ask.is_guardian else len(linked),
        head=head,
        time=time,
        search=(yield from band_of(state, ask.caller_id, today(state.policy, now))),
        waiting=(yield from waiting(teen.id, ask.caller_id, now)),
    )


def _paused_card(ask: Asking, state: TeenState, link: LinkFacts) -> wire.TeenCard:
    """The same bytes for as long as the pause lasts: nothing in it is read from the teen's now."""
    return wire.TeenCard(
        id=state.teen.id,
        name=link.teen_name or state.teen.name,
        band="",
        zone="",
        local_time="",
        weekday="",
        link=_link(ask, state, link, Actor.GUARDIAN),
        unavailable=True,
    )


def _weekday(state: TeenState, now: datetime) -> str:
    """Of the teen's own day, which may begin after midnight (A20)."""
    return weekday_of(today(state.policy, now))


def _shown(state: TeenState, now: datetime) -> tuple[str, ...]:
    return (f"{DAILY}{_weekday(state, now)}", *HIGHLIGHTS)


def _highlights(ask: Asking, state: TeenState) -> tuple[wire.Highlight, ...]:
    fields = explain_all(
        state.policy,
        ask.caller_id,
        now=ask.now,
        fields=_shown(state, ask.now),
        names=state.names(),
    )
    return tuple(_highlight(one) for one in fields)


def _highlight(one: Explained) -> wire.Highlight:
    return wire.Highlight(
        path=one.path,
        title=one.title,
        value=one.value,
        words=one.words,
        reason=one.reason,
        locked=one.locked,
    )


def _link(ask: Asking, state: TeenState, link: LinkFacts, viewer: Actor) -> link_wire.Link:
    stored = StoredLink(
        id=link.id,
        teen_id=link.teen_id,
        guardian_id=link.guardian_id,
        version=0,
        epoch=link.epoch,
        link=link.link,
        teen_name=link.teen_name,
        guardian_name=link.guardian_name,
    )
    guardian = state.people[link.guardian_id]
    return link_views.shape(
        ask.desk, stored, viewer, teen=state.teen, guardian=guardian, now=ask.now
    )


def _shared_with(
    ask: Asking,
    state: TeenState,
    link: LinkFacts,
    seen_at: datetime | None,
    examples: dict[str, str],
) -> wire.SharedWith:
    """From the same words as the disclosure, so that both always say the same."""
    band = Band(state.policy.band.value)
    text = disclosure(
        asked=link.scopes,
        needed=frozenset(),
        reader=band,
        notice=ask.desk.notice_of(state.teen, ask.now),
    )
    today = f"{DAILY}{_weekday(state, ask.now)}"
    return wire.SharedWith(
        link=_link(ask, state, link, Actor.TEEN),
        sees=tuple(
            wire.SharedItem(title=line, scope=part.scope)
            for part in text.scopes
            for line in part.see
        ),
        changes=tuple(
            wire.SharedItem(
                title=line,
                scope=part.scope,
                example=examples.get(_EXAMPLES.get(part.scope, today), "") if not n else "",
            )
            for part in text.scopes
            for n, line in enumerate(part.change)
        ),
        last_viewed_at=seen_at,
    )
