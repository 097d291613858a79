"""Standing yeses: "+15 once a day on weekends" answers its owner's part at once (section 6)."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from familypair.rules.days import Day
from familypair.rules.schedule import weekday_of
from familypair.schema.requests import MoreTime, Wish
from familypair.settings import WEEKDAYS, say_days, say_minutes

MOST_RULES: Final = 5
"""Standing yeses of one guardian for one teen."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One guardian's standing yes to minutes of the day."""

    id: str
    owner: str
    minutes: int
    days: tuple[str, ...]
    times_a_day: int = 1


def days_of(given: Sequence[str]) -> tuple[str, ...] | None:
    """The weekdays in their order, each once; None when one of them is no weekday."""
    return None if set(given) - set(WEEKDAYS) else tuple(day for day in WEEKDAYS if day in given)


def answering(
    rules: Sequence[Standing], owner: str, wish: Wish, day: Day, used: Mapping[str, int]
) -> Standing | None:
    """The rule of this owner that answers the wish; `used` counts each rule's answers of today.

    More than a rule gives is not answered by it: the owner decides.
    """
    if not isinstance(wish, MoreTime) or wish.minutes is None:
        return None
    fitting = (
        rule
        for rule in rules
        if rule.owner == owner
        and wish.minutes <= rule.minutes
        and weekday_of(day.date) in rule.days
        and used.get(rule.id, 0) < rule.times_a_day
    )
    return next(fitting, None)


def rule_words(rule: Standing) -> str:
    """`+15 min once a day, Sat, Sun`."""
    times = "once a day" if rule.times_a_day == 1 else f"{rule.times_a_day} times a day"
    return f"+{say_minutes(rule.minutes)} {times}, {say_days(rule.days)}"
