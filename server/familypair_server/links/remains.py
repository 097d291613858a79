"""What stays of a guardian's rules: time for the notice period, protection for seven days.

Computed from what held at the instant of the end, stored as values, changed by nobody.
"""

from datetime import datetime

from familypair.rules.layers import effective, notice_layer, platform_hold
from familypair.rules.link_layers import LOOK_BACK
from familypair.rules.link_views import HOLD
from familypair_server.links import statements as sql
from familypair_server.links.desk import Desk
from familypair_server.links.records import StoredLink
from familypair_server.settings_api import layers
from familypair_server.settings_api.policies import load_policy
from familypair_server.storage import Txn
from familypair_server.times import millis

NOTICE = "notice"
PLATFORM = "platform"


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
    yield from sql.move_hold.run(
        teen=stored.teen_id, link=stored.id, kind=PLATFORM, until=millis(now + HOLD)
    )
