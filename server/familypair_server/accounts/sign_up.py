"""Making an account after the age screen."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.schema.accounts import Assurance, Kind
from familypair.text import clean_line
from familypair_server.accounts import ages, names, places
from familypair_server.accounts import statements as sql
from familypair_server.auth import limits, passwords
from familypair_server.auth.passwords import Passwords
from familypair_server.ids import Random, new_id
from familypair_server.jobs import schedule
from familypair_server.keys import Keys
from familypair_server.problems import Refused, refuse
from familypair_server.records import ledger
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis


class Wish(msgspec.Struct, frozen=True):
    """What a person typed on the sign-up page."""

    name: str
    login: str
    password: str
    country: str
    zone: str


class Made(msgspec.Struct, frozen=True):
    """A new account."""

    account_id: str
    login: str
    """The sign-in name with the server's digits."""


class _Checked(msgspec.Struct, frozen=True):
    name: str
    login: str


async def sign_up(
    store: Store,
    hasher: Passwords,
    *,
    wish: Wish,
    ticket: ages.Ticket,
    network: str,
    per_hour: int,
    now: datetime,
    keys: Keys,
    random: Random,
) -> Made:
    """Make the account. Raises `Refused` with one refusal per field that cannot be used.

    `Refused(TOO_MANY_REQUESTS)` after `per_hour` accounts of one network in an hour.
    """
    checked = _check(wish)
    subject = limits.subject(keys, "sign-up", network)
    if wait := await store.run(_take_place(limits.sign_ups(per_hour), subject, now)):
        raise Refused(Refusal(Reason.TOO_MANY_REQUESTS), retry_after=wait)
    password_hash = await hasher.hash(wish.password, network=network)
    account_id = new_id(random, "acc")
    return await store.run(
        _insert(
            account_id=account_id,
            checked=checked,
            wish=wish,
            password_hash=password_hash,
            kind=ticket.kind,
            age=ages.seal(keys, account_id, ticket.age, random) if ticket.age else None,
            now=now,
            random=random,
        )
    )


@transaction
def _take_place(rule: limits.Rule, who: str, now: datetime) -> Txn[int]:
    """Count one more account of this network before the work; or the seconds to wait."""
    return (yield from limits.take(rule, who, now))


@transaction
def count_too_young(*, now: datetime) -> Txn[None]:
    """All that is kept of a sign-up under the minimum age: one more on that day."""
    yield from sql.count_refusal.run(day=now.date().isoformat())


def _check(wish: Wish) -> _Checked:
    name = clean_line(wish.name, pointer="/name")
    login = names.chosen(wish.login, pointer="/login")
    found: list[Refusal | None] = [
        name if isinstance(name, Refusal) else None,
        login if isinstance(login, Refusal) else None,
        passwords.fault(wish.password, pointer="/password", context=(wish.name, wish.login)),
        places.country_fault(wish.country, pointer="/country"),
        places.zone_fault(wish.zone, pointer="/zone"),
    ]
    faults = [fault for fault in found if fault is not None]
    if faults or isinstance(name, Refusal) or isinstance(login, Refusal):
        raise Refused(*faults)
    return _Checked(name, login)


@transaction
def _insert(
    *,
    account_id: str,
    checked: _Checked,
    wish: Wish,
    password_hash: str,
    kind: Kind,
    age: str | None,
    now: datetime,
    random: Random,
) -> Txn[Made]:
    for attempt in range(names.TRIES):
        login = names.numbered(checked.login, attempt, random)
        made = yield from sql.insert.run(
            id=account_id,
            kind=kind,
            login=login,
            name=checked.name,
            password_hash=password_hash,
            age=age,
            country=wish.country,
            zone=wish.zone,
            assurance=Assurance.DECLARED,
            now=millis(now),
        )
        if made == 1:
            if kind == Kind.TEEN:
                yield from ledger.open_teen(account_id)
                yield from schedule("band_notice", account_id, now)
            return Made(account_id, login)
    raise refuse(Reason.UNAVAILABLE)
