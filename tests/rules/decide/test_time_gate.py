"""Blocked time and the limit of the day: what the teen's own acts wait for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from familypair.rules.decide import (
    Decision,
    PolicySnapshot,
    Question,
    Use,
    decide,
    decide_at,
    ms_of,
    next_change,
    strictest,
    unknown_subject,
)
from familypair.rules.decide.actions import TABLE
from familypair.rules.layers import Layer, LayerState, Policy
from familypair.rules.time.model import Lifted, Posting, PostingKind
from familypair.schema.scopes import Scope
from familypair.settings import Band
from familypair.testing.families import NOON, TEEN, daily, family, guardian
from support.deciding import HELP, HELP_WORD, PACKS, compiled, document_of

USE: Final = Question(action="app.use")
MIDNIGHT: Final = NOON.replace(hour=0)
ADULT: Final = Band.ADULT


def limit(minutes: int | str, at_limit: str = "ask") -> dict[str, Any]:
    """Sunday's minutes and what happens then."""
    found = daily(minutes)
    found["screen_time"]["at_limit"] = at_limit
    return found


def ask(
    policy: Policy,
    minutes: float = 0,
    *,
    at: datetime = NOON,
    action: str = "app.use",
    live: bool = False,
    **made: Any,
) -> Decision:
    """The answer after so many minutes of the day."""
    document = document_of(policy, at, **made)
    use = Use(ms_of(document.days[0].start), int(minutes * 60), ms_of(at))
    return decide(compiled(document), use, Question(action=action), at, live=live)


@pytest.mark.parametrize(
    ("at_limit", "outcome", "reason", "hint"),
    [
        ("remind", "allow", "limit_reminder", ""),
        ("ask", "ask", "limit_reached", "minutes"),
        ("stop", "deny", "limit_reached", "minutes"),
    ],
)
def test_what_happens_at_the_limit(at_limit: str, outcome: str, reason: str, hint: str) -> None:
    """One second before it is open; from it on the layer's own choice holds."""
    policy = family(guardian("A", limit(30, at_limit)))
    before, at = ask(policy, 29.99), ask(policy, 30)
    assert (before.outcome, before.reason, before.minutes_left) == ("allow", "allowed", 1)
    assert (at.outcome, at.reason, at.ask, at.minutes_left) == (outcome, reason, hint, 0)
    assert at.decided_by == "guardian"


def test_each_layer_acts_at_its_own_limit() -> None:
    """60 remind and 180 stop is a reminder from 60 and a stop from 180, never a stop at 60."""
    policy = family(guardian("A", limit(60, "remind")), guardian("B", limit(180, "stop")))
    found = [ask(policy, used) for used in (59, 60, 179, 180)]
    assert [one.reason for one in found] == [
        "allowed",
        "limit_reminder",
        "limit_reminder",
        "limit_reached",
    ]
    assert [one.minutes_left for one in found] == [1, "more_than_15", 1, 0]
    assert [one.outcome for one in found] == ["allow", "allow", "allow", "deny"]


@pytest.mark.parametrize(("used", "left"), [(0, "more_than_15"), (14.9, "more_than_15"), (15, 15)])
def test_minutes_left_are_exact_from_fifteen_on(used: float, left: int | str) -> None:
    """Quote: "exact only at 15 or less, else more_than_15"."""
    assert ask(family(guardian("A", limit(30))), used).minutes_left == left


def test_without_a_limit_there_are_no_minutes_left() -> None:
    """Also for who has no rule about time at all."""
    assert ask(family(guardian("A", limit("none"))), 900).minutes_left is None
    assert ask(family(band=ADULT), 900).minutes_left is None


TODAY: Final = date(2026, 11, 22)


def posting(owner: str, minutes: int, day: date = TODAY) -> Posting:
    """Minutes on one owner's layer."""
    return Posting(
        id="p",
        owner=owner,
        day=day,
        seconds=minutes * 60,
        kind=PostingKind.GRANT,
        at=NOON - timedelta(hours=1),
    )


