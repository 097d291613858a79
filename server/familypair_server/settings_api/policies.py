"""From rows to the value that the rules decide with: one teen's policy, in two or three reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from familypair.reasons import Reason
from familypair.rules.days import regime_at
from familypair.rules.layers import Hold, Layer, LayerState, Policy, band_change
from familypair.rules.link_layers import LayerUse
from familypair.rules.link_views import as_of, probation_until
from familypair.rules.projection import Viewer
from familypair.schema.accounts import Kind
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Owner, Value
from familypair_server.accounts.growth import growth
from familypair_server.days.service import stored
from familypair_server.days.statements import regimes
from familypair_server.ids import is_id
from familypair_server.keys import Keys
from familypair_server.links import facts as links
from familypair_server.links import statements as link_sql
from familypair_server.links.facts import LinkFacts
from familypair_server.links.records import load as load_link
from familypair_server.problems import refuse
from familypair_server.records.statements import HeadRow, heads_of_teen
from familypair_server.settings_api import statements as sql
from familypair_server.settings_api.layers import NO_OUTGOING, NO_VALUES, read_doc, read_outgoing
from familypair_server.storage import Txn, gather
from familypair_server.times import instant, millis

AFTERWARDS = timedelta(days=2)
"""How long a layer that fell silent still counts: to the next day boundary (A3), in any zone."""
_STATES = {
    LayerUse.PROBATION: LayerState.PROBATION,
    LayerUse.LIVE: LayerState.ACTIVE,
    LayerUse.NOTICE: LayerState.ENDING,
    LayerUse.HOLD: LayerState.ENDED,
}
_READS = (sql.people, link_sql.by_teen, heads_of_teen, regimes)
_SEES = frozenset({Scope.SEE_TIME, Scope.SEE_CONTACTS, Scope.SEE_SETTINGS})
"""Scopes of reading, which end with the link's other rights."""
_HELD = frozenset({LayerUse.NOTICE, LayerUse.HOLD})


class TeenState(msgspec.Struct, frozen=True):
    """One teen at an instant: the people, their links and layers, and the policy of all."""

    teen: sql.PersonRow
    people: Mapping[str, sql.PersonRow]
    links: tuple[LinkFacts, ...]
    """In link-date order, ended ones too."""
    layers: Mapping[str, sql.LayerRow]
    policy: Policy
    inboxes: tuple[HeadRow, ...]
    """Where everybody's inbox for this teen ends."""
    due: bool
    """Whether time has moved a link or the teen's age and nobody has written it down yet."""

    def link_of(self, guardian_id: str) -> LinkFacts | None:
        """The guardian's newest link; its `rights` say what it allows now."""
        mine = [link for link in self.links if link.guardian_id == guardian_id]
        return mine[-1] if mine else None

    def policy_with(self, layer: Layer) -> Policy:
        """The policy with this layer in the place of its owner's old one."""
        if layer.kind is Owner.TEEN:
            return msgspec.structs.replace(self.policy, teen=layer)
        guardians = tuple(layer if g.owner == layer.owner else g for g in self.policy.guardians)
        return msgspec.structs.replace(self.policy, guardians=guardians)

    def names(self) -> dict[str, str]:
        """Account id to name, for the teen and every guardian."""
        return {person.id: person.name for person in self.people.values()}

    def viewers(self) -> list[Viewer]:
        """Who gets an inbox entry of what happens now: the teen, and guardians who may read."""
        teen = Viewer(id=self.teen.id, kind=Kind(self.teen.kind))
        return [teen, *(links.guardian_viewer(link) for link in self.links if link.rights.can_read)]

    def refuse_stranger(self, caller_id: str) -> None:
        """Raise `Refused` unless the caller is the teen or a guardian who may read now."""
        if caller_id == self.teen.id:
            return
        link = self.link_of(caller_id)
        if link is None or not link.rights.can_read:
            reason = None if link is None else link.rights.refusal
            raise refuse(reason or Reason.NOT_FOUND)


