"""`ask`, `requests` and their answers, agreements, standing yeses, apps; hostile text in all."""

import unicodedata
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from client.fake import START, answer, problem
from familypair.reasons import Reason
from familypair.schema.events import RequestEvent, UseEvent
from familypair.schema.requests import (
    Agreements,
    AutoRules,
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    Plan,
    Request,
    Requests,
)
from familypair.schema.teens import Teens
from familypair_tui.plain.watch import event_line
from support.hostile import strings

from .desk import Desk
from .made import CARD, LAYER, SAVED
from .made_time import (
    AGREED,
    AHEAD,
    APPS,
    CALENDAR,
    CLOSED,
    CODE,
    COUNTERED,
    DRAFT,
    EFFECT,
    GLANCE,
    GRANT,
    REDEEMED,
    REQUEST,
    REQUESTS,
    RULE,
    TIME,
)

MIA = "/v1/teens/acc_mia"
ONE, TWO = f"/v1/requests/{REQUEST.id}", f"/v1/requests/{COUNTERED.id}"


def serve(here: Desk) -> Desk:
    """Every route that these commands ask."""
    get = {
        "/v1/teens": Teens(items=(CARD,)),
        MIA: CARD,
        f"{MIA}/requests": REQUESTS,
        ONE: REQUEST,
        TWO: COUNTERED,
        f"{MIA}/agreements": Agreements(items=(AGREED,)),
        f"{MIA}/auto-rules": AutoRules(items=(RULE,)),
        "/v1/me/apps": APPS,
    }
    post = {
        f"{MIA}/requests": REQUEST,
        f"{MIA}/agreements": msgspec.structs.replace(REQUEST, words="a plan"),
        f"{MIA}/auto-rules": RULE,
        f"{ONE}/approve": msgspec.structs.replace(CLOSED, id=REQUEST.id),
        f"{ONE}/decline": REQUEST,
        f"{ONE}/counter": COUNTERED,
        f"{ONE}/notes": REQUEST,
        f"{TWO}/accept": CLOSED,
        f"{ONE}/withdraw": CLOSED,
        "/v1/agreements/agr_1/review": AGREED,
    }
    for path, value in get.items():
        here.server.will("GET", path, value)
    for path, value in post.items():
        here.server.will("POST", path, answer(value, 201))
    return here


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Dana, a guardian of Mia."""
    return serve(Desk(folder=tmp_path))


@pytest.fixture
def teen(tmp_path: Path) -> Desk:
    """Mia."""
    return serve(Desk(kind="teen", account="acc_mia", name="Mia", folder=tmp_path))


LIST_TEXT = """\
1. Mia: +30 min today (waits).
   "film night"
   You have not answered yet.
   Another guardian: yes, 20 min, 22 Nov 12:00.
   Mia, 22 Nov 12:00: please
   A yes: limit 1 h to 1 h 30, today only; would end at 17:37.
   Now: 48 min used today; asked once this week.
   You can: familypair approve 1, familypair decline 1, familypair counter 1 ..., \
familypair approve 1 15
   id req_aaaa00, until 23 Nov 00:00
2. Mia: +30 min today (another offer waits).
   Dana: another offer.
   Dana offers instead, 22 Nov 12:00: +15 min today
   A yes: limit 1 h to 1 h 30, today only; would end at 17:37.
   Now: 48 min used today; asked once this week.
   You can: familypair accept 2, familypair withdraw 2
   id req_bbbb00, until 23 Nov 00:00
