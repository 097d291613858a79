"""Ages at rest: the band and the day it changes, sealed to the account. Never a birth date."""

import hmac
from datetime import date, datetime, timedelta
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag

from familypair.reasons import Reason
from familypair.rules.age import Age, NoDate, TooYoung, age_at, age_on, screen
from familypair.schema.accounts import Band, Kind
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.problems import refuse
from familypair_server.times import instant, millis

ADULT_AT = 18
_COLUMN = "age"
_TICKET = "age-screen"
TICKET_LIFE = timedelta(hours=1)


def seal(keys: Keys, account_id: str, age: Age, random: Random) -> str:
    """The column `account.age`."""
    return keys.seal(_COLUMN, msgspec.json.encode(age), aad=account_id, random=random)


def unseal(keys: Keys, account_id: str, sealed: str) -> Age:
    """What `seal` kept. Raises `InvalidTag` when the column was moved or altered."""
    return msgspec.json.decode(keys.open(_COLUMN, sealed, aad=account_id), type=Age)


class Aged(Protocol):
    """Any row that has an account's id and its sealed age."""

    @property
    def id(self) -> str: ...
    @property
    def age(self) -> str | None: ...


def band_of(keys: Keys, person: Aged, now: datetime) -> Band:
    """The age band at an instant; unknown counts as the youngest (product.md section 2)."""
    if person.age is None:
        return Band.YOUNGER
    return age_at(unseal(keys, person.id, person.age), now.date()).band


class Ticket(msgspec.Struct, frozen=True):
    """The result of the age screen on its way through the sign-up form, sealed."""

    kind: Kind
    age: Age | None
    """None for adults: nothing of their age is kept."""
    at: int


def screened(birth: date, now: datetime) -> Ticket | TooYoung | NoDate:
    """Run the neutral age screen (product.md section 2)."""
    today = now.date()
    result = screen(birth, today)
    if not isinstance(result, Age):
        return result
    if age_on(birth, today) >= ADULT_AT:
        return Ticket(Kind.GUARDIAN, None, millis(now))
    return Ticket(Kind.TEEN, result, millis(now))


def seal_ticket(keys: Keys, ticket: Ticket, random: Random) -> str:
    """The hidden field of the sign-up form; it cannot be read or altered by its bearer."""
    return keys.seal(_TICKET, msgspec.json.encode(ticket), aad="", random=random)


def open_ticket(keys: Keys, sealed: str, now: datetime) -> Ticket:
    """Raises `Refused(EXPIRED)` on anything but a ticket of the last hour."""
    try:
        ticket = msgspec.json.decode(keys.open(_TICKET, sealed, aad=""), type=Ticket)
    except (InvalidTag, ValueError) as error:
        raise refuse(Reason.EXPIRED) from error
    if now - instant(ticket.at) > TICKET_LIFE:
        raise refuse(Reason.EXPIRED)
    return ticket


def waiting_note(keys: Keys, now: datetime) -> str:
    """The cookie of a refused sign-up: the hour it ends, and a MAC. It identifies nobody."""
    until = (now + timedelta(hours=24)).replace(minute=0, second=0, microsecond=0)
    hour = str(millis(until) // 3_600_000 + 1)
    return f"{hour}.{keys.mac('age-wait', hour).hex()}"


def must_wait(keys: Keys, note: str, now: datetime) -> bool:
    """Whether a cookie says that a sign-up was refused within the last 24 h."""
    hour, _, mac = note.partition(".")
    genuine = hmac.compare_digest(mac.encode(), keys.mac("age-wait", hour).hex().encode())
    return genuine and millis(now) < int(hour) * 3_600_000
