"""`teens`, `show`, `set`, `undo`, `explain`, `history`: reading and changing what holds."""

import httpx2
import msgspec
import pytest

from client.fake import answer, problem
from familypair.reasons import Reason
from familypair.schema.ledger import Inbox, LayerChanged
from familypair.schema.problem import FieldProblem, Problem
from familypair.schema.settings import LayerSaved, Preview
from familypair.schema.teens import Teens

from .desk import Desk
from .made import CARD, ENTRY, HOSTILE, INBOX, LAYER, PREVIEW, SAVED, SETTINGS, TEENS

MINE = "/v1/teens/acc_mia/layers/mine"
MONDAY = "screen_time.daily_minutes.mon"


@pytest.fixture
def desk() -> Desk:
    """Dana, a guardian of Mia and Max."""
    here = Desk()
    here.server.will("GET", "/v1/teens", TEENS)
    here.server.will("GET", "/v1/teens/acc_mia", CARD)
    here.server.will("GET", "/v1/teens/acc_mia/settings", SETTINGS)
    here.server.will("GET", "/v1/teens/acc_mia/ledger", INBOX)
    here.server.will("GET", MINE, LAYER)
    here.server.will("POST", "/v1/teens/acc_mia/preview", PREVIEW)
    here.server.will("PATCH", MINE, SAVED)
    return here


def test_teens_are_sentences(desk: Desk) -> None:
    """A card says who, the time there, what stands out with its reason, and what is next."""
    ran = desk.run("teens")
    assert "Mia, 13-15: it is Sun 12:00 in Europe/Dublin." in ran.out
    assert "Limit on Sunday: 60 min. Starting value, Mia may change it." in ran.out
    assert "1 new entry." in ran.out
    assert "familypair show mia" in ran.out


def test_no_teens_names_the_next_command(desk: Desk) -> None:
    """An empty list is a sentence with a way on."""
    desk.server.will("GET", "/v1/teens", Teens(items=()))
    ran = desk.run("teens")
    assert (ran.code, ran.out) == (
        0,
        "No teen is linked with you now. Start with: familypair invite\n",
    )


def test_json_is_the_schema(desk: Desk) -> None:
    """--json gives exactly the wire document, before or after the command's name."""
    for argv in (("teens", "--json"), ("--json", "teens")):
        ran = desk.run(*argv)
        assert msgspec.convert(ran.json(), Teens) == TEENS


def test_show_has_values_reasons_and_paths(desk: Desk) -> None:
    """Each line has title, words, reason and the name to use with `set`."""
    ran = desk.run("show", "mia")
    assert "Screen time" in ran.out
    assert f"Limit on Monday: 60 min. Set by Mia (locked for you).  [{MONDAY}]" in ran.out


def test_show_a_group_and_one_field(desk: Desk) -> None:
    """A group shows only what is in it; the JSON is the same document with fewer fields."""
    ran = desk.run("show", "mia", "messages", "--json")
    assert [f["path"] for f in ran.json()["fields"]] == ["messages.audience"]


def test_show_by_id_asks_once(desk: Desk) -> None:
    """An id needs no list of teens: one request."""
    desk.run("show", "acc_mia", "--json")
    assert [r.url.path for r in desk.server.requests] == ["/v1/teens/acc_mia/settings"]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("m", 2, '"m" fits Mia and Max; type more, or the id.'),
        ("zoe", 1, 'There is no teen called "zoe". You have: Mia and Max.'),
    ],
)
def test_a_name_must_be_one_teen(desk: Desk, said: str, code: int, words: str) -> None:
    """A name that fits two or none is a sentence that says what there is."""
    ran = desk.run("show", said)
    assert (ran.code, ran.err.strip()) == (code, words)


def test_an_unknown_setting_has_a_neighbour(desk: Desk) -> None:
    """A typing error gets the nearest name."""
    ran = desk.run("explain", "mia", "messages.audence")
    assert ran.code == 2
    assert 'Did you mean "messages.audience"?' in ran.err
    assert desk.run("show", "mia", "messages.audence").code == 2
    assert desk.run("set", "mia", "messages.audence", "no_one").code == 2