def test_a_gift_counts_on_the_givers_own_layer_and_day() -> None:
    """A's 30 more open A's limit; not B's, and not another day's."""
    one = family(guardian("A", limit(30)))
    assert ask(one, 40).outcome == "ask"
    assert ask(one, 40, postings=[posting("A", 30)]).outcome == "allow"
    assert ask(one, 40, postings=[posting("A", 30, date(2026, 11, 21))]).outcome == "ask"
    two = family(guardian("A", limit(30)), guardian("B", limit(30)))
    assert ask(two, 40, postings=[posting("A", 30)]).outcome == "ask"


BLOCKS: Final = {
    "schedule": {
        "blocks": [{"kind": "school", "days": ["sun"], "start": "11:00", "end": "13:00"}],
    }
}


def test_blocked_time_says_its_kind_and_end() -> None:
    """Whatever is left of the day; a minute after it the app is open."""
    policy = family(guardian("A", BLOCKS))
    found = ask(policy)
    assert (found.outcome, found.reason, found.kind) == ("deny", "blocked_time", "school")
    assert (found.decided_by, found.ask) == ("guardian", "lift_block")
    assert found.until_ms == ms_of(NOON + timedelta(hours=1))
    assert ask(policy, at=NOON + timedelta(hours=1)).allowed


def test_a_platforms_block_cannot_be_lifted() -> None:
    """An operator's own night has no hint; the same block of the teen's has one."""
    block = family(guardian("A", BLOCKS)).guardians[0].values["schedule.blocks"]
    capped = family(caps={"schedule.blocks": block})
    assert (ask(capped).decided_by, ask(capped).ask) == ("platform", "")
    own = family(teen=BLOCKS)
    assert (ask(own).decided_by, ask(own).ask) == ("teen", "lift_block")


def test_what_is_lifted_of_one_layer_is_open_in_that_layer_only() -> None:
    """An hour of A's block is opened; B's same block stays."""
    opened = Lifted(owner="A", start=NOON, end=NOON + timedelta(minutes=30))
    one = family(guardian("A", BLOCKS))
    assert ask(one, lifted=[opened]).allowed
    assert ask(one, at=NOON + timedelta(minutes=31), lifted=[opened]).reason == "blocked_time"
    assert ask(family(guardian("A", BLOCKS), guardian("B", BLOCKS)), lifted=[opened]).ask


def test_exceptions_change_their_own_layer_on_their_days() -> None:
    """Sunday without A's limit; the same Sunday of the week before keeps it."""
    lift: dict[str, Any] = {"kind": "lift_limit", "first": "2026-11-22"}
    rules = limit(0)
    free = family(guardian("A", {**rules, "schedule": {"exceptions": [lift]}}))
    assert ask(free, 60).allowed
    assert ask(free, 60, at=NOON - timedelta(days=7)).outcome == "ask"


def test_in_probation_the_starting_value_is_met_too() -> None:
    """120 waits for the end of the first day: until then 60 holds; a refresh is due at its end."""
    ends = NOON + timedelta(hours=2)
    policy = family(
        guardian("A", daily(120, "sun", "mon"), state=LayerState.PROBATION, probation_ends=ends),
    )
    assert ask(policy, 60).outcome == "ask"
    assert ask(policy, 60, at=ends).allowed
    made = document_of(policy, NOON)
    assert made.refresh_at == ends
    assert [day.rungs[0].seconds for day in made.days[:2]] == [3600, 7200], "tomorrow is free of it"


def leaving(until: datetime) -> Layer:
    """A guardian whom the teen leaves: the time rules stay for the notice period."""
    return guardian(
        "A", {**limit(30), **BLOCKS}, state=LayerState.ENDING, frozen={Scope.SET_TIME: until}
    )