1 request for you to answer.
"""


def test_requests_are_numbered_with_effect_and_what_can_be_done(desk: Desk) -> None:
    """What, of whom, what a yes does now; closed ones only with --all, with what happened."""
    assert desk.run("requests").out == LIST_TEXT
    everything = desk.run("requests", "mia", "--all").out
    assert '(agreed).\n   "film night"\n   Dana said yes: 15 min more today.\n' in everything
    assert len(desk.run("requests", "--json").json()["items"]) == 2
    desk.server.will("GET", f"{MIA}/requests", Requests(items=()))
    assert "Nothing waits for you." in desk.run("requests").out


def test_a_number_means_the_line_that_was_read(desk: Desk, tmp_path: Path) -> None:
    """A request that came in since then is not answered in its place; no list, no number."""
    assert "Show the list first" in desk.run("approve", "1").err
    desk.run("requests")
    newer = msgspec.structs.replace(REQUEST, id="req_new", created_at=START.replace(hour=13))
    desk.server.will("GET", f"{MIA}/requests", Requests(items=(newer, REQUEST)))
    assert desk.run("approve", "1", "15", "--note", "ok").out == f"{CLOSED.outcome}\n"
    assert desk.sent("POST", f"{ONE}/approve") == [
        {"minutes": 15, "rest_of_day": False, "note": "ok"}
    ]
    assert "had 2 numbers; there is no 3" in desk.run("approve", "3").err
    other = serve(Desk(account="acc_omar", folder=tmp_path))
    assert other.run("approve", "1").code == 2


def test_a_request_is_named_by_the_beginning_of_its_id(desk: Desk) -> None:
    """Open ones come first when several fit; two open ones, or none, is a sentence."""
    assert desk.run("decline", REQUEST.id).code == 0
    assert desk.run("approve", "aaaa", "rest").code == 0
    assert desk.run("approve", "req_aa").code == 0  # the closed one begins so, too
    assert desk.run("approve", "req_").err == '"req_" fits 3 requests; type more of the id.\n'
    assert desk.run("approve", "zzzz").code == 1


def test_an_answer_says_what_it_led_to(desk: Desk, teen: Desk) -> None:
    """Who is still to answer, what was offered, or the outcome."""
    desk.run("requests")
    assert desk.run("decline", "1", "--reason", "late").out == "Noted. Still to answer: you.\n"
    assert desk.sent("POST", f"{ONE}/decline") == [{"reason": "late"}]
    offered = desk.run("counter", "1", "15", "--note", "then bed").out
    assert offered == "Offered: +15 min today.\nMia can take it until 23 Nov 00:00.\n"
    assert desk.sent("POST", f"{ONE}/counter")[0]["wish"]["minutes"] == 15
    assert "read it" in desk.run("note", "1", "after", "dinner").out
    assert desk.sent("POST", f"{ONE}/notes") == [{"text": "after dinner"}]
    teen.run("requests")
    assert teen.run("accept", "2").out == f"{CLOSED.outcome}\n"
    assert teen.run("withdraw", "1").out == f"{CLOSED.outcome}\n"


@pytest.mark.parametrize(
    ("wish", "offer", "sent"),
    [
        (
            LiftBlock(end=START),
            ("17:30",),
            {"type": "lift_block", "end": "2026-11-22T17:30:00Z", "start": None},
        ),
        (
            Plan(patch={"screen_time": {"at_limit": "ask"}}, title="W", review_in_days=14),
            ("screen_time.daily_minutes.sat=90",),
            {
                "type": "plan",
                "patch": {"screen_time": {"at_limit": "ask", "daily_minutes": {"sat": 90}}},
                "title": "W",
                "review_in_days": 14,
            },
        ),
        (
            ChangeSettings(patch={}),
            ("search.restricted_mode=off",),
            {"type": "settings", "patch": {"search": {"restricted_mode": "off"}}},
        ),
    ],
)
def test_a_counter_offer_has_the_form_of_the_request(
    desk: Desk, wish: Any, offer: tuple[str, ...], sent: dict[str, Any]
) -> None:
    """A time for a block, fields for a plan (its others stay) or for a setting."""
    desk.server.will("GET", ONE, msgspec.structs.replace(REQUEST, wish=wish))
    assert desk.run("counter", REQUEST.id, *offer).code == 0
    assert desk.sent("POST", f"{ONE}/counter")[0]["wish"] == sent


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        (("30",), {"type": "minutes", "minutes": 30, "rest_of_day": False}),
        (("rest",), {"type": "minutes", "minutes": None, "rest_of_day": True}),
        (
            ("block-until", "17:30"),
            {"type": "lift_block", "end": "2026-11-22T17:30:00Z", "start": None},
        ),
        (
            ("set", "search.restricted_mode", "off"),
            {"type": "settings", "patch": {"search": {"restricted_mode": "off"}}},
        ),
        (("zone", "Europe/Lisbon"), {"type": "place", "zone": "Europe/Lisbon", "country": None}),
        (("country", "pt"), {"type": "place", "zone": None, "country": "PT"}),
        (
            ("unblock", "chat.example", "kim"),
            {"type": "unblock", "host": "chat.example", "account": "kim"},
        ),
    ],
)
def test_a_teen_asks_for_the_exact_change(
    teen: Desk, words: tuple[str, ...], wish: dict[str, Any]
) -> None:
    """Each wish has one writing; the answer names who can answer, until when, and the way back."""
    ran = teen.run("ask", *words, "--reason", "film night")
    assert ran.out == (
        "Asked: +30 min today.\nYou can answer until 23 Nov 00:00.\n"
        "Take it back: familypair withdraw req_aaaa00\n"
    )
    assert teen.sent("POST", f"{MIA}/requests") == [{"wish": wish, "reason": "film night"}]


def test_a_plan_comes_from_words_or_from_a_file(teen: Desk, tmp_path: Path) -> None:
    """Fields, a title and a review date; the file is TOML of the same settings."""
    day = "screen_time.daily_minutes"
    teen.run("ask", "plan", f"{day}.sat=90", f"{day}.mon=45", "--review", "14", "--title", "Week")
    file = tmp_path / "plan.toml"
    file.write_text("[screen_time.daily_minutes]\nsat = 90\nmon = 45\n")
    teen.run("ask", "plan", str(file), "--review", "14", "--title", "Week")
    first, second = teen.sent("POST", f"{MIA}/agreements")
    patch = {"screen_time": {"daily_minutes": {"sat": 90, "mon": 45}}}
    plan = {"type": "plan", "patch": patch, "title": "Week", "review_in_days": 14}
    assert first == second == {"plan": plan, "reason": ""}
    file.write_text("not = = toml")
    assert teen.run("ask", "plan", str(file)).code == 2
    assert teen.run("ask", "plan", "a=b", "--review", "3").code == 2


def test_what_has_no_other_offer_is_told(desk: Desk) -> None:
    """A place is yes or no; settings are offered as settings."""
    desk.server.will("GET", ONE, msgspec.structs.replace(REQUEST, wish=ChangePlace(zone="UTC")))
    assert "say yes or no" in desk.run("counter", REQUEST.id, "15").err
    desk.server.will("GET", ONE, msgspec.structs.replace(REQUEST, wish=ChangeSettings(patch={})))
    assert "PATH=VALUE" in desk.run("counter", REQUEST.id, "15").err


def test_asking_is_for_teens_and_a_refusal_is_a_sentence(desk: Desk, teen: Desk) -> None:
    """A guardian reads the other command; a block-until that is over is wrong usage."""
    assert "familypair grant" in desk.run("ask", "30").err
    assert teen.run("ask", "block-until", "11:00").code == 2
    assert teen.run("ask", "please", "now").code == 2
    long = teen.run("ask", "30", "--reason", "x" * 141)
    assert (long.code, long.err) == (2, "At most 140 characters; this has 141.\n")
    full = problem(409, Reason.TOO_MANY_REQUESTS_OPEN, "Five of your requests wait.")
    teen.server.will("POST", f"{MIA}/requests", full)
    assert (teen.run("ask", "30").code, teen.run("ask", "30").err) == (
        1,
        "Five of your requests wait.\n",
    )


def test_agreements_and_standing_yeses(desk: Desk) -> None:
    """What was agreed with whom and when to look again; a yes ahead, named and ended."""
    assert desk.run("agreements").out == (
        "Weekend, with Dana, 22 Nov 12:00:\n"
        "  Limit on Saturday: 90 min.\n  Limit on Monday: 45 min.\n"
        "  Look at it again on 22 Dec 12:00.\n"
        "  familypair agreements later agr_1 30, or end agr_1\n"
    )
    assert desk.run("agreements", "later", "agr_1", "60").code == 0
    assert desk.run("agreements", "end", "agr", "--yes").code == 0
    review = desk.sent("POST", "/v1/agreements/agr_1/review")
    assert review == [{"again_in_days": 60, "end": False}, {"again_in_days": None, "end": True}]
    made = desk.run("auto-rules", "add", "15", "--days", "sat,sun").out
    assert made.startswith("You: +15 min once a day on Sat, Sun.\n")
    assert desk.sent("POST", f"{MIA}/auto-rules")[0]["days"] == ["sat", "sun"]
    assert "familypair auto-rules remove aut_1" in desk.run("auto-rules", "mia").out
    desk.server.will("DELETE", "/v1/auto-rules/aut_1", answer(RULE))
    assert desk.run("auto-rules", "remove", "aut").code == 0
    assert desk.run("auto-rules", "remove", "zzz").code == 1
    assert desk.run("auto-rules", "add", "15", "--days", "someday").code == 2


def test_apps_say_what_they_learn(desk: Desk, teen: Desk) -> None:
    """The list is the teen's; one can be unbound after a question."""
    assert desk.run("apps").code == 1
    assert teen.run("apps").out == (
        "Orbit: bound 22 Nov 12:00, 2 devices, last report 22 Nov 12:00.\n"
        "  Learns: that you have a limit\n"
        "  id hst_1, unbind: familypair apps remove hst_1\n"
    )
    teen.server.will("DELETE", "/v1/me/apps/hst_1", answer(APPS))
    assert teen.run("apps", "remove", "hst", "--yes").out == "Unbound.\n"