def test_a_setting_that_is_not_granted_says_so(desk: Desk) -> None:
    """A known name that the document does not have is a permission, not a typing error."""
    assert desk.run("show", "mia", "search.enabled").err == (
        'You may not see "search.enabled": the permission for it was not granted.\n'
    )
    desk.server.will(
        "GET", "/v1/teens/acc_mia/settings", msgspec.structs.replace(SETTINGS, fields=())
    )
    assert "Nothing that you may see" in desk.run("show", "mia").out


def test_explain_names_layers_and_who_can_change(desk: Desk) -> None:
    """The winner is marked, and the last line says what would change it."""
    ran = desk.run("explain", "mia", MONDAY)
    assert "Mia: 60 min, and this decides." in ran.out
    assert "To change it: Mia can change it." in ran.out


def test_set_shows_before_and_after_and_asks(desk: Desk) -> None:
    """The preview comes first; a yes sends the patch with the tag that was read."""
    ran = desk.run("set", "mia", MONDAY, "45", answers="2")
    assert ran.code == 0
    assert "Limit on Monday: your rule becomes 45 min; you had none." in ran.out
    assert "What holds: 60 min becomes 45 min." in ran.out
    assert "Undo: familypair undo mia 3" in ran.out
    assert desk.sent("PATCH", MINE) == [{"screen_time": {"daily_minutes": {"mon": 45}}}]
    assert desk.server.requests[-1].headers["if-match"] == LAYER.etag


def test_set_answered_no_changes_nothing(desk: Desk) -> None:
    """The first option is no: exit code 1, nothing sent."""
    ran = desk.run("set", "mia", MONDAY, "45", answers="1")
    assert (ran.code, ran.err) == (1, "Nothing was changed.\n")
    assert desk.sent("PATCH", MINE) == []


def test_set_without_anybody_to_answer_is_wrong_usage(desk: Desk) -> None:
    """A script that forgot --yes is told the flag; nothing is sent."""
    ran = desk.run("set", "mia", MONDAY, "45")
    assert ran.code == 2
    assert ran.err.endswith("There is nobody to answer; give it with --yes.\n")
    assert desk.sent("PATCH", MINE) == []


def test_set_null_unsets(desk: Desk) -> None:
    """null goes over the wire as null, which is silence, not a value."""
    desk.run("set", "mia", MONDAY, "null", "--yes")
    assert desk.sent("PATCH", MINE) == [{"screen_time": {"daily_minutes": {"mon": None}}}]


def test_set_a_group_sets_each(desk: Desk) -> None:
    """A group of equal settings takes one value for all."""
    desk.run("set", "mia", "screen_time.daily_minutes", "1h30", "--yes")
    days = desk.sent("PATCH", MINE)[0]["screen_time"]["daily_minutes"]
    assert days == dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 90)


def test_dry_run_saves_nothing(desk: Desk) -> None:
    """--dry-run is the preview and no more."""
    ran = desk.run("set", "mia", MONDAY, "45", "--dry-run")
    assert ran.out.endswith("Nothing was saved.\n")
    assert desk.sent("PATCH", MINE) == []


def test_set_what_is_set_already_says_so(desk: Desk) -> None:
    """No change is no question and no write."""
    desk.server.will("POST", "/v1/teens/acc_mia/preview", Preview(changes=()))
    ran = desk.run("set", "mia", MONDAY, "45", "--json")
    assert msgspec.convert(ran.json(), LayerSaved).changes == ()
    assert desk.sent("PATCH", MINE) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (MONDAY, "lots", "number of minutes"),
        (MONDAY, "-5", "number of minutes"),
        ("screen_time", "5", "group of different settings"),
        ("screen_tme.at_limit", "stop", 'Did you mean "screen_time.at_limit"?'),
        ("schedule.blocks", "[{", "it is not"),
    ],
)
def test_a_bad_value_never_leaves_the_machine(
    desk: Desk, path: str, value: str, words: str
) -> None:
    """What is no value of the field is wrong usage, and no request is made."""
    ran = desk.run("set", "mia", path, "--yes", "--", value)
    assert ran.code == 2
    assert words in ran.err
    assert desk.server.requests == []


