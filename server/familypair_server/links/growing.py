"""A new age band, written down: what it leaves to the teen, and at 18 the end of supervision.

product.md section 2 and algebra.md A11. Reads do not wait for this: `facts` ends links, and
`policies.load` moves the rules, from the very day on.
"""

from datetime import datetime

import msgspec

from familypair.rules import handshake
from familypair.rules.actors import Actor
from familypair.rules.handshake_table import Event
from familypair.rules.projection import Viewer
from familypair.schema.accounts import Kind
from familypair.schema.ledger import AccountChanged, AnyEntry, FieldChange, LayerChanged, LinkEnded
from familypair.schema.links import LinkState
from familypair.settings import Band, encode
from familypair_server.accounts import ages
from familypair_server.accounts import statements as accounts
from familypair_server.accounts.growth import Growth, growth
from familypair_server.accounts.statements import AccountRow
from familypair_server.ids import Random
from familypair_server.invitations import records as invitations
from familypair_server.invitations import statements as invitation_sql
from familypair_server.keys import Keys
from familypair_server.links import entries, transitions
from familypair_server.links import statements as sql
from familypair_server.links.facts import grown_up
from familypair_server.links.records import StoredLink, Told, load, save
from familypair_server.records import ledger
from familypair_server.settings_api import layers, policies
from familypair_server.settings_api.layers import Window
from familypair_server.storage import Txn, notify, teens
from familypair_server.times import millis


class Step(msgspec.Struct, frozen=True):
    """One settling: whose age, and the parts that writing needs."""

    teen: AccountRow
    growth: Growth
    now: datetime
    random: Random
    keys: Keys


def grow(teen_id: str, now: datetime, random: Random, keys: Keys) -> Txn[bool]:
    """Write down every band that has begun since the stored one; whether any has.

    Locks the account and then the teen, but only when there is something to write.
    """
    seen = yield from sql.age_of.one(teen=teen_id)
    if seen is None or not growth(keys, seen, now).since:
        return False
    teen = yield from accounts.lock.get(id=teen_id)
    yield from teens.lock.get(teen=teen_id)
    step = Step(teen, growth(keys, teen, now), now, random, keys)
    if not step.growth.since:
        return False
    yield from _write_down(step)
    return True


def _write_down(step: Step) -> Txn[None]:
    state = yield from policies.load(step.teen.id, step.keys, step.now)
    viewers = [] if state is None else state.viewers()
    if step.growth.adult_since is not None:
        yield from _end_supervision(step, step.growth.adult_since)
    yield from _tell_bands(step, viewers)
    if state is not None:
        yield from _keep_own(step, state, viewers)
    age = step.growth.now
    kind = Kind.ADULT if age.band is Band.ADULT else Kind.TEEN
    sealed = ages.seal(step.keys, step.teen.id, age, step.random)
    yield from accounts.grow.run(id=step.teen.id, kind=kind, age=sealed)


def _tell_bands(step: Step, viewers: list[Viewer]) -> Txn[None]:
    before = step.growth.written.band
    for age in step.growth.since:
        entry = AccountChanged(what="band", before=before.value, after=age.band.value)
        yield from _append(step, entry, viewers)
        before = age.band


def _keep_own(step: Step, state: policies.TeenState, viewers: list[Viewer]) -> Txn[None]:
    """What the new defaults would loosen is the teen's own from now on (product.md section 2)."""
    row = state.layers.get(step.teen.id)
    before = layers.NO_VALUES if row is None else layers.read_doc(row.doc)
    after = state.policy.teen.values
    changes = tuple(
        FieldChange(
            path=path,
            before=encode(path, before.get(path)),
            after=encode(path, after.get(path)),
        )
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    )
    if not changes:
        return
    window = Window() if row is None else Window(row.window_at, row.window_writes)
    yield from layers.put(step.teen.id, state.policy.teen, step.now, window)
    entry = LayerChanged(
        owner=step.teen.id, owner_kind=Kind.TEEN, owner_name=step.teen.name, changes=changes
    )
    yield from _append(step, entry, viewers)


def _append(step: Step, entry: AnyEntry, viewers: list[Viewer]) -> Txn[None]:
    yield from ledger.append(
        teen_id=step.teen.id,
        entry=entry,
        actor=entries.PLATFORM,
        now=step.now,
        viewers=viewers,
        random=step.random,
    )


def _end_supervision(step: Step, since: datetime) -> Txn[None]:
    """At 18: every link over, no rule of a guardian and no hold left, open invitations closed."""
    rows = yield from sql.by_teen.all(teen=step.teen.id)
    for row in rows:
        stored = load(row)
        over = grown_up(stored.link, since)
        if over != stored.link:
            yield from _end_link(step, (yield from save(stored, over)))
        else:
            yield from _end_hold(step, stored)
    yield from _close_invitations(step)


def _end_link(step: Step, stored: StoredLink) -> Txn[None]:
    yield from sql.drop_holds.run(teen=stored.teen_id, link=stored.id)
    yield from layers.drop(stored.teen_id, stored.guardian_id)
    yield from transitions.fence(stored)
    name = yield from transitions.guardian_name(stored)
    entry = LinkEnded(link=stored.id, guardian=stored.guardian_id, guardian_name=name, by="age")
    yield from entries.write(stored, entry, entries.PLATFORM, now=step.now, random=step.random)


def _end_hold(step: Step, stored: StoredLink) -> Txn[None]:
    """What an earlier end still holds is free at 18 like all else (A11)."""
    stored = yield from transitions.settle_one(stored, step.now, step.random)
    if stored.link.state is LinkState.ENDED and Told.HOLD not in stored.told:
        stored = yield from save(stored, stored.link, stored.told | {Told.HOLD})
        yield from transitions.hold_over(stored, step.now, step.random)


def _close_invitations(step: Step) -> Txn[None]:
    rows = yield from invitation_sql.open_of.all(account=step.teen.id, now=millis(step.now))
    for row in rows:
        stored = invitations.load(row, step.now)
        gone = handshake.advance(stored.rule, Event.CANCEL, Actor.SYSTEM, now=step.now)
        if isinstance(gone, handshake.Invitation):
            yield from invitations.save(msgspec.structs.replace(stored, rule=gone))
            if stored.guardian_id is not None:
                yield from notify(stored.guardian_id)
