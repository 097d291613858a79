"""Free text is taken out of an entry, and nothing else is (product.md section 10)."""

from typing import Any

import msgspec
import pytest

from familypair.rules.free_text import LISTS, TITLED, Aside, split, whole
from familypair.schema.ledger import (
    AccountChanged,
    EffectiveChange,
    EffectiveChanged,
    FieldChange,
    LayerChanged,
)

BLOCK: dict[str, Any] = {"kind": "custom", "days": ["mon"], "start": "15:00", "end": "17:00"}
TITLED_BLOCK = {**BLOCK, "label": "Therapy"}
CONTACT = {"host": "clips", "account": "somebody"}


def wrote(path: str, before: Any, after: Any) -> LayerChanged:
    """A write of one field that changed what holds in the same way."""
    return LayerChanged(
        owner="acc_dana",
        owner_kind="guardian",
        owner_name="Dana",
        changes=(FieldChange(path=path, before=before, after=after),),
        effective=(EffectiveChange(path=path, before=before, after=after),),
    )


def test_the_fields_with_free_text_are_these() -> None:
    """A new field that people type into is found here by its kind."""
    assert sorted(LISTS) == ["contacts.blocked", "search.allowed_terms", "search.blocked_terms"]
    assert sorted(TITLED) == ["schedule.blocks", "schedule.exceptions"]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("search.blocked_terms", ["zebra", "yacht"], ["yacht", "xylem", "wombat"]),
        ("search.allowed_terms", ["zebra", "yacht"], ["yacht", "xylem", "wombat"]),
        (
            "contacts.blocked",
            [{**CONTACT, "account": "a"}, CONTACT],
            [CONTACT, TITLED_BLOCK, BLOCK],
        ),
    ],
)
def test_of_a_typed_list_the_entry_has_numbers(path: str, before: Any, after: Any) -> None:
    """How many there are, how many came, how many went; the lists themselves lie beside it."""
    entry = wrote(path, before, after)
    told, asides = split(entry)
    assert isinstance(told, LayerChanged)
    change, effect = told.changes[0], told.effective[0]
    assert change.before == effect.before == {"count": 2}
    assert change.after == {"count": 3, "added": 2, "removed": 1}
    assert effect.after == {"count": 3}
    assert asides == (Aside(path, before, after),)
    assert whole(change, asides) == entry.changes[0]
    assert whole(change, ()) is None


def test_silence_stays_silence_and_an_empty_list_is_a_list() -> None:
    """None is no rule, before or after; an empty list counts nothing."""
    first, _ = split(wrote("search.blocked_terms", None, []))
    last, asides = split(wrote("search.blocked_terms", ["zebra"], None))
    assert isinstance(first, LayerChanged)
    assert isinstance(last, LayerChanged)
    assert first.changes[0].before is None
    assert first.changes[0].after == {"count": 0, "added": 0, "removed": 0}
    assert (last.changes[0].before, last.changes[0].after) == ({"count": 1}, None)
    assert asides == (Aside("search.blocked_terms", ["zebra"], None),)


@pytest.mark.parametrize("path", sorted(TITLED))
def test_a_schedule_keeps_everything_but_its_titles(path: str) -> None:
    """Also those of blocks inside an exception."""
    exception = {"kind": "swap_blocks", "blocks": [TITLED_BLOCK], "label": "Custody week"}
    told, asides = split(wrote(path, [TITLED_BLOCK], [exception]))
    assert isinstance(told, LayerChanged)
    assert told.changes[0].before == told.effective[0].before == [BLOCK]
    assert told.changes[0].after == [{"kind": "swap_blocks", "blocks": [BLOCK]}]
    assert b"Therapy" not in msgspec.json.encode(told)
    assert asides == (Aside(path, [TITLED_BLOCK], [exception]),)


def test_a_schedule_without_titles_needs_nothing_beside_it() -> None:
    """What has no free text is whole as it is."""
    entry = wrote("schedule.blocks", None, [BLOCK])
    assert split(entry) == (entry, ())
    assert whole(entry.changes[0], ()) == entry.changes[0]


def test_other_entries_and_other_fields_are_left_alone() -> None:
    """A number stays a number, and an entry of another type is the very same."""
    for entry in (
        wrote("screen_time.daily_minutes.mon", 60, 45),
        AccountChanged(what="zone", before="Europe/Oslo", after="Europe/Rome"),
    ):
        assert split(entry) == (entry, ())


def test_an_effect_that_nobody_wrote_has_no_free_text_either() -> None:
    """The end of a link can change a list too."""
    effect = EffectiveChange(path="search.blocked_terms", before=["zebra"], after=[])
    told, asides = split(EffectiveChanged(by="platform", effective=(effect,)))
    assert told == EffectiveChanged(
        by="platform",
        effective=(msgspec.structs.replace(effect, before={"count": 1}, after={"count": 0}),),
    )
    assert asides == ()


def test_splitting_twice_changes_nothing_more() -> None:
    """An entry without free text stays as it is."""
    told, _ = split(wrote("search.blocked_terms", ["zebra"], ["yacht"]))
    assert split(told) == (told, ())