def test_the_notice_period_ends_by_itself() -> None:
    """Blocks and limit hold to its end; the stretch is cut there and refresh is due."""
    until = NOON + timedelta(minutes=10)
    document = document_of(family(leaving(until)), NOON)
    assert document.refresh_at == NOON + timedelta(hours=1), "a host is told no minute"
    assert next_change(family(leaving(until)), NOON) == until
    assert [one.end for one in document.blocked] == [until]
    assert ask(family(leaving(until))).reason == "blocked_time"
    assert ask(family(leaving(until)), 59, at=until).allowed


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 10, 25, tzinfo=UTC), 25), (datetime(2027, 3, 28, tzinfo=UTC), 23)],
)
def test_days_are_as_long_as_the_clock_makes_them(day: datetime, hours: int) -> None:
    """23 and 25 hours across a change of the clock, and blocks at their wall times after it."""
    night = {
        "schedule": {
            "blocks": [{"kind": "sleep", "days": ["sun"], "start": "20:00", "end": "22:00"}]
        }
    }
    document = document_of(family(guardian("A", night), zone="Europe/Berlin"), day)
    first = document.days[0]
    assert first.end - first.start == timedelta(hours=hours)
    offset = 1 if hours == 25 else 2
    assert [one.start for one in document.blocked] == [day.replace(hour=20 - offset)]


def test_which_acts_wait_for_time() -> None:
    """The teen's own; what others do to the teen, and safety, do not wait."""
    policy = family(guardian("A", {**BLOCKS, **limit(0, "stop")}), band=ADULT)
    waiting = {action for action in TABLE if ask(policy, action=action).reason == "blocked_time"}
    assert waiting == {
        "app.use",
        "search.query",
        "message.send",
        "live.host",
        "live.watch",
        "gift.send",
    }


def test_the_strictest_of_time_and_setting_is_named_and_time_on_a_tie() -> None:
    """A limit that asks yields to a setting that denies; one that stops is named before it."""
    off = {"live": {"host": "off"}}
    asks = family(guardian("A", {**limit(0, "ask"), **off}), band=ADULT)
    stops = family(guardian("A", {**limit(0, "stop"), **off}), band=ADULT)
    assert ask(asks, 1, action="live.host").reason == "live_off"
    assert ask(stops, 1, action="live.host").reason == "limit_reached"


def test_a_search_at_the_limit_is_stopped_by_the_limit_but_never_one_for_help() -> None:
    """Zero minutes, at night: words for help pass with the help lines."""
    snapshot = compiled(document_of(family(guardian("A", {**BLOCKS, **limit(0, "stop")})), NOON))
    use = Use(snapshot.start_ms, 90_000)
    for text, reason in (("dinosaurs", "blocked_time"), (HELP_WORD, "help_query")):
        asked = Question(action="search.query", text=text)
        assert decide(snapshot, use, asked, NOON).reason == reason


def test_wind_down_is_calm_and_stops_nothing() -> None:
    """From the evening's time on, to the end of the night's quiet (A16)."""
    evening = {"schedule": {"wind_down": "20:00"}}
    policy = family(guardian("A", evening))
    found = [ask(policy, at=MIDNIGHT + timedelta(hours=h)) for h in (19, 20, 31, 32)]
    assert [one.calm for one in found] == [False, True, True, False]
    assert all(one.allowed for one in found)


def test_quiet_time_is_the_union_and_the_platforms_cannot_be_asked_away() -> None:
    """Noon is quiet by a guardian; the night by the cap; the afternoon by nobody."""
    mute = {"days": ["sun"], "start": "12:00", "end": "13:00"}
    night = {"days": ["sun"], "start": "21:00", "end": "08:00"}
    policy = family(guardian("A", {"notifications": {"mute": [night, mute]}}))
    noon = ask(policy, action="notification.push")
    assert (noon.reason, noon.decided_by, noon.ask) == ("quiet_time", "guardian", "settings")
    assert noon.until_ms == ms_of(NOON + timedelta(hours=1))
    late = ask(policy, action="notification.push", at=NOON + timedelta(hours=10))
    assert (late.reason, late.decided_by, late.ask) == ("quiet_time", "platform", "")
    assert ask(policy, action="notification.push", at=NOON + timedelta(hours=2)).allowed


def valid(one: Decision, at: datetime = NOON) -> float:
    """Seconds for which an answer holds."""
    return (one.valid_until - at).total_seconds()


def test_an_answer_holds_for_a_minute_or_to_what_comes_first() -> None:
    """The next cut of time, the seconds left, 60 s: whichever is the earliest."""
    policy = family(guardian("A", {**limit(30), **BLOCKS}))
    open_at = NOON - timedelta(hours=2)
    assert valid(ask(policy, at=open_at), open_at) == 60
    assert valid(ask(policy, 29.9, at=open_at), open_at) == 6
    near = NOON - timedelta(hours=1, seconds=20)
    assert valid(ask(policy, at=near), near) == 20
    end = NOON + timedelta(minutes=59, seconds=50)
    assert valid(ask(policy, at=end), end) == 10


