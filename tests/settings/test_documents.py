"""Reading merge patches: every fault is named by its pointer, and what is read is written back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from familypair.reasons import Reason
from familypair.settings import (
    FIELDS,
    Patch,
    decode,
    decode_flat,
    decode_values,
    encode,
    encode_flat,
    encode_values,
    flatten,
    nest,
    parse_patch,
    pointer_of,
)
from support.families import PROFILE, raw_values

BLOCK = {"kind": "sleep", "days": ["mon"], "start": "21:00", "end": "07:00"}
LIFT = {"kind": "lift_limit", "first": "2026-12-24"}


def one(path: str, raw: Any) -> dict[str, Any]:
    """A nested document with one field."""
    return nest({path: raw})


def faults(document: object) -> list[tuple[str, str]]:
    """(code, pointer) of every refusal."""
    found = parse_patch(document)
    assert isinstance(found, tuple)
    return [(str(refusal.reason), refusal.pointer) for refusal in found]


def read(document: object) -> dict[str, Any]:
    """The changes of an accepted patch."""
    found = parse_patch(document)
    assert isinstance(found, Patch)
    return dict(found.changes)


@pytest.mark.parametrize("path", list(FIELDS))
def test_every_value_is_read_and_written_back_unchanged(path: str) -> None:
    """JSON to value to JSON to value: the second value is the first, through both documents."""
    for raw in raw_values(FIELDS[path]):
        value = decode(path, raw)
        assert decode(path, encode(path, value)) == value
        assert read(one(path, raw)) == {path: value}
        assert decode_values(encode_values({path: value})) == {path: value}
        assert decode_flat(encode_flat({path: value})) == {path: value}
        hash(value)


def test_absent_is_untouched_and_null_unsets() -> None:
    """RFC 7396: an absent member is not in the patch, null is there as None."""
    assert read({}) == {}
    assert read({"search": {}}) == {}
    assert read({"search": {"enabled": None}}) == {"search.enabled": None}


def test_null_for_a_group_unsets_every_field_of_it() -> None:
    """Removing a member of the document removes what is under it."""
    changes = read({"messages": None, "screen_time": {"daily_minutes": None}})
    assert set(changes) == {p for p in FIELDS if p.startswith(("messages.", "screen_time.daily"))}
    assert set(changes.values()) == {None}


@pytest.mark.parametrize(
    ("path", "raw", "code"),
    [
        ("screen_time.daily_minutes.mon", 60, None),
        ("screen_time.daily_minutes.mon", 1440, None),
        ("screen_time.daily_minutes.mon", 1441, "out_of_range"),
        ("screen_time.daily_minutes.mon", -1, "out_of_range"),
        ("screen_time.daily_minutes.mon", 60.0, "wrong_type"),
        ("screen_time.daily_minutes.mon", True, "wrong_type"),
        ("screen_time.daily_minutes.mon", 10**30, "out_of_range"),
        ("screen_time.daily_minutes.mon", "60", "out_of_range"),
        ("screen_time.daily_minutes.mon", [60], "wrong_type"),
        ("screen_time.break_every", 9, "out_of_range"),
        ("screen_time.roll_over", "none", "wrong_type"),
        ("screen_time.warnings", "15", "wrong_type"),
        ("screen_time.warnings", [1, 2, 3, 4, 5, 6, 7], "too_long"),
        ("screen_time.warnings", [1, 2, 3, 4, 5, 6], "too_long"),
        ("screen_time.day_starts_at", "24:00", "out_of_range"),
        ("screen_time.day_starts_at", "4:00", "out_of_range"),
        ("screen_time.day_starts_at", "off", "out_of_range"),
        ("screen_time.day_starts_at", "\u0661\u0662:00", "out_of_range"),
        ("schedule.wind_down", "off", None),
        ("search.enabled", True, "wrong_type"),
        ("search.enabled", "ON", "out_of_range"),
        ("search.blocked_terms", {"a": 1}, "wrong_type"),
        ("search.blocked_terms", ["a"] * 10_001, "too_long"),
        ("schedule.blocks", [BLOCK] * 101, "too_long"),
        ("schedule.blocks", [BLOCK] * 100, None),
    ],
)
def test_a_value_of_the_wrong_kind_or_range(path: str, raw: Any, code: str | None) -> None:
    """The pointer is the field's; a good twin differs in the one thing."""
    if code is None:
        assert list(read(one(path, raw))) == [path]
    else:
        assert faults(one(path, raw)) == [(code, pointer_of(path))]


