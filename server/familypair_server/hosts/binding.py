"""A teen's yes to a host app, and its end (product.md section 11).

The subject is random and new for every binding: two hosts cannot join what they know of a teen, and
a host cannot join what it knew before an end with what it learns after it (security T6).
"""

from datetime import datetime

import msgspec

from familypair.reasons import Reason
from familypair.schema.ledger import AppBound, AppUnbound
from familypair_server.accounts import statements as accounts
from familypair_server.hosts import statements as sql
from familypair_server.ids import Random, is_id
from familypair_server.keys import Keys
from familypair_server.links.facts import adult_since, viewers_of
from familypair_server.policies import statements as policies
from familypair_server.problems import refuse
from familypair_server.records import ledger
from familypair_server.storage import Txn, teens, transaction
from familypair_server.times import millis
from familypair_server.usage import statements as usage


class Standing(msgspec.Struct, frozen=True):
    """How a teen stands with a host."""

    subject: str
    """Their id there; empty when they have not bound it."""


class NewBinding(msgspec.Struct, frozen=True, kw_only=True):
    """A binding to make."""

    teen_id: str
    host_id: str
    host_name: str
    subject: str


def standing(teen_id: str, host_id: str, *, now: datetime, keys: Keys) -> Txn[Standing | None]:
    """How the account stands with the host, under the teen's lock; None for who is no teen now."""
    account = yield from accounts.by_id.one(id=teen_id)
    if account is None or account.kind != "teen":
        return None
    yield from teens.lock.get(teen=teen_id)
    if (yield from adult_since(teen_id, now, keys)) is not None:
        return None
    row = yield from sql.binding_of.one(teen=teen_id, host=host_id)
    return Standing(row.subject if row else "")


def bind(new: NewBinding, *, now: datetime, keys: Keys, random: Random) -> Txn[int]:
    """Write the binding and tell the teen and the guardians; the caller holds the teen's lock.

    Returns how many bindings it made: one. There must be no live one.
    """
    made = yield from sql.bind.run(
        teen=new.teen_id, host=new.host_id, subject=new.subject, now=millis(now)
    )
    entry = AppBound(app=new.host_id, app_name=new.host_name)
    yield from _tell(new.teen_id, entry, now=now, keys=keys, random=random)
    return made


@transaction
def unbind(teen_id: str, host_id: str, *, now: datetime, keys: Keys, random: Random) -> Txn[None]:
    """End the teen's binding: devices go, what was counted stays, and both sides are told.

    Raises `Refused(NOT_FOUND)` when there is none.
    """
    if not is_id(host_id) or (yield from teens.lock.one(teen=teen_id)) is None:
        raise refuse(Reason.NOT_FOUND)
    apps = yield from sql.apps_of.all(teen=teen_id)
    name = next((app.name for app in apps if app.host_id == host_id), None)
    if name is None:
        raise refuse(Reason.NOT_FOUND)
    yield from sql.unbind.run(teen=teen_id, host=host_id, now=millis(now))
    yield from sql.drop_devices.run(teen=teen_id, host=host_id)
    yield from usage.forget_host.run(teen=teen_id, host=host_id)
    yield from policies.forget.run(teen=teen_id, host=host_id)
    yield from policies.forget_applied.run(teen=teen_id, host=host_id)
    entry = AppUnbound(app=host_id, app_name=name)
    yield from _tell(teen_id, entry, now=now, keys=keys, random=random)


def _tell(
    teen_id: str, entry: AppBound | AppUnbound, *, now: datetime, keys: Keys, random: Random
) -> Txn[None]:
    viewers = yield from viewers_of(teen_id, now, keys)
    yield from ledger.append(
        teen_id=teen_id,
        entry=entry,
        actor=ledger.Actor("teen", teen_id),
        now=now,
        viewers=viewers,
        random=random,
    )
