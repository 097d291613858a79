"""The small parts of a snapshot. Few differ, so most are shared between teens."""

import functools
from collections.abc import Hashable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from familypair.reasons import Reason
from familypair.rules.decide.actions import RESTRICTED_MODE, ROWS, SEARCH_ENABLED, Check, Row, Test
from familypair.rules.decide.model import Outcome
from familypair.rules.search.voices import ALLOW, ASK, DENY, OUTCOMES
from familypair.schema.policies import By, Held
from familypair.settings.audience import Facts, in_audience
from familypair.settings.registry import field

EVERYBODY: Final = 0xFFFF
"""A check that no account fails: a bit for each of the 16 sets of facts."""
TERMS: Final = "search.blocked_terms"
_KEPT: Final = 4096
_REMEMBERED: Final = 32_768
_AT_LIMIT: Final[Mapping[str, int]] = {"remind": ALLOW, "ask": ASK, "stop": DENY}
_BITS: Final[tuple[Facts, ...]] = tuple(
    Facts(
        suggested=bool(n & 1),
        follows_me=bool(n & 2),
        i_follow=bool(n & 4),
        has_messaged=bool(n & 8),
    )
    for n in range(16)
)

H = TypeVar("H", bound=Hashable)


_known: Final[dict[Hashable, Any]] = {}


def same(value: H) -> H:
    """The same object for equal values, as far as it is remembered.

    Small objects that many teens share stay in the processor's cache, however many teens there are.
    """
    if len(_known) >= _REMEMBERED:
        _known.clear()
    kept: H = _known.setdefault(value, value)
    return kept


Ask = tuple[str, str]
"""The wish that could change a no, and its field or category."""


class No(msgspec.Struct, frozen=True, gc=False):
    """What is said when something stands in the way; a reminder is one that allows."""

    rank: int
    outcome: Outcome
    reason: Reason
    by: By
    ask: str = ""
    field: str = ""
    kind: str = ""


class Guard(msgspec.Struct, frozen=True, gc=False):
    """A check with its setting: the sets of facts that pass, and the no for the others."""

    passes: int
    no: No


class Rule(msgspec.Struct, frozen=True, gc=False):
    """An action with its settings."""

    timed: bool
    contacts: bool
    guards: tuple[Guard, ...]


class Moment(msgspec.Struct, frozen=True, gc=False):
    """What holds between two cuts of time."""

    no: No | None = None
    calm: bool = False


class Rung(msgspec.Struct, frozen=True, gc=False):
    """From `seconds` of use on this is said."""

    seconds: int
    no: No


class Day(msgspec.Struct, frozen=True, gc=False):
    """One local day."""

    start_ms: int
    end_ms: int
    rungs: tuple[Rung, ...]


class Who(msgspec.Struct, frozen=True, gc=False):
    """Whose voice it is, and whether nobody can grant what it stops."""

    by: By
    fixed: bool


@functools.lru_cache(maxsize=_KEPT)
def no(
    rank: int, reason: Reason, by: By, *, fixed: bool, ask: Ask = ("", ""), kind: str = ""
) -> No:
    """A no; without a way to ask where nobody can grant it."""
    wish, about = ("", "") if fixed else ask
    return No(rank, OUTCOMES[rank], reason, by, wish, about, kind)


@functools.lru_cache(maxsize=_KEPT)
def moment(stops: No | None, calm: bool) -> Moment:  # noqa: FBT001 - the two halves of a key
    """What holds between two cuts."""
    return Moment(stops, calm)


@functools.lru_cache(maxsize=_KEPT)
def rung(seconds: int, outcome: str, by: By, *, fixed: bool) -> Rung:
    """A limit: a reminder allows."""
    rank = _AT_LIMIT[outcome]
    reason = Reason.LIMIT_REACHED if rank else Reason.LIMIT_REMINDER
    return Rung(seconds, no(rank, reason, by, fixed=fixed, ask=("minutes" if rank else "", "")))