def load(teen_id: str, keys: Keys, now: datetime) -> Txn[TeenState | None]:
    """Everything that decides one teen's settings at `now`; None when there is no such teen."""
    persons, rows, inboxes, days = yield from gather(_READS, teen=teen_id)
    people = {row.id: row for row in persons}
    teen = people.get(teen_id)
    if teen is None or teen.kind == "guardian":
        return None
    age = growth(keys, teen, now)
    found = tuple(links.facts(load_link(row), now, age.adult_since) for row in rows)
    holds: list[link_sql.HoldRow] = []
    if any(link.standing.use in _HELD for link in found):
        holds = yield from link_sql.holds_of_teen.all(teen=teen_id)
    written = ((person.id, person.layer()) for person in people.values())
    layers = {owner: row for owner, row in written if row is not None}
    clock = stored(days)
    policy = Policy(
        band=age.written.band,
        zone=regime_at(clock, now).zone if clock else teen.zone,
        teen=_teen(teen_id, layers, now),
        guardians=tuple(_guardian(link, layers, holds) for link in _speaking(found, now)),
        holds=tuple(_hold(row) for row in holds if row.kind == "platform"),
        country=teen.country,
        clock=clock,
    )
    for later in age.since:
        policy = band_change(policy, later.band, now=now).policy
    at = millis(now)
    due = bool(age.since) or any(row.due_at is not None and row.due_at <= at for row in rows)
    return TeenState(teen, people, found, layers, policy, tuple(inboxes), due)


def load_policy(teen_id: str, keys: Keys, now: datetime) -> Txn[Policy | None]:
    """Only what the rules need."""
    state = yield from load(teen_id, keys, now)
    return None if state is None else state.policy


def must_load(teen_id: str, caller_id: str, keys: Keys, now: datetime) -> Txn[TeenState]:
    """`load` for a caller who may read this teen now; raises `Refused` as for what is absent."""
    state = (yield from load(teen_id, keys, now)) if is_id(teen_id) else None
    if state is None:
        raise refuse(Reason.NOT_FOUND)
    state.refuse_stranger(caller_id)
    return state


def _teen(teen_id: str, layers: Mapping[str, sql.LayerRow], now: datetime) -> Layer:
    row = layers.get(teen_id)
    return Layer(
        owner=teen_id,
        kind=Owner.TEEN,
        values=NO_VALUES if row is None else read_doc(row.doc),
        outgoing=NO_OUTGOING if row is None else read_outgoing(row.outgoing, now),
    )


def _speaking(found: Sequence[LinkFacts], now: datetime) -> list[LinkFacts]:
    """Links whose layer counts; of two with one guardian the newer."""
    newest = {link.guardian_id: link for link in found}
    return [link for link in found if newest[link.guardian_id] is link and _counts(link, now)]


def _counts(link: LinkFacts, now: datetime) -> bool:
    if link.standing.use is not LayerUse.HOLD:
        return link.standing.use in _STATES
    ended = as_of(link.link, now=now).ended_at
    return ended is not None and now < ended + AFTERWARDS


def _guardian(
    link: LinkFacts, layers: Mapping[str, sql.LayerRow], holds: Sequence[link_sql.HoldRow]
) -> Layer:
    row = layers.get(link.guardian_id)
    values = NO_VALUES if row is None else read_doc(row.doc)
    return Layer(
        owner=link.guardian_id,
        kind=Owner.GUARDIAN,
        values=_on_notice(link, values, holds),
        scopes=link.standing.live | (link.scopes & _SEES),
        state=_STATES[link.standing.use],
        probation_ends=probation_until(link.link),
        frozen=_frozen(link),
    )


def _frozen(link: LinkFacts) -> dict[Scope, datetime]:
    """Until when scopes stay as they are; after the end, when time rules fell silent."""
    frozen = {freeze.scope: freeze.until for freeze in link.link.freezes}
    until = link.link.notice_until or link.link.ended_at
    if link.standing.use is not LayerUse.LIVE and until is not None:
        frozen[Scope.SET_TIME] = until
    return frozen


def _on_notice(
    link: LinkFacts, values: Mapping[str, Value], holds: Sequence[link_sql.HoldRow]
) -> Mapping[str, Value]:
    """Time rules as the notice period fixed them; the guardian's own stay for other freezes."""
    fixed = [row for row in holds if row.link_id == link.id and row.kind == "notice"]
    if not fixed:
        return values
    rest = {path: v for path, v in values.items() if FIELDS[path].scope is not Scope.SET_TIME}
    return {**rest, **read_doc(fixed[0].doc)}


def _hold(row: link_sql.HoldRow) -> Hold:
    return Hold(values=read_doc(row.doc), until=instant(row.until), link=row.link_id)
