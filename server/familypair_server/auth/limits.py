"""Counters of wrong guesses in the database, so that no restart or second node resets them.

Every count is one statement in the caller's transaction; a refusal returns the seconds to wait.
Subjects are keyed MACs: the table names neither people nor networks.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import msgspec

from familypair_server.auth import statements as sql
from familypair_server.keys import Keys
from familypair_server.storage import Txn
from familypair_server.times import millis


class Rule(msgspec.Struct, frozen=True):
    """How many wrong guesses are free, and what the next one costs."""

    kind: str
    free: int
    """Wrong guesses before the first wait."""
    remember: timedelta
    """A counter is forgotten this long after its first guess, or its last when `doubling`."""
    doubling: bool = False
    """Wait 1 s, 2 s, 4 s ... `LONGEST_WAIT` instead of the rest of the window."""
    stop: int | None = None
    """At this many guesses the wait is the whole of `remember`."""


LONGEST_WAIT: Final = timedelta(minutes=15)
KNOWN_NETWORK_FOR: Final = timedelta(days=90)

SIGN_IN = Rule("sign-in", free=10, remember=timedelta(days=1), doubling=True, stop=100)
"""Per sign-in name and network (security 2.1)."""
SIGN_IN_ANYWHERE = Rule("sign-in-anywhere", free=100, remember=timedelta(days=1))
"""Per sign-in name; networks that signed in before are not stopped by strangers' failures."""
SIGN_IN_NETWORK = Rule("sign-in-network", free=60, remember=timedelta(hours=1))
"""Failures per network, whatever names they try: each costs an argon2 run and leaves rows."""
SIGN_IN_BROWSER = Rule(
    "sign-in-browser", free=10, remember=timedelta(days=1), doubling=True, stop=100
)
"""Per sign-in name in a browser that knows it; such a browser is stopped by nothing else."""
USER_CODE_ACCOUNT = Rule("user-code-account", free=5, remember=timedelta(hours=1))
USER_CODE_NETWORK = Rule("user-code-network", free=20, remember=timedelta(hours=1))
USER_CODE_ALL = Rule("user-code-all", free=25_600, remember=timedelta(days=1))
"""Everybody's wrong codes together: with 1000 live codes, one hit in 1000 days (security 2.1)."""
_KNOWN = "known-network"
_FORGET_AT_ONCE = 20
"""More than one guess can add, so that counters that are over become fewer."""


def sign_ups(per_hour: int) -> Rule:
    """New accounts per network."""
    return Rule("sign-up-network", free=per_hour, remember=timedelta(hours=1))


def network_of(address: str) -> str:
    """The /24 or /56 that an address belongs to, as text; unparsable addresses share one."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(ip_network(f"{parsed}/{24 if parsed.version == 4 else 56}", strict=False))  # noqa: PLR2004


def subject(keys: Keys, *parts: str) -> str:
    """The stored name of a counter."""
    return keys.mac("guess-subject", *parts).hex()


def wait(rule: Rule, who: str, now: datetime) -> Txn[int]:
    """Seconds until `who` may guess again; 0 when now."""
    row = yield from sql.guess.one(kind=rule.kind, subject=who)
    if row is None or row.forget_at <= millis(now):
        return 0
    return max(0, -(-(row.blocked_until - millis(now)) // 1000))


def count(rule: Rule, who: str, now: datetime) -> Txn[None]:
    """Count one wrong guess and set the wait before the next."""
    yield from _add(rule, who, now)


def take(rule: Rule, who: str, now: datetime) -> Txn[int]:
    """Count one more, unless that is more than `rule.free`: then the seconds to wait.

    Exact also when many come at once: each decides on the number that its own count made.
    """
    seconds = yield from wait(rule, who, now)
    if seconds:
        return seconds
    row = yield from _add(rule, who, now)
    over = row is not None and row.n > rule.free
    return (yield from wait(rule, who, now)) if over else 0


def _add(rule: Rule, who: str, now: datetime) -> Txn[sql.GuessRow | None]:
    row = yield from sql.count_guess.one(
        kind=rule.kind,
        subject=who,
        now=millis(now),
        forget_at=millis(now + rule.remember),
        sliding=int(rule.doubling),
    )
    if row is not None and (until := _blocked_until(rule, row, now)):
        yield from sql.block_guess.run(kind=rule.kind, subject=who, until=until)
    yield from sql.forget_guesses.run(before=millis(now), most=_FORGET_AT_ONCE)
    return row


def uncount(rule: Rule, who: str) -> Txn[None]:
    """Take one count back, for a rule where a right guess must not forget the wrong ones."""
    yield from sql.uncount_guess.run(kind=rule.kind, subject=who, free=rule.free)


def clear(rule: Rule, who: str) -> Txn[None]:
    """Forget the guesses: this one was right."""
    yield from sql.clear_guess.run(kind=rule.kind, subject=who)


def _blocked_until(rule: Rule, row: sql.GuessRow, now: datetime) -> int:
    if row.n < rule.free:
        return 0
    if not rule.doubling or (rule.stop is not None and row.n >= rule.stop):
        return row.forget_at
    pause = min(timedelta(seconds=2 ** min(row.n - rule.free, 30)), LONGEST_WAIT)
    return millis(now + pause)


def remember_network(who: str, now: datetime) -> Txn[None]:
    """Note a successful sign-in: strangers' failures must not lock this network out."""
    forget_at = millis(now + KNOWN_NETWORK_FOR)
    yield from sql.count_guess.one(
        kind=_KNOWN, subject=who, now=millis(now), forget_at=forget_at, sliding=1
    )


def knows_network(who: str, now: datetime) -> Txn[bool]:
    """Whether `remember_network` was called for it in the last 90 days."""
    row = yield from sql.guess.one(kind=_KNOWN, subject=who)
    return row is not None and row.forget_at > millis(now)
