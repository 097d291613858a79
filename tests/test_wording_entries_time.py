"""Entries about time, requests and apps in one sentence, for both sides."""

from datetime import UTC, date, datetime, timedelta

import pytest

from familypair.schema import ledger as entries
from familypair.wording_entries import Reader, entry_words
from familypair.wording_entries_time import TIME_WORDS

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
TEEN = Reader(audience="teen", teen_name="Mia", zone="Europe/Berlin")
GUARDIAN = Reader(audience="guardian", teen_name="Mia", zone="Europe/Berlin")
PATHS = ("screen_time.at_limit", "schedule.blocks", "schedule.wind_down", "search.enabled")


def posted(kind: str, seconds: int = 1800) -> entries.TimePosted:
    """A posting of Dana's layer."""
    return entries.TimePosted(
        posting="pst_1",
        owner="acc_1",
        owner_kind="guardian",
        owner_name="Dana",
        day=DAY,
        seconds=seconds,
        kind=kind,
        before=60,
        after="none",
    )


CASES: list[tuple[entries.AnyEntry, str, str, str]] = [
    (
        posted("grant"),
        "Dana",
        "Dana gave 30 min more (2026-11-22).",
        "Dana gave 30 min more (2026-11-22).",
    ),
    (
        posted("write_off", -61),
        "me",
        "You wrote off 1 min 1 s that were used over the limit (2026-11-22).",
        "You wrote off 1 min 1 s that were used over the limit (2026-11-22).",
    ),
    (
        posted("roll_over"),
        "platform",
        "30 min moved over from the day before (2026-11-22).",
        "30 min moved over from the day before (2026-11-22).",
    ),
    (
        posted("changed"),
        "Dana",
        "Dana changed the limit of 2026-11-22 from 60 min to no limit.",
        "Dana changed the limit of 2026-11-22 from 60 min to no limit.",
    ),
    (
        entries.TimeChanged(by="another_guardian", day=DAY, before=3600, after=None),
        "another_guardian",
        "Another guardian changed what 2026-11-22 allows from 60 min to no limit.",
        "Another guardian changed what 2026-11-22 allows from 60 min to no limit.",
    ),
    (
        entries.RequestClosed(request="req_1", wish="minutes", outcome="approved", minutes=15),
        "Dana",
        "Dana approved your request for 15 min more.",
        "Dana approved Mia's request for 15 min more.",
    ),
    (
        entries.RequestClosed(
            request="req_1", wish="minutes", outcome="approved", minutes=15, by="teen"
        ),
        "teen",
        "Mia took the offer: 15 min more.",
        "Mia took the offer: 15 min more.",
    ),
    (
        entries.RequestClosed(request="req_1", wish="unblock", outcome="expired"),
        "platform",
        "Your request for unblocking an account ran out of time.",
        "Mia's request for unblocking an account ran out of time.",
    ),
    (
        entries.BlockLifted(
            owner="acc_1", owner_kind="guardian", start=AT, end=AT + timedelta(minutes=20)
        ),
        "me",
        "You opened the blocked time for 20 min.",
        "You opened the blocked time for 20 min.",
    ),
    (
        entries.AgreementMade(
            agreement="agr_1", paths=PATHS[:2], with_ids=("acc_1",), review_at=AT.replace(hour=23)
        ),
        "teen",
        (
            "You and your guardian agreed on when the time is used up and blocked times;"
            " to be looked at on 23 Nov."
        ),
        (
            "Mia and you agreed on when the time is used up and blocked times;"
            " to be looked at on 23 Nov."
        ),
    ),
    (
        entries.AgreementEnded(agreement="agr_1", paths=PATHS),
        "teen",
        "Mia ended the agreement on when the time is used up, blocked times, wind-down and 1 more.",
        "Mia ended the agreement on when the time is used up, blocked times, wind-down and 1 more.",
    ),
    (
        entries.AutoRuleChanged(rule="aut_1", owner="acc_1", minutes=15, days=("sat", "sun")),
        "me",
        "You made a standing yes: 15 min more once a day on Sat, Sun.",
        "You made a standing yes: 15 min more once a day on Sat, Sun.",
    ),
    (
        entries.AppBound(app="app_1", app_name="Loop"),
        "teen",
        "Mia connected the app Loop.",
        "Mia connected the app Loop.",
    ),
    (
        entries.AppUnbound(app="app_1", app_name="Loop"),
        "teen",
        "Mia disconnected the app Loop.",
        "Mia disconnected the app Loop.",
    ),
    (
        entries.BandNotice(at=AT, band="16-17", paths=PATHS[:1]),
        "platform",
        (
            "Your age group becomes 16-17 on 22 Nov 2026. Then when the time is used up will"
            " change, unless you keep today's values as your rule."
        ),
        (
            "Mia's age group becomes 16-17 on 22 Nov 2026. Then when the time is used up will"
            " change, unless you keep today's values as your rule."
        ),
    ),
    (
        entries.BandNotice(at=AT, band="18+", paths=PATHS[:1], kept=PATHS[:1]),
        "platform",
        (
            "Your age group becomes 18+ on 22 Nov 2026. As your own choice when the time is"
            " used up will stay."
        ),
        (
            "Mia's age group becomes 18+ on 22 Nov 2026. As Mia's own choice when the time is"
            " used up will stay."
        ),
    ),
]


@pytest.mark.parametrize(("entry", "actor", "teens", "guardians"), CASES)
def test_an_entry_says_what_happened_to_each_side(
    entry: entries.AnyEntry, actor: str, teens: str, guardians: str
) -> None:
    """The teen and the guardian read the same fact, each from their side."""
    assert entry_words(entry, actor, TEEN) == teens
    assert entry_words(entry, actor, GUARDIAN) == guardians


def test_every_entry_of_time_has_an_example_here() -> None:
    """A new entry type without words would break a history."""
    assert {type(entry) for entry, *_ in CASES} == set(TIME_WORDS)
