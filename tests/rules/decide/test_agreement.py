"""Decisions from a document agree with the rules that explain the same policy to the family."""

from datetime import timedelta
from random import Random
from typing import Final

from hypothesis import given

from familypair.rules.days import day_at
from familypair.rules.decide import Decision, Question, decide_at, instant_of_ms, ms_of
from familypair.rules.decide.actions import PATHS
from familypair.rules.decide.search import by_of
from familypair.rules.layers import SearchAnswer, Text, effective, search_answer
from familypair.rules.search import Matcher
from familypair.rules.time.balance import balance
from familypair.rules.time.blocks import LOOK_AHEAD, blocked_at, mute_voices
from familypair.rules.time.voiced import times
from support.deciding import PACKS, PROFILE, SEEDS, TEXTS, compiled, family_of, instants, used

REASONS: Final = {
    "allow": ("allow", "allowed"),
    "remind": ("allow", "limit_reminder"),
    "ask": ("ask", "limit_reached"),
    "stop": ("deny", "limit_reached"),
}


@PROFILE
@given(SEEDS)
def test_the_settings_are_the_effective_ones_until_the_refresh(rnd: Random) -> None:
    """At any instant before anything changes, every value and the first who decided it."""
    family = family_of(rnd)
    made = family.document()
    for at_ms in (
        ms_of(made.issued_at),
        *instants(rnd, made, 2, family.until_ms),
        family.until_ms - 1,
    ):
        found = effective(family.policy, now=instant_of_ms(at_ms), fields=PATHS)
        for path, one in found.items():
            assert made.settings[path].value == one.value
            assert made.settings[path].by == by_of(one.decided_by[0])


@PROFILE
@given(SEEDS)
def test_the_time_gate_is_the_balance_and_the_blocks(rnd: Random) -> None:
    """Blocked time with its kind and end; else what the day's arithmetic says of the use."""
    family = family_of(rnd)
    made = family.document()
    snapshot = compiled(made)
    for at_ms in instants(rnd, made, 4, family.until_ms):
        now = instant_of_ms(at_ms)
        use = used(rnd, snapshot, at_ms)
        found = decide_at(snapshot, use, Question(action="app.use"), at_ms)
        block = blocked_at(family.policy, family.lifted, now)
        if block is not None:
            assert (found.outcome, found.reason) == ("deny", "blocked_time")
            assert (found.kind, found.decided_by) == (block.kind, by_of(block.by[0]))
            if block.until < now + timedelta(seconds=LOOK_AHEAD - 1):
                assert found.until_ms == ms_of(block.until)
            continue
        day = day_at(family.policy.regimes(), now)
        told = balance(
            family.policy, day, use_seconds=use.seconds, postings=family.postings, now=now
        )
        assert (found.outcome, found.reason) == REASONS[told.outcome()]
        following = told.next_rung
        if following is not None and following.seconds - use.seconds <= 900:
            assert found.minutes_left == -(-(following.seconds - use.seconds) // 60)
        else:
            over = 0 if told.rungs and following is None else None
            assert found.minutes_left == ("more_than_15" if following else over)


@PROFILE
@given(SEEDS)
def test_a_search_is_answered_like_the_layers_one_by_one(rnd: Random) -> None:
    """The outcome, one of those who gave it, and a term that its owner shows."""
    family = family_of(rnd)
    made = family.document()
    snapshot = compiled(made)
    at_ms, words = rnd.choice(instants(rnd, made, 2, family.until_ms)), rnd.choice(TEXTS)
    read = PACKS.read(words)
    text = Text(
        matches=lambda terms: Matcher.of(terms).hits(read),
        categories=lambda allowed: PACKS.categories(read, Matcher.of(allowed)),
    )
    told = search_answer(family.policy, text, now=instant_of_ms(at_ms))
    found = decide_at(snapshot, used(rnd, snapshot, at_ms), _query(words), at_ms)
    if found.reason in {"blocked_term", "blocked_category"}:
        _agrees(found, told)
    elif found.reason == "allowed":
        assert told.outcome == "allow"


def _query(words: str) -> Question:
    return Question(action="search.query", text=words)


def _agrees(found: Decision, told: SearchAnswer) -> None:
    assert found.outcome == told.outcome
    assert found.decided_by in {by_of(source) for source in told.sources}
    assert found.term == (told.term or "")


@PROFILE
@given(SEEDS)
def test_notifications_are_quiet_when_anybody_says_so(rnd: Random) -> None:
    """The union of the platform's night and everybody's windows, minute by minute (A15)."""
    family = family_of(rnd)
    made = family.document()
    snapshot = compiled(made)
    for at_ms in instants(rnd, made, 4, family.until_ms):
        second = at_ms // 1000
        spans = times(mute_voices(family.policy), family.policy.regimes(), second, second + 1)
        found = decide_at(
            snapshot, used(rnd, snapshot, at_ms), Question(action="notification.push"), at_ms
        )
        assert (found.reason == "quiet_time") == bool(spans)
