"""The published schema of a policy file: sound, complete, and never stricter than the server."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from familypair.settings import FIELDS, Patch, encode, nest, parse_patch
from familypair.settings.json_schema import policy_file_schema, rules_schema
from support.families import PROFILE, raw_values

RULES = Draft202012Validator(rules_schema())
FILE = Draft202012Validator(policy_file_schema())
HEADER = {"version": 1, "teen": "acc_mia"}
BLOCK = {"kind": "sleep", "days": ["mon"], "start": "21:00", "end": "07:00"}


def test_the_schema_is_a_schema_and_knows_every_field() -> None:
    """Valid 2020-12; each field is where its path says, with a title and who may write it."""
    Draft202012Validator.check_schema(policy_file_schema())
    for path, row in FIELDS.items():
        node = rules_schema()
        for part in path.split("."):
            node = node["properties"][part]
        assert node["title"] == row.title
        assert "Written by:" in node["description"]


def test_the_header_is_checked() -> None:
    """Version and teen must be there; what is not known is refused."""
    assert FILE.is_valid({"policy": HEADER, "rules": {"search": {"enabled": "on"}}})
    for bad in ({}, {"policy": {"version": 1}}, {"policy": {**HEADER, "version": 2}}):
        assert not FILE.is_valid(bad)
    assert not FILE.is_valid({"policy": {**HEADER, "x": 1}})
    assert not FILE.is_valid({"policy": HEADER, "rule": {}})


@pytest.mark.parametrize("path", list(FIELDS))
def test_what_a_layer_can_say_is_valid(path: str) -> None:
    """Every value, as it is written back, passes."""
    for raw in raw_values(FIELDS[path]):
        found = parse_patch(nest({path: raw}))
        assert isinstance(found, Patch)
        document = nest({path: encode(path, found.changes[path])})
        assert [e.message for e in RULES.iter_errors(document)] == []


ODD: list[Any] = [
    *["", "on", "none", "off", "friends", "24:00", "25:00", "7:00", "07:00\n", "2026-13-01"],
    *[True, -1, 0, 9, 60, 1441, 60.5, 1e300, [], {}, [[]], [None], [1] * 7, ["mon"], ["x" * 101]],
    *[[""], [{"host": "h"}], [{"host": "h", "account": "a", "x": 1}], [BLOCK] * 2],
    *[[{**BLOCK, "days": []}], [{**BLOCK, "end": "24:00"}], [{**BLOCK, "label": "x" * 61}]],
    *[
        [{"start": "20:00"}],
        [{"kind": "lift_limit"}],
        [{"kind": "lift_limit", "first": "2026-1-1"}],
    ],
    [{"kind": "set_limit", "first": "2026-12-24", "minutes": 1441}],
    [{"kind": "add_blocks", "first": "2026-12-24", "blocks": [BLOCK]}],
]


@PROFILE
@given(
    path=st.sampled_from(list(FIELDS)),
    value=st.one_of(
        st.sampled_from(ODD),
        st.text(max_size=6),
        st.integers(-5, 2000),
        st.lists(st.sampled_from(ODD)),
    ),
)
def test_what_the_schema_refuses_the_server_refuses(path: str, value: Any) -> None:
    """For any value of any field: an editor's complaint is never wrong."""
    document = nest({path: value})
    if not RULES.is_valid(document):
        assert not isinstance(parse_patch(document), Patch), (path, value)


def test_the_schema_finds_common_slips() -> None:
    """The good twin of the property: it does refuse, field by field."""
    for path, bad in (
        ("screen_time.daily_minutes.mon", 1441),
        ("screen_time.daily_minutes.mon", "None"),
        ("screen_time.at_limit", "halt"),
        ("schedule.wind_down", "22"),
        ("schedule.blocks", [{**BLOCK, "days": ["monday"]}]),
        ("schedule.exceptions", [{"kind": "lift", "first": "2026-12-24"}]),
        ("contacts.blocked", [{"host": "h"}]),
        ("screen_time.warnings", [500]),
    ):
        assert not RULES.is_valid(nest({path: bad})), path
    assert not RULES.is_valid({"screen_time": {"daily": 60}})