def poison(value: Any, texts: Iterator[str]) -> Any:
    """The same answer with a hostile text in every field that holds words."""
    fixed = {
        "id",
        "teen",
        "state",
        "zone",
        "limit",
        "kind",
        "patch",
        "wish",
        "may",
        "owner",
        "code",
    }
    if isinstance(value, msgspec.Struct):
        found = {f: getattr(value, f) for f in value.__struct_fields__}
        changed = {f: v if f in fixed else poison(v, texts) for f, v in found.items()}
        return type(value)(**changed)
    if isinstance(value, tuple):
        return tuple(poison(one, texts) for one in cast("tuple[object, ...]", value))
    return next(texts).encode(errors="replace").decode() if type(value) is str else value


COMMANDS = (
    ("GET", f"{MIA}/time", TIME, ("time", "acc_mia", "--days", "5")),
    ("GET", f"{MIA}/calendar", CALENDAR, ("calendar", "acc_mia")),
    ("POST", f"{MIA}/grants/preview", EFFECT, ("grant", "acc_mia", "30", "--dry-run")),
    ("POST", f"{MIA}/grants", GRANT, ("grant", "acc_mia", "30", "--yes")),
    ("POST", f"{MIA}/codes", CODE, ("code", "acc_mia", "30")),
    ("POST", f"{MIA}/preview", AHEAD, ("preview", "acc_mia", "search.enabled=on")),
    ("GET", f"{MIA}/requests", REQUESTS, ("requests", "acc_mia", "--all")),
    ("POST", f"{ONE}/approve", CLOSED, ("approve", REQUEST.id)),
    ("POST", f"{ONE}/decline", REQUEST, ("decline", REQUEST.id)),
    ("POST", f"{ONE}/counter", COUNTERED, ("counter", REQUEST.id, "15")),
    ("POST", f"{ONE}/notes", REQUEST, ("note", REQUEST.id, "x")),
    ("GET", f"{MIA}/agreements", Agreements(items=(AGREED,)), ("agreements", "acc_mia")),
    ("GET", f"{MIA}/auto-rules", AutoRules(items=(RULE,)), ("auto-rules", "acc_mia")),
    ("GET", "/v1/teens", Teens(items=(msgspec.structs.replace(CARD, time=GLANCE),)), ("teens",)),
)
TEEN_COMMANDS = (
    ("GET", "/v1/me/apps", APPS, ("apps",)),
    ("POST", f"{MIA}/requests", REQUEST, ("ask", "30")),
    ("POST", f"{TWO}/accept", CLOSED, ("accept", COUNTERED.id)),
    ("POST", "/v1/codes/redeem", REDEEMED, ("code", "redeem", "482913")),
    ("POST", "/v1/grants/pst_2/accept", GRANT, ("grant", "accept", "pst_2")),
)


