"""Every entry in one sentence, for both sides."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from familypair.schema import ledger as entries
from familypair.schema.scopes import Scope
from familypair.wording_entries import Reader, entry_words
from familypair.wording_entries_time import TIME_WORDS

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LINK: dict[str, Any] = {"link": "lnk_1", "guardian": "acc_1", "guardian_name": "Dana"}
TYPED_LISTS = (
    "You added 2 blocked words, removed 1 blocked account, added 1 and removed 3 allowed words"
    " and changed 1 more."
)
TEEN = Reader(audience="teen", teen_name="Mia", zone="Europe/Berlin")
GUARDIAN = Reader(audience="guardian", teen_name="Mia", zone="Europe/Berlin")
MONDAY = "screen_time.daily_minutes.mon"


def change(path: str = MONDAY, after: object = 45) -> entries.FieldChange:
    """One changed field."""
    return entries.FieldChange(path=path, after=after)


CASES: list[tuple[entries.AnyEntry | entries.Erased | entries.Withheld, str, str, str]] = [
    (
        entries.LinkActivated(**LINK, scopes=(), probation_until=AT),
        "me",
        "You are linked with Dana. Until Sun 22 Nov, 13:00 Dana can only make rules stricter.",
        "You are linked with Mia. Until Sun 22 Nov, 13:00 you can only make rules stricter.",
    ),
    (
        entries.LinkScopesChanged(**LINK, removed=(Scope.SET_TIME,), asked=(Scope.SEE_TIME,)),
        "me",
        "You no longer let Dana set time rules. Dana asks to see screen time as well.",
        "Mia no longer lets you set time rules. You ask to see screen time as well.",
    ),
    (
        entries.LinkEnding(**LINK, notice_until=AT),
        "me",
        "You ended the link with Dana. Its time rules stay until Sun 22 Nov, 13:00.",
        "Mia ended the link. Your time rules stay until Sun 22 Nov, 13:00.",
    ),
    (
        entries.LinkEnded(**LINK, by="guardian"),
        "platform",
        "The link with Dana is over.",
        "The link with Mia is over.",
    ),
    (
        entries.LayerChanged(
            owner="acc_1", owner_kind="guardian", owner_name="Dana", changes=(change(),)
        ),
        "Dana",
        "Dana set “Daily time on Monday” to 45 min.",
        "Dana set “Daily time on Monday” to 45 min.",
    ),
    (
        entries.LayerChanged(
            owner="acc_1",
            owner_kind="guardian",
            owner_name="Dana",
            changes=(
                change("search.blocked_terms", {"count": 9, "added": 2, "removed": 0}),
                change("contacts.blocked", {"count": 0, "added": 0, "removed": 1}),
                change("search.allowed_terms", {"count": 3, "added": 1, "removed": 3}),
                change(after=None),
            ),
        ),
        "me",
        TYPED_LISTS,
        TYPED_LISTS,
    ),
    (
        entries.EffectiveChanged(
            by="teen", effective=(entries.EffectiveChange(path=MONDAY, after="none"),)
        ),
        "teen",
        "Mia made a change: “Daily time on Monday” is now no limit.",
        "Mia made a change: “Daily time on Monday” is now no limit.",
    ),
    (
        entries.AccountChanged(what="zone", before="Europe/Dublin", after="Europe/Berlin"),
        "platform",
        "Your home time zone changed from Europe/Dublin to Europe/Berlin.",
        "Mia's home time zone changed from Europe/Dublin to Europe/Berlin.",
    ),
    (
        entries.Erased(),
        "",
        "What this entry said was erased.",
        "What this entry said was erased.",
    ),
    (entries.Withheld(), "", "Not shared any more.", "Not shared any more."),
]


@pytest.mark.parametrize(("entry", "actor", "teens", "guardians"), CASES)
def test_an_entry_says_what_happened_to_each_side(
    entry: entries.AnyEntry | entries.Erased | entries.Withheld,
    actor: str,
    teens: str,
    guardians: str,
) -> None:
    """The teen and the guardian read the same fact, each from their side."""
    assert entry_words(entry, actor, TEEN) == teens
    assert entry_words(entry, actor, GUARDIAN) == guardians


def test_every_type_of_entry_has_words() -> None:
    """A new entry type without words would break a history."""
    examples: dict[type, entries.AnyEntry] = {
        entries.LinkProbationEnded: entries.LinkProbationEnded(**LINK),
        entries.LinkResumeProposed: entries.LinkResumeProposed(**LINK, by="teen"),
        entries.LinkResumed: entries.LinkResumed(**LINK),
        entries.HoldEnded: entries.HoldEnded(link="lnk_1", kept=("a",)),
        **{
            type(case[0]): case[0]
            for case in CASES
            if not isinstance(case[0], entries.Erased | entries.Withheld)
        },
    }
    timed = set(TIME_WORDS)
    assert set(examples) == set(get_args(entries.AnyEntry)) - timed
    for entry in examples.values():
        for reader in (TEEN, GUARDIAN):
            for actor in ("me", "teen", "another_guardian", "platform", "Dana"):
                words = entry_words(entry, actor, reader)
                assert words.endswith(".")
                assert not set(words) & set("{}")


def test_many_changes_are_counted_not_listed() -> None:
    """Three by name, the rest as a number: a history is read at a glance."""
    days = ("mon", "tue", "wed", "thu", "fri")
    many = tuple(change(f"screen_time.daily_minutes.{day}") for day in days)
    entry = entries.LayerChanged(
        owner="acc_1", owner_kind="guardian", owner_name="Dana", changes=many
    )
    assert entry_words(entry, "Dana", TEEN).endswith("and changed 2 more.")
