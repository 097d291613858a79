"""Browsers that signed in before: others' wrong tries do not stop them (security 2.1, T8).

The cookie is sealed, so nobody can read an account out of it or make one. It proves nothing beyond
"the password was right here once": all it gives is a failure counter of its own.
"""

import hmac
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag

from familypair_server.accounts import statements as accounts
from familypair_server.accounts.statements import AccountRow
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.storage import Txn, transaction
from familypair_server.times import instant, millis

KNOWN_FOR: Final = timedelta(days=180)
MOST: Final = 8
"""Accounts per browser; the one that signed in longest ago makes room."""
_PURPOSE: Final = "known-browser"
_ID_BYTES: Final = 16


class Mark(msgspec.Struct, frozen=True):
    """One account that signed in here."""

    mac: str
    """Over this browser, the account and its password's hash: a new password forgets browsers."""
    at: int


class Browser(msgspec.Struct, frozen=True):
    """What the cookie holds."""

    id: str
    marks: tuple[Mark, ...] = ()

    def knows(self, keys: Keys, account: AccountRow, now: datetime) -> bool:
        """Whether this account's present password was right here within `KNOWN_FOR`."""
        wanted = self._mac(keys, account)
        return any(
            hmac.compare_digest(mark.mac, wanted) and now - instant(mark.at) <= KNOWN_FOR
            for mark in self.marks
        )

    def with_mark(self, keys: Keys, account: AccountRow, now: datetime) -> "Browser":
        """The same browser after a sign-in of this account."""
        mac = self._mac(keys, account)
        others = tuple(mark for mark in self.marks if mark.mac != mac)
        return Browser(self.id, (Mark(mac, millis(now)), *others)[:MOST])

    def _mac(self, keys: Keys, account: AccountRow) -> str:
        return keys.mac(_PURPOSE, self.id, account.id, account.password_hash).hex()


def unseal(keys: Keys, cookie: str) -> Browser | None:
    """The browser of a cookie of ours; None for anything else."""
    try:
        return msgspec.json.decode(keys.open(_PURPOSE, cookie, aad=""), type=Browser)
    except (InvalidTag, ValueError):
        return None


def seal(keys: Keys, browser: Browser, random: Random) -> str:
    """The cookie's value."""
    return keys.seal(_PURPOSE, msgspec.json.encode(browser), aad="", random=random)


@transaction
def remember(
    *, browser: Browser | None, account_id: str, now: datetime, keys: Keys, random: Random
) -> Txn[Browser]:
    """The browser, new or not, with a mark of the account that just signed in."""
    account = yield from accounts.by_id.one(id=account_id)
    here = browser or Browser(random.bytes(_ID_BYTES).hex())
    return here.with_mark(keys, account, now) if account else here