def test_hostile_words_reach_no_terminal(desk: Desk, teen: Desk, tmp_path: Path) -> None:
    """Whatever the server says, every command prints lines without a control or a hidden sign."""
    texts = cycle(strings())
    (tmp_path / "a.ics").write_text("x")
    desk.server.will("POST", f"{MIA}/grants/preview", EFFECT)
    desk.server.will("GET", f"{MIA}/layers/mine", LAYER)
    desk.server.will("PATCH", f"{MIA}/layers/mine", SAVED)
    desk.server.will("POST", f"{MIA}/preview", AHEAD)
    imported = (
        "POST",
        f"{MIA}/calendar/import",
        DRAFT,
        ("calendar", "import", str(tmp_path / "a.ics"), "--teen", "acc_mia", "--yes"),
    )
    plan = [(desk, one) for one in (*COMMANDS, imported)] + [(teen, one) for one in TEEN_COMMANDS]
    for who, (method, path, value, argv) in plan:
        for _ in range(3):
            who.server.will(method, path, answer(poison(value, texts)))
            ran = who.run(*argv)
            assert ran.code == 0, (argv, ran.err)
            assert _bad(ran.out) == set(), argv


def _bad(text: str) -> set[str]:
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return {char for char in text if char != "\n" and unicodedata.category(char) in hidden}


def test_live_events_are_one_line_each() -> None:
    """Today's time and the open requests, as `watch` says them."""
    use = UseEvent(teen="acc_mia", time=GLANCE)
    asked = RequestEvent(teen="acc_mia", requests=REQUESTS.items, waiting=1)
    none: tuple[Request, ...] = ()
    unknown = msgspec.structs.replace(GLANCE, used_seconds=None, remaining_seconds=None)
    said = event_line(UseEvent(teen="x", time=unknown), "Mia")
    assert said == "Mia: use is not known, the limit is 1 h 15: set by you."
    assert event_line(use, "Mia") == "Mia: 48 min of 1 h 15, 27 min left: set by you."
    assert event_line(asked, "Mia") == ("Mia: 2 requests open, 1 for you to answer: +30 min today.")
    assert event_line(RequestEvent(teen="x", requests=none), "Mia") == "Mia: no request is open."
