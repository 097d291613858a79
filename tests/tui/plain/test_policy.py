"""`policy`: pull, plan and apply a file of my own rules; templates and copies."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from jsonschema import Draft202012Validator

from client.fake import ISSUER, answer, problem
from familypair.reasons import Reason
from familypair.schema.ledger import Inbox
from familypair.schema.settings import Draft, DraftLine, LayerDocument, Preview, Templates
from familypair.settings import FIELDS, decode, encode_values
from familypair.settings.json_schema import policy_file_schema
from support.families import raw_values

from .desk import Desk
from .made import CARD, CHANGE, ENTRY, HOSTILE, SAVED, SETTINGS, TEENS

MINE = "/v1/teens/acc_mia/layers/mine"
PREVIEW = "/v1/teens/acc_mia/preview"
VALUES = {
    "screen_time": {"daily_minutes": {"mon": 45, "sat": "none"}, "at_limit": "ask"},
    "schedule": {
        "blocks": [{"kind": "school", "days": ["mon"], "start": "08:00", "end": "13:00"}],
        "exceptions": [{"kind": "lift_limit", "first": "2026-12-24", "last": "2026-12-26"}],
    },
}
LAYER = LayerDocument(teen="acc_mia", values=VALUES, etag='"e1"')
WORDS = "Would have stopped on 4 of 28 days, 3 h 10 in all."
TOLD = Preview(changes=(CHANGE,), words=(WORDS,))


@pytest.fixture
def desk() -> Desk:
    """Dana, a guardian of Mia and Max."""
    here = Desk()
    here.server.will("GET", "/v1/teens", TEENS)
    here.server.will("GET", "/v1/teens/acc_mia", CARD)
    here.server.will("GET", "/v1/teens/acc_mia/settings", SETTINGS)
    here.server.will("GET", MINE, LAYER)
    here.server.will("POST", PREVIEW, TOLD)
    here.server.will("PATCH", MINE, msgspec.structs.replace(SAVED, layer=_later('"e2"')))
    return here


def _later(etag: str) -> LayerDocument:
    return msgspec.structs.replace(LAYER, etag=etag)


def pulled(desk: Desk, folder: Path) -> Path:
    """A file that was pulled now."""
    target = folder / "mia.toml"
    ran = desk.run("policy", "pull", "mia", "-o", str(target))
    assert (ran.code, ran.err) == (0, "")
    return target


def edit(target: Path, *pairs: tuple[str, str]) -> str:
    """Change lines of a file; its name."""
    text = target.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    target.write_text(text)
    return str(target)


def test_pull_writes_my_rules_with_what_holds_beside_them(desk: Desk, tmp_path: Path) -> None:
    """Stable order, a comment with the effective value and who decided, valid by the schema."""
    target = pulled(desk, tmp_path)
    text = target.read_text()
    assert text.startswith(f"#:schema {ISSUER}/schema/policy.json\n")
    document = tomllib.loads(text)
    assert {group: rules for group, rules in document["rules"].items() if rules} == VALUES
    assert document["policy"]["etag"] == '"e1"'
    assert "# Limit on Monday: 60 min. Set by Mia.\nmon = 45" in text
    assert text.index("[rules.screen_time]") < text.index("[rules.screen_time.daily_minutes]")
    assert desk.run("policy", "pull", "mia").out == text
    assert desk.run("policy", "pull", "mia", "--json").json()["etag"] == '"e1"'
    again = desk.run("policy", "pull", "mia", "-o", str(target), answers="1")
    assert (again.code, target.read_text()) == (1, text)


def test_every_rule_survives_the_file(desk: Desk, tmp_path: Path) -> None:
    """All fields with each of their values: the file is valid, and a plan of it finds nothing."""
    schema = Draft202012Validator(policy_file_schema())
    for turn in range(4):
        values = {
            path: decode(path, raw_values(row)[turn % len(raw_values(row))])
            for path, row in FIELDS.items()
        }
        layer = msgspec.structs.replace(LAYER, values=encode_values(values))
        desk.server.will("GET", MINE, layer)
        target = tmp_path / f"{turn}.toml"
        assert desk.run("policy", "pull", "acc_mia", "-o", str(target)).code == 0
        assert [e.message for e in schema.iter_errors(tomllib.loads(target.read_text()))] == []
        ran = desk.run("policy", "plan", str(target), "--exit-code", "--json")
        assert (ran.code, ran.json()["patch"]) == (0, {})
    assert desk.sent("POST", PREVIEW) == []


def test_hostile_text_stays_data(desk: Desk, tmp_path: Path) -> None:
    """Names and reasons of others are comments of one line; my labels come back as they were."""
    seen = tuple(msgspec.structs.replace(f, reason=HOSTILE) for f in SETTINGS.fields)
    desk.server.will(
        "GET", "/v1/teens/acc_mia/settings", msgspec.structs.replace(SETTINGS, fields=seen)
    )
    label = 'a "quote" \\ # no comment'
    block = {"kind": "custom", "days": ["mon"], "start": "08:00", "end": "09:00", "label": label}
    desk.server.will(
        "GET", MINE, msgspec.structs.replace(LAYER, values={"schedule": {"blocks": [block]}})
    )
    text = pulled(desk, tmp_path).read_text()
    assert tomllib.loads(text)["rules"]["schedule"]["blocks"] == [block]
    assert all(line.isprintable() for line in text.splitlines())


def test_plan_tells_the_diff_and_the_preview(desk: Desk, tmp_path: Path) -> None:
    """A changed line, one taken out and a new one; exit 0, or 1 when that is asked for."""
    slips = ("mon = 45", "mon = 30\ntue = 20"), ('sat = "none"', "")
    name = edit(pulled(desk, tmp_path), *slips)
    ran = desk.run("policy", "plan", name)
    assert (ran.code, ran.err) == (0, "")
    assert "Limit on Monday: your rule becomes 45 min; you had none." in ran.out
    assert WORDS in ran.out
    assert desk.sent("POST", PREVIEW)[-1] == {
        "patch": {"screen_time": {"daily_minutes": {"mon": 30, "tue": 20, "sat": None}}}
    }
    strict = desk.run("policy", "plan", name, "--exit-code", "--json")
    assert (strict.code, strict.json()["stale"]) == (1, False)
    assert desk.server.count("PATCH", MINE) == 0


def test_apply_sends_the_version_that_was_pulled_and_keeps_the_new_one(
    desk: Desk, tmp_path: Path
) -> None:
    """`If-Match` is what was read; afterwards the file has the new version and the same rules."""
    name = edit(pulled(desk, tmp_path), ("mon = 45", "mon = 30"))
    before = Path(name).read_text()
    assert desk.run("policy", "apply", name, answers="1").code == 1
    ran = desk.run("policy", "apply", name, answers="2")
    assert ran.code == 0, ran.err
    assert WORDS in ran.out
    assert "familypair undo mia 3" in ran.out
    sent = [r for r in desk.server.requests if r.method == "PATCH"]
    assert [r.headers["If-Match"] for r in sent] == ['"e1"']
    after = Path(name).read_text()
    assert tomllib.loads(after)["policy"]["etag"] == '"e2"'
    assert after.partition("[rules")[2] == before.partition("[rules")[2]
    desk.server.will(
        "GET", MINE, msgspec.structs.replace(LAYER, values=tomllib.loads(after)["rules"])
    )
    assert "Nothing to do" in desk.run("policy", "apply", name).out


def test_a_stale_file_says_what_changed_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    """Exit 1 with the words of the later change; --force reads again and goes over it."""
    name = edit(pulled(desk, tmp_path), ("mon = 45", "mon = 30"))
    desk.server.will("GET", MINE, _later('"e9"'))
    later = msgspec.structs.replace(ENTRY, at=ENTRY.at + timedelta(seconds=1))
    before = msgspec.structs.replace(ENTRY, words="You did something before.")
    desk.server.will("GET", "/v1/teens/acc_mia/ledger", Inbox(items=(before, later), head=2))
    ran = desk.run("policy", "apply", name, "--yes")
    assert ran.code == 1
    assert "You set the limit on Monday to 45 min" in ran.err
    assert "before" not in ran.err
    assert "They were changed since" in desk.run("policy", "plan", name).out
    assert desk.server.count("PATCH", MINE) == 0
    unversioned = tmp_path / "none.toml"
    unversioned.write_text('[policy]\nversion = 1\nteen = "acc_mia"\n')
    assert "which version" in desk.run("policy", "apply", str(unversioned), "--yes").err
    assert desk.run("policy", "apply", name, "--yes", "--force").code == 0
    (sent,) = [r for r in desk.server.requests if r.method == "PATCH"]
    assert sent.headers["If-Match"] == '"e9"'


def test_a_refusal_of_the_server_is_exit_code_1(desk: Desk, tmp_path: Path) -> None:
    """A race that the version catches, and a cap: one sentence, and the file is as it was."""
    name = edit(pulled(desk, tmp_path), ("mon = 45", "mon = 30"))
    before = Path(name).read_text()
    desk.server.will("PATCH", MINE, problem(412, Reason.STALE_VERSION, "Changed."))
    ran = desk.run("policy", "apply", name, "--yes")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert Path(name).read_text() == before


BAD: list[tuple[str, str, str]] = [
    ("mon = 45", "mon = 1441", "screen_time.daily_minutes.mon: "),
    ("mon = 45", 'mon = "lots"', "screen_time.daily_minutes.mon: "),
    ("mon = 45", "mom = 45", "screen_time.daily_minutes.mom: There is no such rule."),
    ("mon = 45", "mon = 45\nmon = 46", "(at line "),
    ("version = 1", "version = 2", "policy files"),
    ('teen = "acc_mia"', "teen = 5", "policy.teen"),
    ('name = "Mia"', 'nome = "Mia"', "policy.nome: not known."),
    ("[rules.schedule]", "[rule.schedule]", "there is no table called [rule]"),
    ("08:00", "25:00", "schedule.blocks.0.start: "),
    ("[policy]", "[police]", "[police]"),
]


@pytest.mark.parametrize(("old", "new", "said"), BAD, ids=[one[1][:12] for one in BAD])
def test_a_file_that_is_none_names_line_and_field(
    desk: Desk, tmp_path: Path, old: str, new: str, said: str
) -> None:
    """Exit code 2, nothing is asked of the server; the twin without the slip is fine."""
    target = pulled(desk, tmp_path)
    assert desk.run("policy", "plan", str(target)).code == 0
    name = edit(target, (old, new))
    asked = len(desk.server.requests)
    ran = desk.run("policy", "apply", name, "--yes")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1), ran.err
    assert said in ran.err
    assert name in ran.err
    line = next((n for n, text in enumerate(target.read_text().splitlines(), 1) if new in text), 0)
    assert f"line {line}:" in ran.err or "at line" in ran.err or "table called" in ran.err
    assert len(desk.server.requests) == asked


def test_what_is_no_text_or_not_there(desk: Desk, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are wrong usage; a missing file is a failure with its name."""
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    assert desk.run("policy", "plan", str(tmp_path / "x.toml")).code == 2
    (tmp_path / "deep.toml").write_text("x = " + "[" * 3000)
    assert desk.run("policy", "plan", str(tmp_path / "deep.toml")).code == 2
    ran = desk.run("policy", "plan", str(tmp_path / "none.toml"))
    assert (ran.code, "none.toml" in ran.err) == (1, True)