def test_a_stale_write_says_to_look_again(desk: Desk) -> None:
    """412 becomes the next command, and exit code 1."""
    desk.server.will("PATCH", MINE, problem(412, Reason.STALE_VERSION))
    ran = desk.run("set", "mia", MONDAY, "45", "--yes")
    assert ran.code == 1
    assert "look again with: familypair show" in ran.err


def test_undo_takes_the_last_change_that_can_be_undone(desk: Desk) -> None:
    """Without a number the newest undoable entry is shown, asked about and reverted."""
    desk.server.will("POST", "/v1/teens/acc_mia/ledger/2/revert", SAVED)
    ran = desk.run("undo", "mia", answers="2")
    assert ran.code == 0
    assert ENTRY.words in ran.out
    assert desk.server.count("POST", "/v1/teens/acc_mia/ledger/2/revert") == 1


UNDO = msgspec.structs.replace(
    ENTRY,
    seq=3,
    entry=LayerChanged(
        owner="acc_dana", owner_kind="guardian", owner_name="Dana", changes=(), undo_of=2
    ),
    words="You removed the rule on Monday.",
)


def test_undo_prefers_a_change_that_is_no_undo(desk: Desk) -> None:
    """A second `undo` goes further back instead of doing the first one again."""
    inbox = Inbox(items=(ENTRY, UNDO), head=3)
    desk.server.will("GET", "/v1/teens/acc_mia/ledger", inbox)
    desk.server.will("POST", "/v1/teens/acc_mia/ledger/2/revert", SAVED)
    assert desk.run("undo", "mia", "--yes").code == 0
    assert desk.server.count("POST", "/v1/teens/acc_mia/ledger/2/revert") == 1


@pytest.mark.parametrize("number", [(), ("3",)])
def test_taking_an_undo_back_is_said(desk: Desk, number: tuple[str, ...]) -> None:
    """When only an undo is left, or its number is given, the question says what it is."""
    desk.server.will("GET", "/v1/teens/acc_mia/ledger", Inbox(items=(UNDO,), head=3))
    desk.server.will("POST", "/v1/teens/acc_mia/ledger/3/revert", SAVED)
    said = "That takes back your undo: You removed the rule on Monday."
    asked = desk.run("undo", "mia", *number, answers="1")
    assert f"{said} Continue?" in asked.out
    assert desk.server.count("POST", "/v1/teens/acc_mia/ledger/3/revert") == 0
    assert said in desk.run("undo", "mia", *number, "--yes").out
    assert desk.server.count("POST", "/v1/teens/acc_mia/ledger/3/revert") == 1


def test_undo_without_anything_to_undo(desk: Desk) -> None:
    """Nothing to take back is a sentence, not a request."""
    desk.server.will("GET", "/v1/teens/acc_mia/ledger", Inbox(items=(), head=0))
    ran = desk.run("undo", "mia")
    assert (ran.code, ran.err) == (1, "There is no change of yours to take back for Mia.\n")


def test_history_is_oldest_first_with_undo(desk: Desk) -> None:
    """Each line has number, time and words; what can be undone says how."""
    lines = desk.run("history", "mia").out.splitlines()
    assert lines[0] == "1. 22 Nov 12:00: You set the limit on Monday to 45 min."
    assert lines[1].endswith("Undo: familypair undo mia 2")


def test_history_follows_pages_up_to_the_limit(desk: Desk) -> None:
    """Pages are followed by their cursor and cut at --limit."""
    first = Inbox(items=INBOX.items, head=4, next=2)
    rest = [msgspec.structs.replace(ENTRY, seq=n) for n in (3, 4)]
    desk.server.will("GET", "/v1/teens/acc_mia/ledger", first, Inbox(items=tuple(rest), head=4))
    ran = desk.run("history", "mia", "--after", "0", "--limit", "3", "--json")
    assert [item["seq"] for item in ran.json()["items"]] == [1, 2, 3]
    asked = [r.url.query for r in desk.server.requests if r.url.path.endswith("ledger")]
    assert asked == [b"after=0", b"after=2"]


