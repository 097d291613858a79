"""Answers about time and asking that many tests share."""

from datetime import date, timedelta

import msgspec

from client.fake import START
from familypair.schema.requests import (
    Agreement,
    AutoRule,
    Counter,
    MoreTime,
    Request,
    RequestNote,
    RequestPart,
    Requests,
)
from familypair.schema.settings import PreviewDay, PreviewHour, StepSeen
from familypair.schema.time import (
    Balance,
    Calendar,
    CalendarDay,
    CalendarDraft,
    CalendarSpan,
    Code,
    CodeRedeemed,
    DayUse,
    Grant,
    GrantPreview,
    PostingView,
    SumView,
    Time,
    TimeGlance,
    WeekUse,
)
from familypair.schema.usage import App, Apps

from .made import PREVIEW

TODAY = date(2026, 11, 22)
MIDNIGHT = START - timedelta(hours=12)
HOUR = timedelta(hours=1)
ONE_DAY = timedelta(days=1)

GIFT = PostingView(
    id="pst_1",
    kind="grant",
    seconds=900,
    words="+15 min from you",
    by="you",
    at=START - HOUR,
    undoable=True,
)
BALANCE = Balance(
    day=TODAY,
    used_seconds=48 * 60,
    limit_seconds=75 * 60,
    remaining_seconds=27 * 60,
    outcome="allow",
    words="60 min (you) + 15 min (you) - 48 min used = 27 min left",
    sums=(
        SumView(
            owner="me",
            name="you",
            limit=60,
            at_limit="ask",
            total_seconds=75 * 60,
            postings=(GIFT,),
            binds=True,
        ),
        SumView(owner="teen", name="Mia", limit="none", at_limit="stop", total_seconds=None),
    ),
    steps=(StepSeen(minutes=75, outcome="ask", words="ask from 1 h 15: you"),),
    as_of=START,
    exact=False,
)


def day(at: int, **changes: object) -> DayUse:
    """A closed day so many days before today, with 60 of 75 minutes."""
    first = MIDNIGHT - at * ONE_DAY
    one = DayUse(
        date=TODAY - at * ONE_DAY,
        weekday="sun",
        zone="Europe/Dublin",
        start=first,
        end=first + ONE_DAY,
        used_seconds=3600,
        opens=12,
        limit_seconds=75 * 60,
    )
    return msgspec.structs.replace(one, **changes)