DRAFT = Draft(
    patch={"screen_time": {"daily_minutes": {"mon": 45}}},
    lines=(
        DraftLine(
            path="screen_time.daily_minutes.mon",
            title="Limit on Monday",
            after=45,
            words="Limit on Monday: 45 min (was no rule)",
        ),
    ),
    skipped=("Duets: For this age the platform allows at most: no one.",),
)


@pytest.mark.parametrize(
    ("argv", "route", "body"),
    [
        (("template", "gentle-13", "mia"), "template", {"name": "gentle-13"}),
        (("copy", "max", "mia"), "copy", {"from_teen": "acc_max"}),
        (("copy", "max", "mia", "--lists"), "copy", {"from_teen": "acc_max", "lists": True}),
    ],
    ids=["template", "copy", "copy with lists"],
)
def test_a_draft_is_shown_before_it_is_saved(
    desk: Desk, argv: tuple[str, ...], route: str, body: dict[str, Any]
) -> None:
    """The diff, what is left out with its reason, the preview, a question; --dry-run only looks."""
    path = f"/v1/teens/acc_mia/drafts/{route}"
    desk.server.will("POST", path, DRAFT)
    looked = desk.run("policy", *argv, "--dry-run")
    assert "Limit on Monday: 45 min (was no rule)" in looked.out
    assert "Left out. Duets: For this age" in looked.out
    assert {k: v for k, v in desk.sent("POST", path)[0].items() if v is not False} == body
    assert desk.run("policy", *argv, answers="1").code == 1
    assert desk.server.count("PATCH", MINE) == 0
    ran = desk.run("policy", *argv, answers="2")
    assert (ran.code, WORDS in ran.out) == (0, True)
    assert "Undo: familypair undo mia 3" in ran.out
    assert desk.sent("PATCH", MINE) == [DRAFT.patch]


