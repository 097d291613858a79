"""The registry against product.md section 4, and the words of every value."""

from typing import Any

import pytest

from familypair.settings import (
    CATEGORIES,
    FIELDS,
    GROUPS,
    WEEKDAYS,
    Audience,
    Band,
    Kind,
    decode,
    encode,
    field,
    say,
    say_items,
)
from support.families import raw_values

# The table of product.md section 4: field, loosest to strictest, 13-15, 16-17 ("cap x", "x" or "").
TABLE = """
screen_time.at_limit | remind ask stop | ask | ask
search.enabled | on off | on | on
search.restricted_mode | off on | on | off
messages.audience | everyone suggested_and_friends friends friends_who_messaged no_one | cap no_one | no_one
messages.media | on off | cap off | off
interactions.comments | everyone friends no_one | cap friends | friends
interactions.duet | everyone friends no_one | cap no_one | friends
interactions.stitch | everyone friends no_one | cap no_one | friends
interactions.mentions | everyone friends no_one | friends | friends
privacy.private_account | off on | on | on
privacy.suggest_account | on off | off | off
privacy.searchable | on off | off | on
privacy.downloads | on off | cap off | off
privacy.liked_list | everyone friends only_me | only_me | only_me
privacy.following_list | everyone friends only_me | only_me | only_me
feed.stem | off on | on | on
feed.recommended | on off | cap off | on
live.host | on off | cap off | cap off
money.gifts | on off | cap off | cap off
"""  # noqa: E501 - a table reads best with its rows whole
ROWS = [[cell.strip() for cell in row.split("|")] for row in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_choices_caps_and_defaults(row: list[str]) -> None:
    """Order, cap and default of every choice are those of the product's table."""
    path, order, *bands = row
    assert field(path).choices == tuple(order.split())
    for band, cell in zip((Band.YOUNGER, Band.OLDER), bands, strict=True):
        value = cell.removeprefix("cap ")
        assert field(path).default(band) == value
        assert field(path).cap(band) == (value if cell.startswith("cap ") else None)


def test_every_choice_is_in_the_table() -> None:
    """A new choice needs its row in the product's table first; packs have their own."""
    choices = {f.path for f in FIELDS.values() if f.choices}
    packs = {f"search.packs.{category.name}" for category in CATEGORIES}
    assert choices == {row[0] for row in ROWS} | packs | {"search.blocked_terms_shown"}


def test_time_fields() -> None:
    """The other rows of the table: minutes, warnings, wind-down and the platform's night."""
    young, old = Band.YOUNGER, Band.OLDER
    for day in WEEKDAYS:
        row = field(f"screen_time.daily_minutes.{day}")
        assert (row.default(young), row.default(old)) == (60, 60)
    assert field("screen_time.warnings").default(old) == frozenset({15, 5, 0})
    assert field("screen_time.break_every").default(young) == "none"
    assert field("schedule.wind_down").default(young) == "22:00"
    mute = field("notifications.mute")
    starts = [encode(mute.path, mute.cap(band))[0]["start"] for band in (young, old)]
    assert starts == ["21:00", "22:00"]
    assert mute.cap(Band.ADULT) is None


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda c: c.name)
def test_pack_defaults(category: Any) -> None:
    """13-15 starts with ask or deny, 16-17 with allow or ask; 16-17 is never stricter."""
    assert category.younger in {"ask", "deny"}
    assert category.older in {"allow", "ask"}
    row = field(f"search.packs.{category.name}")
    assert row.order.covers(category.younger, category.older)


@pytest.mark.parametrize("path", list(FIELDS))
def test_at_18_nothing_is_fixed(path: str) -> None:
    """A11: no caps, and defaults become "no rule"; roll-over unset is off for everybody."""
    row = field(path)
    assert row.cap(Band.ADULT) is None
    if path != "screen_time.roll_over":
        assert row.default(Band.ADULT) == row.order.loosest


@pytest.mark.parametrize("path", list(FIELDS))
def test_a_default_is_never_looser_than_the_cap(path: str) -> None:
    """The starting value of a band respects the band's own bound."""
    row = field(path)
    for band in Band:
        cap = row.cap(band)
        if cap is not None and path != "notifications.mute":
            assert row.order.covers(row.default(band), cap)