TIME = Time(
    teen="acc_mia",
    zone="Europe/Dublin",
    today=BALANCE,
    days=(
        day(4, used_seconds=7200, late=True, night_seconds=600),
        day(3, used_seconds=None, opens=None),
        day(2, used_seconds=0, opens=0, end=MIDNIGHT - 2 * ONE_DAY + 25 * HOUR),
        day(1, opens=1, unknown_seconds=660, limit_seconds=None),
        day(0, used_seconds=48 * 60, closed=False),
    ),
    weeks=(
        WeekUse(first=date(2026, 10, 19), used_seconds=29_400, known_days=7, opens=80),
        WeekUse(first=date(2026, 10, 26), used_seconds=None, known_days=0),
        WeekUse(first=date(2026, 11, 2), used_seconds=3600, known_days=2, opens=1),
    ),
    visible_from=TODAY - 4 * ONE_DAY,
)
GLANCE = TimeGlance(
    day=TODAY,
    day_start=MIDNIGHT,
    day_end=MIDNIGHT + ONE_DAY,
    used_seconds=48 * 60,
    limit_seconds=75 * 60,
    remaining_seconds=27 * 60,
    outcome="allow",
    words="27 min left",
    binds="you",
)
EFFECT = GrantPreview(
    minutes=30,
    now_minutes=0,
    write_off_seconds=90,
    limited_by=("Mia",),
    needs_teen=True,
    words="+30 min, of which 0 now: Mia also limits",
)
GRANT = Grant(
    id="pst_2",
    teen="acc_mia",
    day=TODAY,
    minutes=30,
    state="waiting",
    by="you",
    effect=EFFECT,
    balance=BALANCE,
)
CODE = Code(
    id="cod_1",
    teen="acc_mia",
    minutes=30,
    state="offered",
    expires_at=START + timedelta(minutes=10),
    code="482913",
)
REDEEMED = CodeRedeemed(minutes=30, words="+30 min by a code from Dana", balance=BALANCE)
REQUEST = Request(
    id="req_aaaa000000000000000000000a",
    teen="acc_mia",
    teen_name="Mia",
    state="open",
    wish=MoreTime(minutes=30),
    words="+30 min today",
    reason="film night",
    parts=(
        RequestPart(owner="me", name="you", state="open"),
        RequestPart(
            owner="another_guardian",
            name="another guardian",
            state="approved",
            minutes=20,
            at=START,
        ),
    ),
    notes=(RequestNote(by="teen", name="Mia", text="please", at=START),),
    created_at=START,
    expires_at=MIDNIGHT + ONE_DAY,
    effect="limit 1 h to 1 h 30, today only; would end at 17:37.",
    context="48 min used today; asked once this week.",
    suggested_minutes=15,
    may=("approve", "decline", "counter", "note"),
)
COUNTERED = msgspec.structs.replace(
    REQUEST,
    id="req_bbbb000000000000000000000b",
    state="countered",
    counter=Counter(
        wish=MoreTime(minutes=15), words="+15 min today", by="acc_dana", name="Dana", at=START
    ),
    created_at=START - HOUR,
    notes=(),
    reason="",
    parts=(RequestPart(owner="acc_dana", name="Dana", state="countered"),),
    may=("accept", "withdraw"),
)
CLOSED = msgspec.structs.replace(
    REQUEST,
    id="req_aacc000000000000000000000c",
    state="approved",
    parts=(),
    notes=(),
    outcome="Dana said yes: 15 min more today.",
    closed_at=START,
    created_at=START - 2 * HOUR,
    may=(),
)
REQUESTS = Requests(items=(REQUEST, COUNTERED, CLOSED), waiting=1)
AGREED = Agreement(
    id="agr_1",
    teen="acc_mia",
    title="Weekend",
    words=("Limit on Saturday: 90 min.", "Limit on Monday: 45 min."),
    patch={},
    with_=("Dana",),
    agreed_at=START,
    review_at=START + 30 * ONE_DAY,
    state="agreed",
)
RULE = AutoRule(
    id="aut_1",
    teen="acc_mia",
    owner="me",
    name="you",
    minutes=15,
    days=("sat", "sun"),
    times_a_day=1,
    words="+15 min once a day on Sat, Sun",
    created_at=START,
)
CALENDAR = Calendar(
    teen="acc_mia",
    zone="Europe/Dublin",
    at=START,
    days=(
        CalendarDay(
            date=TODAY,
            weekday="sun",
            start=MIDNIGHT,
            end=MIDNIGHT + ONE_DAY,
            limit=60,
            limit_words="60 min: set by you",
            notes=("Autumn holidays: set by you",),
            spans=(
                CalendarSpan(
                    start=START,
                    end=START + HOUR,
                    local_start="12:00",
                    local_end="13:00",
                    kind="block",
                    block_kind="school",
                    words="School until 13:00: set by you",
                ),
            ),
        ),
        CalendarDay(
            date=TODAY + ONE_DAY,
            weekday="mon",
            start=MIDNIGHT + ONE_DAY,
            end=MIDNIGHT + 2 * ONE_DAY,
            limit="none",
            limit_words="no limit",
        ),
    ),
)
EXCEPTION: dict[str, object] = {
    "kind": "lift_blocks",
    "first": "2026-12-24",
    "last": "2027-01-06",
    "kinds": [],
}
DRAFT = CalendarDraft(
    patch={"schedule": {"exceptions": [EXCEPTION]}}, added=1, skipped=("Old: it is over",)
)
AHEAD = msgspec.structs.replace(
    PREVIEW,
    words=("Would have stopped on 4 of 28 days, 3 h 10 in all.",),
    ahead=(
        PreviewDay(date=TODAY, weekday="sun", limit_before=60, limit_after=60),
        PreviewDay(
            date=TODAY + ONE_DAY,
            weekday="mon",
            limit_before="none",
            limit_after=45,
            hours=(
                PreviewHour(
                    start=START,
                    end=START + HOUR,
                    before="block",
                    after="free",
                    words="12:00-13:00 becomes free",
                ),
            ),
        ),
    ),
)
APPS = Apps(
    items=(
        App(
            id="hst_1",
            name="Orbit",
            bound_at=START,
            devices=2,
            last_report_at=START,
            learns=("that you have a limit",),
        ),
    )
)