def test_templates_are_listed(desk: Desk) -> None:
    """Without a name; with a name and no teen it is wrong usage."""
    desk.server.will("GET", "/v1/templates", answer(Templates(items=())))
    assert desk.run("policy", "template").code == 0
    assert desk.run("policy", "template", "gentle-13").code == 2
    assert isinstance(desk.server.requests[0], httpx2.Request)


def _ending(last: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Four exceptions that stay, and the last ones."""
    days = [f"2026-12-2{n}" for n in range(4)]
    return [{"kind": "lift_limit", "first": day, "last": day} for day in days] + last


def test_a_list_shows_what_goes_and_what_comes(desk: Desk, tmp_path: Path) -> None:
    """Only other minutes on one date, behind many that stay: the diff names just that one."""
    limits = [
        {"kind": "set_limit", "first": "2026-12-31", "last": "2026-12-31", "minutes": minutes}
        for minutes in (180, 120)
    ]
    before, after = (_ending([one]) for one in limits)
    change = msgspec.structs.replace(
        CHANGE, path="schedule.exceptions", title="Exceptions", before=before, after=after
    )
    alike = msgspec.structs.replace(change, effective_before=before, effective_after=after)
    desk.server.will("POST", PREVIEW, msgspec.structs.replace(TOLD, changes=(alike,)))
    name = edit(pulled(desk, tmp_path), ("mon = 45", "mon = 30"))
    assert (
        "Exceptions: your rule changes.\n"
        "  - limit 3 h on 31 Dec 2026\n"
        "  + limit 2 h on 31 Dec 2026\n"
        "  What holds changes alike.\n"
    ) in desk.run("policy", "plan", name).out
