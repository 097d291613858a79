"""A Sunday of the fake family in minutes: balances, use, calendars, requests and agreements."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from familypair.schema.links import LinkPhase
from familypair.schema.requests import (
    Agreement,
    ChangeSettings,
    Counter,
    MoreTime,
    Request,
    RequestNote,
    RequestPart,
)
from familypair.schema.settings import Preview, PreviewDay, PreviewHour, StepSeen
from familypair.schema.time import (
    Balance,
    Calendar,
    CalendarDay,
    CalendarDraft,
    CalendarSpan,
    DayUse,
    GrantPreview,
    PostingView,
    SumView,
    Time,
    TimeGlance,
    UseSpan,
    WeekUse,
)
from familypair.schema.usage import App
from familypair.testing.clock import ManualClock
from tui_fake.api import FakeApi
from tui_fake.family import START, guardian_api, teen_api

MIDNIGHT = datetime(2026, 11, 22, tzinfo=START.tzinfo)
TODAY = MIDNIGHT.date()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def at(clock: str, day: int = 0) -> datetime:
    """A wall time of today in Dublin (winter: UTC)."""
    hours, minutes = clock.split(":")
    return MIDNIGHT + timedelta(days=day, hours=int(hours), minutes=int(minutes))


def span(kind: str, start: str, end: str, block: str = "", label: str = "") -> CalendarSpan:
    """A stretch of today's calendar."""
    return CalendarSpan(
        start=at(start),
        end=at(end),
        local_start=start,
        local_end=end,
        kind=kind,
        block_kind=block,
        label=label,
        words=f"{label or block or kind} until {end}: set by Dana",
    )


SPANS = (
    span("block", "0:00", "7:00", "sleep"),
    span("block", "9:00", "12:30", "school", "Sunday class"),
    span("block", "17:30", "19:00", "away", "choir"),
    span("wind_down", "20:00", "21:00"),
    span("block", "21:00", "24:00", "sleep"),
)
USE = {15: 2, 16: 4, 17: 1, 25: 3, 29: 4, 30: 4, 31: 2, 32: 4, 33: 1}


def glance(used: int | None, limit: int | None, binds: str, **changes: object) -> TimeGlance:
    """Today at a glance, in minutes."""
    left = None if used is None or limit is None else max(0, limit - used)
    values: dict[str, object] = {
        "day": TODAY,
        "day_start": MIDNIGHT,
        "day_end": MIDNIGHT + timedelta(days=1),
        "used_seconds": None if used is None else used * 60,
        "limit_seconds": None if limit is None else limit * 60,
        "remaining_seconds": None if left is None else left * 60,
        "outcome": "allow" if left else "stop",
        "words": "",
        "binds": binds,
        "as_of": START - timedelta(minutes=4),
        "cells": tuple(USE.get(cell, 0) for cell in range(48)),
        "blocks": SPANS,
        "next_block_at": at("17:30"),
    }
    return TimeGlance(**{**values, **changes})  # type: ignore[arg-type]  # a builder of test data


def balance(used: int, *, exact: bool = False) -> Balance:
    """Mia's Sunday: Dana gave 30, another guardian's 75 hold; a gift of 20 waits for Mia."""
    gift = PostingView(
        id="grt_0",
        kind="grant",
        seconds=1800,
        words="+30 min from Dana",
        by="Dana",
        at=START - timedelta(hours=1),
        undoable=not exact,
    )
    waiting = PostingView(
        id="grt_2", kind="grant", seconds=1200, words="+20 min from Dana", by="Dana", waiting=True
    )
    sums = (
        SumView(
            owner="me" if not exact else "acc_dana",
            name="you" if not exact else "Dana",
            limit=90,
            at_limit="stop",
            total_seconds=7200,
            postings=(gift, waiting) if exact else (gift,),
        ),
        SumView(
            owner="another_guardian",
            name="another guardian",
            limit=120,
            at_limit="ask",
            total_seconds=7200,
            binds=True,
        ),
    )
    return Balance(
        day=TODAY,
        used_seconds=used * 60,
        limit_seconds=7200,
        remaining_seconds=max(0, 7200 - used * 60),
        outcome="allow",
        words=f"120 min (another guardian) - {used} min used = {120 - used} min left",
        sums=sums,
        steps=(
            StepSeen(minutes=60, outcome="remind", words="remind from 60: set by Dana"),
            StepSeen(minutes=120, outcome="stop", words="stop from 120: another guardian"),
        ),
        next_outcome="stop",
        as_of=START - timedelta(minutes=4),
        exact=exact,
        warning=15 if exact and 120 - used <= 15 else None,
        break_every=30,
    )