@functools.lru_cache(maxsize=_KEPT)
def blocked(by: By, kind: str) -> No:
    """Blocked time; only a cap blocks time for the platform."""
    platform = by is By.PLATFORM
    return no(DENY, Reason.BLOCKED_TIME, by, fixed=platform, ask=("lift_block", ""), kind=kind)


@functools.lru_cache(maxsize=_KEPT)
def quiet(by: By) -> No:
    """Quiet time; the platform's is a cap or a hold."""
    ask = ("settings", "notifications.mute")
    return no(DENY, Reason.QUIET_TIME, by, fixed=by is By.PLATFORM, ask=ask)


def contact(by: By) -> No:
    """A blocked account; the platform holds what an ended link had blocked."""
    return no(DENY, Reason.BLOCKED_CONTACT, by, fixed=by is By.PLATFORM, ask=("unblock", ""))


def setting(path: str, rank: int, reason: Reason, held: Held) -> No:
    """A setting that says no."""
    return no(rank, reason, held.by, fixed=held.fixed, ask=("settings", path))


def word(who: Who, *, named: bool) -> No:
    """A blocked word; nobody can ask for one that is hidden."""
    ask = ("settings", TERMS) if named else ("", "")
    return no(DENY, Reason.BLOCKED_TERM, who.by, fixed=who.fixed, ask=ask)


def category(who: Who, rank: int, name: str) -> No:
    """A category that is stopped."""
    return no(rank, Reason.BLOCKED_CATEGORY, who.by, fixed=who.fixed, ask=("search", name))


def rules_of(settings: Mapping[str, Held]) -> tuple[Rule, ...]:
    """Every action with its settings, in the order of `actions.ROWS`."""
    return same(tuple(_rule(row, settings) for row in ROWS))


def _rule(row: Row, settings: Mapping[str, Held]) -> Rule:
    guards = tuple(_guard(check, held_of(settings, check.path)) for check in row.checks)
    kept = same(tuple(one for one in guards if one.passes != EVERYBODY))
    return same(Rule(row.timed, row.contacts, kept))


def _guard(check: Check, held: Held) -> Guard:
    return _kept_guard(check, held.value, held.by, held.fixed)


@functools.lru_cache(maxsize=_KEPT)
def _kept_guard(check: Check, value: object, by: By, fixed: bool) -> Guard:  # noqa: FBT001 - a key
    held = Held(value=value, by=by, fixed=fixed)
    passes = sum(1 << n for n, facts in enumerate(_BITS) if _passes(check, value, facts))
    return Guard(passes, setting(check.path, DENY, check.reason, held))


def _passes(check: Check, value: object, facts: Facts) -> bool:
    if check.test is Test.AUDIENCE:
        return isinstance(value, str) and in_audience(value, facts)
    if value == field(check.path).order.loosest:
        return True
    if check.test is Test.FOLLOWERS:
        return value is not None and facts.follows_me
    return (
        check.test is Test.CONNECTED and value is not None and (facts.follows_me or facts.i_follow)
    )


_UNKNOWN: Final = Held(value=None, by=By.PLATFORM, fixed=True)


def held_of(settings: Mapping[str, Held], path: str) -> Held:
    """What holds for a setting; nothing passes one that the document does not have."""
    return settings.get(path, _UNKNOWN)


def search_off(settings: Mapping[str, Held]) -> No | None:
    """Said to every search while search is off."""
    held = held_of(settings, SEARCH_ENABLED)
    if held.value == "on":
        return None
    return setting(SEARCH_ENABLED, DENY, Reason.SEARCH_OFF, held)


def search_limited(settings: Mapping[str, Held]) -> No | None:
    """Said where results are to suit the age and the host cannot limit them."""
    held = held_of(settings, RESTRICTED_MODE)
    if held.value == "off":
        return None
    return setting(RESTRICTED_MODE, ASK, Reason.RESTRICTED_MODE, held)