def test_who_hears_of_changes_may_keep_an_answer_longer() -> None:
    """To the limit, the next cut or the refresh; above 15 minutes of what is left for certain."""
    policy = family(guardian("A", limit(60)))
    assert valid(ask(policy, 50, live=True)) == 600
    assert valid(ask(policy, 15, live=True)) == 1800
    assert valid(ask(policy, 44, live=True)) == 900
    assert valid(ask(family(band=ADULT), live=True)) == 12 * 3600
    assert valid(ask(family(), action="profile.find", live=True)) == 12 * 3600
    assert valid(ask(family(), action="notification.push", live=True)) == 9 * 3600


def test_the_use_of_another_day_says_nothing() -> None:
    """Yesterday's two hours are not today's, and are not shown as of any time."""
    document = document_of(family(guardian("A", limit(60))), NOON)
    snapshot, today = compiled(document), ms_of(document.days[0].start)
    for start, reason, as_of in (
        (today, "limit_reached", 5),
        (today - 86_400_000, "allowed", None),
    ):
        found = decide(snapshot, Use(start, 7200, 5), USE, NOON)
        assert (found.reason, found.use_as_of_ms) == (reason, as_of)


def test_tomorrow_has_its_own_limit() -> None:
    """A document covers the days to come: after midnight Monday's 60 hold, not Sunday's 30."""
    snapshot = compiled(document_of(family(guardian("A", limit(30))), NOON))
    tomorrow = MIDNIGHT + timedelta(hours=30)
    use = Use(ms_of(MIDNIGHT + timedelta(days=1)), 45 * 60)
    found = decide(snapshot, use, USE, tomorrow)
    assert (found.outcome, found.minutes_left) == ("allow", 15)
    assert valid(found, tomorrow) == 0, "the refresh was due at midnight"


def snapshot_of_today() -> PolicySnapshot:
    """A plain family's."""
    return compiled(document_of(family(), NOON))


@pytest.mark.parametrize("edge", ["start_ms", "until_ms"])
def test_outside_of_what_is_covered_the_strictest_holds(edge: str) -> None:
    """The last and the first covered millisecond are decided by the rules."""
    snapshot = snapshot_of_today()
    inside = snapshot.start_ms if edge == "start_ms" else snapshot.until_ms - 1
    outside = snapshot.start_ms - 1 if edge == "start_ms" else snapshot.until_ms
    profile = Question(action="profile.view", facts=Question(action="").facts)
    assert decide_at(snapshot, Use(0, 0), profile, inside).reason == "private_account"
    found = decide_at(snapshot, Use(0, 0), profile, outside)
    assert (found.outcome, found.reason, found.valid_until_ms) == (
        "deny",
        "policy_too_old",
        outside,
    )


def test_an_unknown_teen_and_lost_rules_leave_safety_and_help() -> None:
    """Everything else is no; help queries need the words of the packs."""
    query = Question(action="search.query", text=HELP_WORD)
    safety = Question(action="safety.use")
    unknown = unknown_subject(USE, 5, HELP)
    assert (unknown.outcome, unknown.reason, unknown.help) == ("deny", "unknown_subject", HELP)
    assert unknown_subject(query, 5, HELP) == unknown
    assert unknown_subject(safety, 5, HELP).allowed
    reason = strictest(USE, 5, reason=unknown.reason, help=HELP).reason
    assert reason == unknown.reason
    lost = [
        strictest(one, 5, reason=unknown.reason, help=HELP, packs=PACKS)
        for one in (USE, query, safety, Question(action="search.query", text="dinosaurs"))
    ]
    assert [one.allowed for one in lost] == [False, True, True, False]


def test_who_decided_at_a_tie_is_the_first_of_cap_default_teen_guardian() -> None:
    """Two layers with the same sum: the teen's is named before the guardian's."""
    policy = family(guardian("A", limit(30)), teen=limit(30))
    assert policy.teen.owner == TEEN
    assert ask(policy, 30).decided_by == "teen"