@pytest.mark.parametrize(
    ("path", "raw", "code", "inside"),
    [
        ("screen_time.warnings", [15, 121], "out_of_range", "/1"),
        ("screen_time.warnings", [15, "5"], "wrong_type", "/1"),
        ("search.blocked_terms", ["a", "b\u202ec"], "bad_text", "/1"),
        ("search.blocked_terms", ["a" * 101], "too_long", "/0"),
        ("search.blocked_terms", [7], "wrong_type", "/0"),
        ("contacts.blocked", [{"host": "h"}], "wrong_type", "/0/account"),
        ("contacts.blocked", [{"host": "h", "account": "x", "why": 1}], "unknown_field", "/0/why"),
        (
            "contacts.blocked",
            [{"host": "h", "account": "x"}, {"host": "h", "account": "x", "private": True}],
            "out_of_range",
            "/1",
        ),
        (
            "contacts.blocked",
            [{"host": "h", "account": "x", "private": 1}],
            "wrong_type",
            "/0/private",
        ),
        ("schedule.blocks", [{**BLOCK, "end": "21:00"}], "out_of_range", "/0/end"),
        ("schedule.blocks", [{**BLOCK, "kind": "party"}], "out_of_range", "/0/kind"),
        ("schedule.blocks", [{**BLOCK, "days": []}], "out_of_range", "/0/days"),
        ("schedule.blocks", [{**BLOCK, "days": ["monday"]}], "out_of_range", "/0/days/0"),
        ("schedule.blocks", [{**BLOCK, "label": "\x00"}], "bad_text", "/0/label"),
        ("schedule.blocks", ["sleep"], "wrong_type", "/0"),
        ("notifications.mute", [{"start": "20:00", "end": "20:00"}], "out_of_range", "/0/end"),
        ("notifications.mute", [{"start": "20:00"}], "wrong_type", "/0/end"),
        ("schedule.exceptions", [{**LIFT, "kind": "party"}], "out_of_range", "/0/kind"),
        ("schedule.exceptions", [{**LIFT, "first": "2026-02-30"}], "out_of_range", "/0/first"),
        ("schedule.exceptions", [{**LIFT, "last": "2026-12-23"}], "out_of_range", "/0/last"),
        ("schedule.exceptions", [{**LIFT, "last": "2028-12-24"}], "out_of_range", "/0/last"),
        ("schedule.exceptions", [{**LIFT, "minutes": 60}], "unknown_field", "/0/minutes"),
        ("schedule.exceptions", [{**LIFT, "kind": "set_limit"}], "wrong_type", "/0/minutes"),
    ],
)
def test_a_fault_inside_a_list_is_named_where_it_is(
    path: str, raw: Any, code: str, inside: str
) -> None:
    """The pointer goes down to the item and its member."""
    assert (code, pointer_of(path) + inside) in faults(one(path, raw))


def test_every_fault_of_a_document_is_named() -> None:
    """A caller can mend all faults at once."""
    document: dict[str, Any] = {
        "search": {"enabled": 1},
        "feed": {"stem": "?"},
        "typo": 1,
        "money": [],
    }
    assert faults(document) == [
        ("wrong_type", "/search/enabled"),
        ("out_of_range", "/feed/stem"),
        ("unknown_field", "/typo"),
        ("wrong_type", "/money"),
    ]


@pytest.mark.parametrize("document", [None, [], "x", 1, True])
def test_a_patch_is_an_object(document: object) -> None:
    """Anything else is one fault at the root."""
    assert faults(document) == [("wrong_type", "")]


def test_a_hostile_key_is_escaped_and_cut_in_the_pointer() -> None:
    """RFC 6901 escapes; a key of a megabyte is not sent back."""
    assert faults({"a/b~c": 1}) == [("unknown_field", "/a~1b~0c")]
    assert faults({"x" * 100_000: 1}) == [("unknown_field", "/" + "x" * 64)]


def test_the_list_of_faults_is_bounded() -> None:
    """Ten thousand bad terms give fifty refusals, not ten thousand."""
    assert len(faults({"search": {"blocked_terms": [1] * 10_000}})) == 50


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "days", "start", "end", "first", "host", "account", "x"]),
            child,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@PROFILE
@given(st.sampled_from(list(FIELDS)), _JSON)
def test_no_json_makes_reading_fail(path: str, raw: Any) -> None:
    """Any value of any field is read or refused with a pointer under that field."""
    found = parse_patch(one(path, raw))
    if isinstance(found, Patch):
        value = found.changes[path]
        assert value is None or decode(path, encode(path, value)) == value
    else:
        assert all(refusal.pointer.startswith(pointer_of(path)) for refusal in found)
        assert all(isinstance(refusal.reason, Reason) for refusal in found)


def test_nest_and_flatten_are_inverse() -> None:
    """Flat paths to a document and back, for the whole registry."""
    flat = {path: index for index, path in enumerate(FIELDS)}
    assert flatten(nest(flat)) == flat


def test_stored_data_that_is_no_value_is_an_error() -> None:
    """Decoding is for our own data: a fault there is not answered but raised."""
    with pytest.raises(ValueError, match=r"feed\.stem"):
        decode("feed.stem", "maybe")
    with pytest.raises(KeyError):
        decode_values({"typo": 1})
