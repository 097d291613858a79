"""Requests in words: for the teen, and for a guardian only what they may see."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.rules.requests.table import RequestState
from familypair.rules.requests.words import (
    Reader,
    context_words,
    effect_words,
    outcome_words,
    seen,
    suggested,
    wish_words,
)
from familypair.rules.time.blocks import NextBlock
from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    UnblockContact,
    Wish,
)
from familypair.settings import Audience
from familypair.testing.families import NOON, daily, family, guardian
from support.wishes import MORE, facts

HOUR = timedelta(hours=1)
REST = MoreTime(rest_of_day=True)
TEEN_READER = Reader(audience=Audience.TEEN, zone="UTC", may_see=lambda _path: True)
TIME_READER = Reader(
    audience=Audience.GUARDIAN,
    zone="Europe/Berlin",
    may_see=lambda path: path.startswith(("screen_time", "use")),
    step=900,
)
MIXED: dict[str, Any] = {**daily(90, "sat", "sun"), "messages": {"media": "on"}}


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (MORE, "+30 min today"),
        (MoreTime(rest_of_day=True), "the rest of the day"),
        (LiftBlock(end=NOON + HOUR), "open now-13:00 today"),
        (ChangeSettings(patch=daily(90)), "Daily time on Sunday 1 h 30"),
        (Plan(patch=daily(90), title="Deal"), "Deal: Daily time on Sunday 1 h 30"),
        (UnblockContact(host="app", account="kim"), "unblock kim on app"),
        (ChangePlace(zone="UTC", country="ES"), "zone UTC, country ES"),
    ],
)
def test_a_wish_in_words(wish: Wish, words: str) -> None:
    """One line, as the teen asked it."""
    assert wish_words(wish, TEEN_READER) == words


def test_a_guardian_reads_the_fields_of_their_scopes_only() -> None:
    """The rest of a patch is neither in the words nor in the wish nor in the effect."""
    wish = ChangeSettings(patch=MIXED)
    assert wish_words(wish, TEEN_READER).count(",") == 2
    assert "media" not in str(seen(wish, TIME_READER)).lower()
    assert seen(MORE, TIME_READER) == MORE
    book = facts(family(guardian("A", daily(60, "sat", "sun")))).book
    assert effect_words(book, wish, TIME_READER) == (
        "Daily time on Saturday 60 min to 1 h 30, Daily time on Sunday 60 min to 1 h 30"
    )


def test_the_effect_of_minutes_says_until_when() -> None:
    """The teen exactly; a guardian with use in steps of 15 minutes, and not without `see_time`."""
    book = facts(family(guardian("A", daily(60))), used=50).book
    base = "limit 60 min to 1 h 30, today only"
    assert effect_words(book, MORE, TEEN_READER) == f"{base}; would end at 12:40"
    assert effect_words(book, MORE, TIME_READER) == f"{base}; would end at about 13:45"
    blind = Reader(audience=Audience.GUARDIAN, zone="UTC", may_see=lambda _path: False)
    assert effect_words(book, MORE, blind) == base
    assert effect_words(facts(family(guardian("A", daily("none")))).book, MORE, blind) == ""


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (LiftBlock(end=NOON + HOUR), "blocked times open until 13:00, today only"),
        (UnblockContact(host="app", account="kim"), "kim on app is free again"),
        (ChangePlace(zone="UTC"), "zone UTC from the next day on"),
    ],
)
def test_other_effects_in_words(wish: Wish, words: str) -> None:
    """What a yes would do, in one line."""
    assert effect_words(facts(family()).book, wish, TEEN_READER) == words


def test_the_context_of_an_answer() -> None:
    """Use, the next block, and how often was asked; use only where it is known."""
    block = NextBlock(by=(), kind="sleep", label="", start=NOON + HOUR, end=NOON + 9 * HOUR)
    known = context_words(used=5760, next_block=block, asks=2, granted=1, reader=TIME_READER)
    assert known == "1 h 30 used, bedtime 14:00, 2 asks this week, 1 granted"
    bare = context_words(used=None, next_block=None, asks=1, granted=0, reader=TEEN_READER)
    assert bare == "1 ask this week, 0 granted"


def test_what_fits_is_suggested() -> None:
    """Minutes until the next block or the day's end in fives; nothing below five, or else."""
    ends = [NOON + timedelta(minutes=28), NOON + 2 * HOUR]
    assert suggested(MORE, NOON, ends) == 25
    assert suggested(MoreTime(minutes=10), NOON, ends) == 10
    assert suggested(MoreTime(rest_of_day=True), NOON, ends) == 25
    assert suggested(MORE, NOON, [NOON + timedelta(minutes=4)]) is None
    assert suggested(UnblockContact(host="h", account="x"), NOON, ends) is None


@pytest.mark.parametrize(
    ("state", "wish", "minutes", "words"),
    [
        (RequestState.OPEN, MORE, None, ""),
        (RequestState.APPROVED, MORE, 15, "Sam approved 15 min at 12:00"),
        (
            RequestState.APPROVED,
            MoreTime(rest_of_day=True),
            None,
            "Sam approved the rest of the day at 12:00",
        ),
        (RequestState.APPROVED, ChangePlace(zone="UTC"), None, "Sam approved it at 12:00"),
        (RequestState.DECLINED, MORE, None, "Sam declined it at 12:00"),
        (RequestState.WITHDRAWN, MORE, None, "Sam withdrew it at 12:00"),
        (RequestState.EXPIRED, MORE, None, "it ran out of time at 12:00"),
    ],
)
def test_what_happened_in_words(
    state: RequestState, wish: Wish, minutes: int | None, words: str
) -> None:
    """Who did what and when, for whoever comes late."""
    found = outcome_words(state, who="Sam", wish=wish, minutes=minutes, at=NOON, zone="UTC")
    assert found == words