def test_hostile_names_do_not_reach_the_terminal(desk: Desk) -> None:
    """Controls, ESC and bidi marks are gone in every line; markup is shown as typed."""
    card = msgspec.structs.replace(CARD, name=HOSTILE)
    desk.server.will("GET", "/v1/teens", Teens(items=(card,)))
    for argv in (("teens",), ("teens", "--json"), ("show", "zoe")):
        ran = desk.run(*argv)
        text = ran.out + ran.err
        assert not set(text) & set("\x1b\x07\u202e\u2066\u200b")
        assert "\\u001b" not in text
        assert "[bold]$(rm)" in text


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (problem(404, Reason.NOT_FOUND, "There is nothing here that you can see."), 1, "nothing"),
        (problem(401, Reason.UNAUTHENTICATED, "Please sign in first."), 1, "sign in"),
        (httpx2.ConnectError("refused"), 4, "No answer from http://127.0.0.1:8085"),
        (httpx2.Response(500, content=b"x"), 1, "500"),
    ],
    ids=["refused", "refused after refresh", "unreachable", "broken"],
)
def test_failures_are_one_sentence_and_a_code(
    desk: Desk, answer: httpx2.Response | Exception, code: int, words: str
) -> None:
    """The reason is one line on stderr, stdout stays empty, and the code is the contract's."""
    desk.server.will("GET", "/v1/teens", answer)
    ran = desk.run("teens")
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/screen_time/daily_minutes/mon", "screen_time.daily_minutes.mon: At most 60."),
        ("/code", "At most 60."),
    ],
)
def test_bad_input_names_the_place(desk: Desk, pointer: str, words: str) -> None:
    """A refused field is named as in `set`; the body's own members need no name."""
    fault = FieldProblem(pointer=pointer, code=Reason.LOOSER_THAN_CAP, detail="At most 60.")
    refused = Problem(
        type="about:blank",
        title="No",
        status=422,
        detail="Some fields were refused.",
        code=Reason.LOOSER_THAN_CAP,
        request_id="req_1",
        errors=(fault,),
    )
    desk.server.will("PATCH", MINE, answer(refused, 422))
    assert desk.run("set", "mia", MONDAY, "45", "--yes").err == f"{words}\n"


def test_with_json_a_refusal_is_json_too(desk: Desk) -> None:
    """The server's problem on stderr, stdout empty; the code is as without --json."""
    desk.server.will("GET", "/v1/teens", problem(404, Reason.NOT_FOUND, "Nothing here."))
    ran = desk.run("teens", "--json")
    assert (ran.code, ran.out) == (1, "")
    told = msgspec.json.decode(ran.err, type=Problem)
    assert (told.code, told.detail) == (Reason.NOT_FOUND, "Nothing here.")


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("show", "mia", "messages.audence"), 2, "usage"),
        (("show", "mia", "search.enabled"), 1, "failed"),
    ],
)
def test_with_json_our_own_failures_have_the_same_members(
    desk: Desk, argv: tuple[str, ...], code: int, said: str
) -> None:
    """`code`, `detail` and `errors`, whoever noticed it."""
    ran = desk.run(*argv, "--json")
    told = msgspec.json.decode(ran.err)
    assert (ran.code, told["code"], told["errors"]) == (code, said, [])
    assert argv[2] in told["detail"]


def test_a_wait_is_said_in_units_of_people(desk: Desk) -> None:
    """An hour is 60 minutes, not 3600 seconds."""
    away = problem(403, Reason.TEEN_UNAVAILABLE, "Not available.", headers={"Retry-After": "3600"})
    desk.server.will("GET", "/v1/teens/acc_mia/settings", away)
    assert desk.run("show", "mia").err == "Not available. Try again in 60 minutes.\n"


def test_nobody_signed_in_is_code_three() -> None:
    """Every command that needs a session says how to get one."""
    told = Desk(signed_in=False).run("teens", "--json").err
    assert msgspec.json.decode(told)["code"] == "not_signed_in"
    ran = Desk(signed_in=False).run("teens")
    assert (ran.code, ran.err) == (3, "Nobody is signed in here. Sign in with: familypair login\n")
