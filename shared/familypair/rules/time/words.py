"""A day's arithmetic in words: `60 min (Dana) + 15 min (Dana) - 48 min used = 27 min left`."""

from collections.abc import Callable
from typing import Final

from familypair.rules.layers.pairs import MINUTE
from familypair.rules.time.balance import DayBalance, LayerSum
from familypair.rules.time.model import Posting, PostingKind
from familypair.settings import say_minutes

Name = Callable[[str], str]
"""An account id as this reader may know it; the empty id is the platform."""

_HOUR: Final = 60
_LINES: Final = {
    PostingKind.GRANT: "from {by}",
    PostingKind.ACCEPTED: "taken by {by}",
    PostingKind.CODE: "by {whose} code",
    PostingKind.ROLL_OVER: "left over from the day before",
    PostingKind.CORRECTION: "after a late report",
    PostingKind.WRITE_OFF: "over the limit, written off",
    PostingKind.UNDONE: "taken back by {by}",
    PostingKind.REQUEST: "agreed by {owner}",
    PostingKind.AUTO_RULE: "by {whose} standing yes",
}


def say_seconds(seconds: int) -> str:
    """A length of time to the second, as people say it: `48 min`, `48 min 10 s`, `1 h 05`."""
    minutes, rest = divmod(seconds, MINUTE)
    if not rest:
        return say_minutes(minutes)
    if not minutes:
        return f"{rest} s"
    if minutes < _HOUR:
        return f"{minutes} min {rest} s"
    return f"{minutes // _HOUR} h {minutes % _HOUR:02d} min {rest} s"


def say_limit(limit: int | str | None) -> str:
    """A limit in minutes in words; None where there is no rule."""
    if limit is None:
        return "no rule"
    return "no limit" if isinstance(limit, str) else say_minutes(limit)


def posting_words(line: Posting, name: Name) -> str:
    """One line: `+30 min from Dana`."""
    if line.kind is PostingKind.CHANGED:
        before, after = say_limit(line.before), say_limit(line.after)
        return f"limit changed from {before} to {after} by {name(line.by)}"
    sign = "-" if line.seconds < 0 else "+"
    why = _LINES[line.kind].format(
        by=name(line.by), owner=name(line.owner), whose=_whose(name(line.owner))
    )
    return f"{sign}{say_seconds(abs(line.seconds))} {why}"


def _whose(name: str) -> str:
    return "your" if name == "you" else f"{name}'s"


def balance_words(found: DayBalance, used: int | None, voice: str, name: Name) -> str:
    """The whole arithmetic of the layer that binds; `voice` is its name.

    `used` is None where nothing is known, or where the reader does not see use.
    """
    if not found.binding:
        return "no limit today" if used is None else f"no limit today, {say_seconds(used)} used"
    one = found.binding[0]
    terms = _terms(one, voice, name)
    if used is None:
        return terms if "+" not in terms and "-" not in terms else f"{terms} = {_total(one)}"
    left = (one.seconds or 0) - used
    end = f"{say_seconds(left)} left" if left >= 0 else f"{say_seconds(-left)} over"
    return f"{terms} - {say_seconds(used)} used = {end}"


def glance_words(found: DayBalance, used: int | None) -> str:
    """What a card has room for: `27 min left of 75 min`."""
    if found.limit is None:
        return "no limit" if used is None else f"{say_minutes(used // MINUTE)} used, no limit"
    total = say_minutes(found.limit // MINUTE)
    if used is None:
        return f"{total} today"
    if used > found.limit:
        return f"{say_minutes((used - found.limit) // MINUTE)} over {total}"
    return f"{say_minutes((found.limit - used) // MINUTE)} left of {total}"


def _terms(one: LayerSum, voice: str, name: Name) -> str:
    parts = [f"{say_limit(one.limit)} ({voice})"]
    for line in (each for each in one.lines if each.seconds):
        sign = "-" if line.seconds < 0 else "+"
        parts.append(f"{sign} {say_seconds(abs(line.seconds))} ({_short(line, name)})")
    return " ".join(parts)


def _short(line: Posting, name: Name) -> str:
    if line.kind in {PostingKind.GRANT, PostingKind.REQUEST, PostingKind.ACCEPTED}:
        return name(line.by)
    return {
        PostingKind.CODE: "code",
        PostingKind.ROLL_OVER: "yesterday",
        PostingKind.CORRECTION: "late report",
        PostingKind.WRITE_OFF: "written off",
        PostingKind.UNDONE: "taken back",
        PostingKind.AUTO_RULE: "standing yes",
    }[line.kind]


def _total(one: LayerSum) -> str:
    return say_seconds(one.seconds or 0)
