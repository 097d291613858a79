"""What stays of a guardian's rules: time for the notice period, protection for seven days.

Computed from what held at the instant of the end, stored as values, changed by nobody.
"""

from datetime import datetime

from familypair.rules.layers import effective, notice_layer, platform_hold
from familypair.rules.link_layers import LOOK_BACK
from familypair.rules.link_views import HOLD
from familypair.settings import Value
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.settings_api import layers
from familypair_server.settings_api import statements as layer_sql
from familypair_server.settings_api.policies import load_policy
from familypair_server.storage import Txn
from familypair_server.times import millis

NOTICE = "notice"
PLATFORM = "platform"
CONTACTS = "contacts.blocked"


def hold(
    desk: Desk, before: StoredLink, now: datetime, *, ends_at: datetime, safety_exit: bool = False
) -> Txn[None]:
    """Keep contact, privacy and search as they hold now, until seven days after the end.

    `before` is the link while its layer still speaks. A safety exit frees at once the contacts
    that this guardian had blocked (algebra.md A19).
    """
    policy = yield from load_policy(before.teen_id, desk.keys, now)
    if policy is None:
        return
    kept = platform_hold(
        effective(policy, now=now),
        owner=before.guardian_id,
        until=ends_at + HOLD,
        safety_exit=safety_exit,
        link=before.id,
    )
    yield from sql.put_hold.run(
        teen=before.teen_id,
        link=before.id,
        kind=PLATFORM,
        until=millis(kept.until),
        doc=layers.write_doc(kept.values),
    )


def freeze_time(desk: Desk, before: StoredLink, until: datetime, now: datetime) -> Txn[None]:
    """Keep the time rules for the notice period: field by field the loosest of the last 7 days."""
    policy = yield from load_policy(before.teen_id, desk.keys, now)
    if policy is None:
        return
    since = max(before.link.activated_at, now - LOOK_BACK)
    history = yield from layers.history(before.teen_id, before.guardian_id, since=since, now=now)
    values = notice_layer(history, now=now, band=policy.band)
    yield from sql.put_hold.run(
        teen=before.teen_id,
        link=before.id,
        kind=NOTICE,
        until=millis(until),
        doc=layers.write_doc(values),
    )


def thaw(stored: StoredLink) -> Txn[None]:
    """The end was taken back: the guardian's own layer speaks again."""
    yield from sql.drop_holds.run(teen=stored.teen_id, link=stored.id)


def drop_notice(stored: StoredLink) -> Txn[None]:
    """Only the platform's hold stays."""
    yield from sql.drop_hold.run(teen=stored.teen_id, link=stored.id, kind=NOTICE)


def end_early(stored: StoredLink, now: datetime) -> Txn[None]:
    """The notice period was cut short: no time rules, and the seven days begin now."""
    yield from drop_notice(stored)
    yield from _move(stored, now + HOLD)


def free_contacts(stored: StoredLink) -> Txn[None]:
    """A safety exit during the notice period: contacts that this guardian blocked are free (A19).

    All else that is held stays as the end had fixed it, as after the guardian's own leaving.
    """
    yield from _put_contacts(stored, frozenset())


def hold_on(stored: StoredLink, until: datetime) -> Txn[None]:
    """Such an exit was taken back: the hold of the teen's end goes on, contacts and all."""
    rows = yield from layer_sql.layers.all(teen=stored.teen_id)
    docs = [layers.read_doc(row.doc) for row in rows if row.owner_id == stored.guardian_id]
    blocked = docs[0].get(CONTACTS) if docs else None
    yield from _put_contacts(stored, frozenset() if blocked is None else blocked)
    yield from _move(stored, until + HOLD)


def _put_contacts(stored: StoredLink, blocked: Value) -> Txn[None]:
    rows = yield from sql.holds_of_link.all(teen=stored.teen_id, link=stored.id)
    for row in rows:
        if row.kind == PLATFORM:
            yield from sql.put_hold.run(
                teen=row.teen_id,
                link=row.link_id,
                kind=row.kind,
                until=row.until,
                doc=layers.write_doc({**layers.read_doc(row.doc), CONTACTS: blocked}),
            )


def _move(stored: StoredLink, until: datetime) -> Txn[None]:
    yield from sql.move_hold.run(
        teen=stored.teen_id, link=stored.id, kind=PLATFORM, until=millis(until)
    )
