"""Signing in with name and password: equal work and equal answers for known and unknown names."""

from datetime import datetime

import msgspec

from familypair.reasons import Reason, Refusal
from familypair_server.accounts import statements as accounts
from familypair_server.accounts.names import login_key
from familypair_server.auth import limits
from familypair_server.auth.known import Browser
from familypair_server.auth.passwords import Passwords
from familypair_server.keys import Keys
from familypair_server.storage import Store, Txn, transaction

WRONG = Refusal(Reason.SIGN_IN_FAILED, "/password")


class Guesser(msgspec.Struct, frozen=True):
    """The counters of one attempt."""

    here: str
    """Of this name from this network."""
    anywhere: str
    """Of this name."""
    network: str
    """Of this network."""
    browser: str
    """Of this name in this browser."""


class Attempt(msgspec.Struct, frozen=True):
    """What the database said before the password was looked at."""

    wait: int
    """Seconds; above 0 the password is not looked at."""
    account: accounts.AccountRow | None = None
    known: bool = False
    """Whether the browser knows the account: then only its own failures count."""


async def sign_in(
    store: Store,
    passwords: Passwords,
    *,
    login: str,
    password: str,
    network: str,
    browser: Browser | None,
    now: datetime,
    keys: Keys,
) -> str | Refusal:
    """The account's id when the password is right, else why not.

    The guess is counted before the password is checked, so that many at once gain nothing.
    """
    name = login_key(login)
    who = _guesser(keys, name, network, browser)
    attempt = await store.run(_attempt(login=name, who=who, browser=browser, now=now, keys=keys))
    if attempt.wait:
        return _too_many(attempt.wait)
    stored = attempt.account.password_hash if attempt.account else None
    if not await passwords.verify(stored, password, network=network) or attempt.account is None:
        return WRONG
    await store.run(_succeeded(who=who, known=attempt.known, now=now))
    if passwords.outdated(attempt.account.password_hash):
        fresh = await passwords.hash(password, network=network)
        await store.run(_rehash(account_id=attempt.account.id, password_hash=fresh))
    return attempt.account.id


def _guesser(keys: Keys, name: str, network: str, browser: Browser | None) -> Guesser:
    return Guesser(
        here=limits.subject(keys, "sign-in", name, network),
        anywhere=limits.subject(keys, "sign-in", name),
        network=limits.subject(keys, "sign-in-network", network),
        browser=limits.subject(keys, "sign-in-browser", name, browser.id) if browser else "",
    )


def _too_many(seconds: int) -> Refusal:
    params = {"seconds": seconds, "minutes": -(-seconds // 60)}
    return Refusal(Reason.TOO_MANY_SIGN_INS, "/password", params)


@transaction
def _attempt(
    *, login: str, who: Guesser, browser: Browser | None, now: datetime, keys: Keys
) -> Txn[Attempt]:
    account = yield from accounts.by_login.one(login=login)
    known = bool(browser and account and browser.knows(keys, account, now))
    wait = yield from (_try_of_owner(who, now) if known else _try_of_stranger(who, now))
    return Attempt(wait) if wait else Attempt(0, account, known)


def _try_of_owner(who: Guesser, now: datetime) -> Txn[int]:
    wait = yield from limits.wait(limits.SIGN_IN_BROWSER, who.browser, now)
    if not wait:
        yield from limits.count(limits.SIGN_IN_BROWSER, who.browser, now)
    return wait


def _try_of_stranger(who: Guesser, now: datetime) -> Txn[int]:
    wait = yield from _wait_for_name(who, now)
    if not wait:
        wait = yield from limits.take(limits.SIGN_IN_NETWORK, who.network, now)
    if not wait:
        yield from limits.count(limits.SIGN_IN, who.here, now)
        yield from limits.count(limits.SIGN_IN_ANYWHERE, who.anywhere, now)
    return wait


def _wait_for_name(who: Guesser, now: datetime) -> Txn[int]:
    here = yield from limits.wait(limits.SIGN_IN, who.here, now)
    anywhere = yield from limits.wait(limits.SIGN_IN_ANYWHERE, who.anywhere, now)
    if anywhere and (yield from limits.knows_network(who.here, now)):
        anywhere = 0
    return max(here, anywhere)


@transaction
def _succeeded(*, who: Guesser, known: bool, now: datetime) -> Txn[None]:
    if known:
        yield from limits.clear(limits.SIGN_IN_BROWSER, who.browser)
    else:
        yield from limits.clear(limits.SIGN_IN, who.here)
        yield from limits.clear(limits.SIGN_IN_ANYWHERE, who.anywhere)
        # Not cleared: whoever has one account would guess on for ever.
        yield from limits.uncount(limits.SIGN_IN_NETWORK, who.network)
    yield from limits.remember_network(who.here, now)


@transaction
def _rehash(*, account_id: str, password_hash: str) -> Txn[None]:
    yield from accounts.set_password.run(id=account_id, password_hash=password_hash)


async def confirm_password(
    store: Store,
    passwords: Passwords,
    *,
    account_id: str,
    password: str,
    network: str,
    now: datetime,
    keys: Keys,
) -> bool | Refusal:
    """Whether a signed-in person typed the right password again (ASVS 7.5.1); counted as above."""
    who = limits.subject(keys, "confirm", account_id)
    wait, stored = await store.run(_confirming(account_id=account_id, who=who, now=now))
    if wait:
        return _too_many(wait)
    if not await passwords.verify(stored, password, network=network):
        return False
    await store.run(_confirmed(who=who))
    return True


@transaction
def _confirming(*, account_id: str, who: str, now: datetime) -> Txn[tuple[int, str | None]]:
    wait = yield from limits.wait(limits.SIGN_IN, who, now)
    if not wait:
        yield from limits.count(limits.SIGN_IN, who, now)
    row = yield from accounts.by_id.one(id=account_id)
    return wait, row.password_hash if row else None


@transaction
def _confirmed(*, who: str) -> Txn[None]:
    yield from limits.clear(limits.SIGN_IN, who)