def past(back: int, used: int | None) -> DayUse:
    """A day `back` days ago."""
    first = MIDNIGHT - timedelta(days=back)
    return DayUse(
        date=first.date(),
        weekday=WEEKDAYS[first.weekday()],
        zone="Europe/Dublin",
        start=first,
        end=first + timedelta(days=1),
        used_seconds=None if used is None else used * 60,
        unknown_seconds=0 if used is not None else 86400,
        opens=None if used is None else used // 7,
        day_seconds=None if used is None else used * 45,
        night_seconds=None if used is None else used * 15,
        surfaces={} if used is None else {"feed": used * 40, "messages": used * 20},
        limit_seconds=7200,
    )


MINUTES = (80, 95, 60, None, 130, 150, 110, 75, 60, 90, 45, 100, 165, 120)


def time(teen: str, *, own: bool = False, used: int = 95) -> Time:
    """`GET /v1/teens/{id}/time`: today and 27 days before, and four weeks."""
    days = [past(back, MINUTES[back % len(MINUTES)]) for back in range(27, 0, -1)]
    today = replace(past(0, used), closed=False, cells=glance(0, 0, "").cells, opens=9)
    if own:
        spans = (UseSpan(start=at("7:40"), end=at("8:50")), UseSpan(start=at("15:55"), end=START))
        today = replace(today, spans=spans, device_seconds={"phone": 4000, "tablet": 1700})
    weeks = tuple(
        WeekUse(first=date(2026, 10, 19) - timedelta(weeks=n), used_seconds=36000, known_days=7)
        for n in range(4)
    )
    return Time(
        teen=teen,
        zone="Europe/Dublin",
        today=balance(used, exact=own),
        days=(*days, today),
        weeks=weeks,
    )


def calendar(teen: str) -> Calendar:
    """The next 7 days."""
    days = tuple(
        CalendarDay(
            date=(MIDNIGHT + timedelta(days=n)).date(),
            weekday=WEEKDAYS[(MIDNIGHT + timedelta(days=n)).weekday()],
            start=MIDNIGHT + timedelta(days=n),
            end=MIDNIGHT + timedelta(days=n + 1),
            limit=120,
            limit_words="2 h: set by Dana",
            spans=SPANS if n == 0 else (),
        )
        for n in range(7)
    )
    return Calendar(teen=teen, zone="Europe/Dublin", at=START, days=days)


def request(key: str, teen: str = "mia", name: str = "Mia", **changes: object) -> Request:
    """Mia asks for 30 minutes."""
    values: dict[str, object] = {
        "id": f"req_{key}",
        "teen": f"acc_{teen}",
        "teen_name": name,
        "state": "open",
        "wish": MoreTime(minutes=30),
        "words": "+30 min today",
        "reason": "Finishing my biology video",
        "parts": (RequestPart(owner="me", name="you", state="open"),),
        "created_at": START - timedelta(minutes=2),
        "expires_at": at("24:00"),
        "effect": "limit 2 h to 2 h 30, today only; would end at 17:37",
        "context": "1 h 35 of 2 h used; choir 17:30; 2 asks this week, 1 granted",
        "suggested_minutes": 30,
        "may": ("approve", "decline", "counter", "note"),
    }
    return Request(**{**values, **changes})  # type: ignore[arg-type]  # a builder of test data


def setting_request() -> Request:
    """Leo asks for another Sunday, for good."""
    return request(
        "leo",
        "leo",
        "Leo",
        wish=ChangeSettings(patch={"screen_time": {"daily_minutes": {"sun": 150}}}),
        words="Sunday 2 h to 2 h 30, for good",
        reason="All the others have more",
        effect="Daily time on Sunday 2 h to 2 h 30",
        suggested_minutes=None,
        created_at=START - timedelta(minutes=14),
        expires_at=START + timedelta(days=6),
        notes=(RequestNote(by="acc_leo", name="Leo", text="please?", at=START),),
    )


def counter() -> Counter:
    """Dana offers 15 minutes."""
    return Counter(
        wish=MoreTime(minutes=15),
        words="15 min more today",
        by="acc_dana",
        name="Dana",
        at=START - timedelta(minutes=1),
    )