@pytest.mark.parametrize("path", list(FIELDS))
def test_every_value_has_words_for_both_sides(path: str) -> None:
    """Title, help and each value can be said to a parent and to a teen, on one line."""
    row = field(path)
    texts = [row.title, row.help.guardian, row.help.teen]
    for raw in raw_values(row):
        texts += [say(path, decode(path, raw), audience) for audience in Audience]
    assert all(texts)
    assert not any("\n" in text for text in texts)
    assert len(row.help.guardian) <= 100
    assert "the teen" not in row.help.teen


def test_groups_and_order() -> None:
    """Every field has a heading, and fields of one group stand together."""
    groups = [path.split(".")[0] for path in FIELDS]
    assert set(groups) == set(GROUPS)
    assert groups == sorted(groups, key=groups.index)


@pytest.mark.parametrize(
    ("path", "raw", "words"),
    [
        ("screen_time.daily_minutes.mon", 45, "45 min"),
        ("screen_time.daily_minutes.mon", 60, "60 min"),
        ("screen_time.daily_minutes.mon", 90, "1 h 30"),
        ("screen_time.daily_minutes.mon", 120, "2 h"),
        ("screen_time.daily_minutes.mon", "none", "no limit"),
        ("screen_time.break_every", "none", "never"),
        ("screen_time.warnings", [5, 15], "at 15, 5, 0 min left"),
        ("schedule.wind_down", "off", "off"),
        ("search.blocked_terms", ["a"], "1 word"),
        ("contacts.blocked", [], "none"),
        (
            "notifications.mute",
            [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "20:00", "end": "08:00"}],
            "20:00-08:00 Mon-Fri",
        ),
        (
            "schedule.exceptions",
            [{"kind": "lift_limit", "first": "2026-12-24", "label": "Holidays"}],
            "no limit on 24 Dec 2026 (Holidays)",
        ),
    ],
)
def test_words(path: str, raw: Any, words: str) -> None:
    """Values as people say them."""
    assert say(path, decode(path, raw)) == words


_AWAY = {"kind": "away", "days": list(WEEKDAYS), "start": "18:00", "end": "20:00"}


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("set_limit", {"minutes": 120}, "limit 2 h on 31 Dec 2026"),
        ("set_limit", {"minutes": 180}, "limit 3 h on 31 Dec 2026"),
        ("set_limit", {"minutes": 180, "last": "2027-01-02"}, "31 Dec 2026 to 2 Jan 2027"),
        ("lift_limit", {}, "no limit on "),
        ("lift_blocks", {}, "no blocks on "),
        ("lift_blocks", {"kinds": ["school", "away"]}, "no away or school on "),
        ("add_blocks", {"blocks": [_AWAY]}, "also away 18:00-20:00 on "),
        ("add_blocks", {"blocks": [_AWAY | {"label": "Dinner"}]}, "also Dinner (away) 18:00"),
        ("add_blocks", {"blocks": [_AWAY | {"end": "21:00"}]}, "also away 18:00-21:00 on "),
        ("add_blocks", {"blocks": [_AWAY | {"days": ["thu"]}]}, "18:00-20:00 Thu on "),
        ("swap_blocks", {"blocks": [_AWAY]}, "only away 18:00-20:00 on "),
    ],
)
def test_an_exception_says_all_that_it_does(kind: str, more: dict[str, Any], words: str) -> None:
    """Two exceptions that differ never read alike: effect, kinds, blocks, days and dates."""
    path = "schedule.exceptions"
    raw = [{"kind": kind, "first": "2026-12-31", **more}]
    said = say(path, decode(path, raw))
    assert words in said
    assert say_items(path, decode(path, raw)) == (said,)


def test_long_lists_are_cut_in_words() -> None:
    """Three windows are named, the rest is counted."""
    days = WEEKDAYS[:5]
    raw = [{"days": [day], "start": "12:00", "end": "13:00"} for day in days]
    assert say("notifications.mute", decode("notifications.mute", raw)).endswith("; and 2 more")


def test_silence_has_words() -> None:
    """None is said as "no rule", for every kind."""
    assert {say(path, None) for path in FIELDS} == {"no rule"}


def test_audience_words_differ_where_they_must() -> None:
    """A parent reads about the teen, the teen about themselves."""
    path = "privacy.liked_list"
    assert say(path, "only_me", Audience.GUARDIAN) == "only the teen"
    assert say(path, "only_me", Audience.TEEN) == "only you"


def test_every_kind_is_used() -> None:
    """No form control without a field."""
    assert {row.kind for row in FIELDS.values()} == set(Kind)