def answered() -> Request:
    """An older one that Sam answered first."""
    return request(
        "old",
        state="approved",
        words="+15 min today",
        reason="",
        may=(),
        outcome="Another guardian approved 15 min.",
        closed_at=START - timedelta(days=1),
        created_at=START - timedelta(days=1, minutes=5),
    )


def agreement(teen: str = "acc_mia", state: str = "agreed") -> Agreement:
    """Weekend 90 if weekday 45."""
    return Agreement(
        id="agr_1",
        teen=teen,
        title="Exam weeks",
        words=("Mon-Fri 45 min", "Sat, Sun 1 h 30"),
        patch={"screen_time": {"daily_minutes": {"mon": 45}}},
        with_=("Dana",),
        agreed_at=START - timedelta(days=20),
        review_at=START + timedelta(days=10),
        state=state,
    )


def previewed() -> Preview:
    """What a stricter draft would do."""
    days = tuple(
        PreviewDay(
            date=(MIDNIGHT + timedelta(days=n)).date(),
            weekday=WEEKDAYS[(MIDNIGHT + timedelta(days=n)).weekday()],
            limit_before=60,
            limit_after=45 if n == 1 else 60,
            hours=(
                PreviewHour(
                    start=at("18:00", n),
                    end=at("20:00", n),
                    before="free",
                    after="block",
                    words="18:00-20:00 closed: time away",
                ),
            )
            if n < 3
            else (),
        )
        for n in range(7)
    )
    return Preview(
        changes=(), ahead=days, words=("Would have stopped on 4 of 28 days, 3 h 10 in all.",)
    )


def timed_api(clock: ManualClock | None = None) -> FakeApi:
    """Dana on a Sunday: Mia is near her limit and asks, Leo is over his, Noa has hardly begun."""
    api = guardian_api(clock)
    api.invites = {}
    mia, leo, noa = api.cards.values()
    api.cards = {
        "acc_mia": replace(mia, time=glance(95, 120, "another guardian"), waiting=1),
        "acc_leo": replace(leo, time=glance(135, 120, "Leo"), waiting=1),
        "acc_noa": replace(noa, time=glance(15, 150, "you", cells=(0,) * 31 + (2,))),
    }
    api.times = {teen: time(teen) for teen in api.cards}
    api.calendars = {teen: calendar(teen) for teen in api.cards}
    found = (request("mia"), setting_request(), answered())
    api.asked_requests = {one.id: one for one in found}
    api.agreed = (agreement(state="review_due"),)
    api.gift = GrantPreview(
        minutes=30,
        now_minutes=0,
        limited_by=("another guardian",),
        words="+30 min, of which 0 now: another rule also limits",
    )
    api.previewed = previewed()
    api.imported = CalendarDraft(
        patch={
            "schedule": {
                "exceptions": [
                    {
                        "kind": "lift_blocks",
                        "first": "2026-12-21",
                        "last": "2027-01-06",
                        "kinds": ["school"],
                        "label": "Christmas holidays",
                    }
                ]
            }
        },
        added=1,
        skipped=("Sports day: it has a time of day",),
    )
    return api


def my_day_api(clock: ManualClock | None = None) -> FakeApi:
    """Mia on the same Sunday, past the first day of her link."""
    api = teen_api(clock, LinkPhase.ACTIVE)
    api.invites = {}
    now = glance(108, 120, "Dana", cells=(), warning=15)
    api.cards = {"acc_mia": replace(api.cards["acc_mia"], time=now, waiting=1)}
    api.times = {"acc_mia": time("acc_mia", own=True, used=108)}
    api.calendars = {"acc_mia": calendar("acc_mia")}
    parts = (RequestPart(owner="acc_dana", name="Dana", state="countered"),)
    mine = request(
        "mia",
        state="countered",
        counter=counter(),
        may=("accept", "withdraw", "note"),
        parts=parts,
    )
    sent = request(
        "two",
        words="open until 16:30",
        may=("withdraw", "note"),
        created_at=START - timedelta(hours=1),
        parts=(RequestPart(owner="acc_dana", name="Dana", state="open"),),
    )
    api.asked_requests = {one.id: one for one in (mine, sent, answered())}
    api.agreed = (agreement(),)
    api.bound = (
        App(
            id="app_1",
            name="Clips",
            bound_at=START - timedelta(days=9),
            devices=2,
            last_report_at=START - timedelta(minutes=4),
            learns=("whether the app may be used", "minutes left at 15 or less"),
        ),
    )
    api.gift = GrantPreview(minutes=20, now_minutes=20, words="+20 min")
    return api
