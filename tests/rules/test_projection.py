"""What each viewer reads of each kind of entry (product.md sections 1, 4 and 8)."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from familypair.rules.projection import Viewer, actor_for, project, still_shared
from familypair.rules.visible import may_see
from familypair.schema.accounts import Kind
from familypair.schema.ledger import (
    AccountChanged,
    AnyEntry,
    EffectiveChange,
    EffectiveChanged,
    FieldChange,
    HoldEnded,
    LayerChanged,
    LinkActivated,
    LinkEnded,
    LinkEnding,
    LinkProbationEnded,
    LinkResumed,
    LinkResumeProposed,
    LinkScopesChanged,
)
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.settings.registry import FIELDS

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MON = "screen_time.daily_minutes.mon"
AUDIENCE = "messages.audience"
TERMS = "search.blocked_terms"
CONTACTS = "contacts.blocked"

TEEN = Viewer(id="acc_teen", kind=Kind.TEEN)
DANA = Viewer(id="acc_dana", kind=Kind.GUARDIAN, link="lnk_dana", scopes=frozenset(ALL_SCOPES))
ALEX = replace(DANA, id="acc_alex", link="lnk_alex")

OF_DANA: dict[str, Any] = {"link": "lnk_dana", "guardian": "acc_dana", "guardian_name": "Dana"}
LINK_ENTRIES: list[AnyEntry] = [
    LinkActivated(**OF_DANA, scopes=ALL_SCOPES, probation_until=NOW),
    LinkScopesChanged(**OF_DANA, removed=(Scope.SEE_TIME,)),
    LinkProbationEnded(**OF_DANA),
    LinkEnding(**OF_DANA, notice_until=NOW),
    LinkResumeProposed(**OF_DANA, by="teen"),
    LinkResumed(**OF_DANA),
    LinkEnded(**OF_DANA, by="guardian", hold_until=NOW),
    HoldEnded(link="lnk_dana"),
]


def wrote(owner: Viewer, path: str = MON, before: object = 60, after: object = 45) -> LayerChanged:
    """A write of one field that also changed what holds."""
    decided = "teen" if owner.is_teen else owner.id
    return LayerChanged(
        owner=owner.id,
        owner_kind=owner.kind,
        owner_name="somebody",
        changes=(FieldChange(path=path, before=before, after=after),),
        effective=(EffectiveChange(path=path, before=before, after=after, decided_by=(decided,)),),
        undo_of=7,
    )


@pytest.mark.parametrize("entry", LINK_ENTRIES, ids=lambda entry: type(entry).__name__)
def test_a_links_entries_are_for_the_teen_and_its_own_guardian(entry: AnyEntry) -> None:
    """Another guardian gets no entry at all: not that the link exists, begins or ends."""
    assert project(entry, TEEN) == entry
    assert project(entry, DANA) == entry
    assert project(entry, ALEX) is None
    assert project(entry, replace(DANA, link=None)) is None


def test_a_safety_exit_is_the_ordinary_entry_of_a_guardians_leaving() -> None:
    """There is no other field that could tell: the teen reads it, the exited guardian nothing."""
    left = LinkEnded(**OF_DANA, by="guardian", hold_until=NOW)
    silent = replace(DANA, silent=True)
    assert project(left, TEEN) == left
    assert project(left, silent) is None
    assert project(left, ALEX) is None
    assert set(LinkEnded.__struct_fields__) == {
        "link", "guardian", "guardian_name", "by", "hold_until",
    }  # fmt: skip


@pytest.mark.parametrize("scopes", [frozenset(ALL_SCOPES), frozenset[Scope]()])
def test_until_the_notice_an_exited_guardian_gets_no_entry(scopes: frozenset[Scope]) -> None:
    """Whatever happens, whatever was granted: an inbox that stands still, as in a pause."""
    silent = replace(DANA, silent=True, scopes=scopes)
    band = AccountChanged(what="band", before="", after="")
    others: list[AnyEntry] = [wrote(TEEN), wrote(ALEX), wrote(DANA), band]
    assert [project(entry, silent) for entry in [*LINK_ENTRIES, *others]] == [None] * 12


def test_a_guardian_reads_their_own_write_but_not_the_ledgers_numbers() -> None:
    """The undone entry's number would tell how much there is that they do not see."""
    own = wrote(DANA)
    assert project(own, DANA) == replace(own, undo_of=0)
    assert project(own, TEEN) == own


def test_of_anothers_write_a_guardian_reads_the_effect_only() -> None:
    """Not whose layer, not what was written there, only what holds now."""
    seen = project(wrote(DANA), ALEX)
    assert seen == EffectiveChanged(
        by="another_guardian",
        effective=(
            EffectiveChange(path=MON, before=60, after=45, decided_by=("another_guardian",)),
        ),
    )
    text = msgspec.json.encode(seen).decode()
    assert "dana" not in text.lower()
    assert "somebody" not in text


def test_of_the_teens_write_a_guardian_reads_the_effect_only() -> None:
    """That it was the teen is said; the teen's own layer is not."""
    seen = project(wrote(TEEN), DANA)
    assert isinstance(seen, EffectiveChanged)
    assert (seen.by, seen.effective[0].decided_by) == ("teen", ("teen",))


def test_a_write_without_an_effect_is_no_entry_for_others() -> None:
    """What changed nothing that holds leaves no trace in another's numbers."""
    quiet = replace(wrote(DANA), effective=())
    tie = replace(wrote(DANA), effective=(EffectiveChange(path=MON, before=60, after=60),))
    assert project(quiet, ALEX) is None
    assert project(tie, ALEX) is None
    assert project(quiet, DANA) == replace(quiet, undo_of=0)


def test_a_starting_value_that_became_a_rule_is_told_though_it_stays() -> None:
    """To guardians with the field's scope (A2); `see_settings` alone hears nothing of it."""
    change = EffectiveChange(path=MON, before=60, after=60, decided_by=("acc_dana",), starting=True)
    entry = replace(wrote(DANA), effective=(change,))
    told = replace(change, decided_by=("another_guardian",))
    assert project(entry, ALEX) == EffectiveChanged(by="another_guardian", effective=(told,))
    assert project(entry, replace(ALEX, scopes=frozenset({Scope.SEE_SETTINGS}))) is None
    assert project(replace(entry, effective=(replace(change, starting=False),)), ALEX) is None


def test_guardians_known_to_each_other_read_who_it_was() -> None:
    """Only when both agreed; the value and nothing more."""
    seen = project(wrote(DANA), replace(ALEX, known=frozenset({"acc_dana"})))
    assert isinstance(seen, EffectiveChanged)
    assert (seen.by, seen.effective[0].decided_by) == ("acc_dana", ("acc_dana",))


@pytest.mark.parametrize(
    ("scope", "paths"),
    [
        (Scope.SET_TIME, {MON}),
        (Scope.SET_MESSAGES, {AUDIENCE}),
        (Scope.SET_SEARCH, {TERMS}),
        (Scope.SET_PRIVACY, set[str]()),
        (Scope.SEE_TIME, set[str]()),
        (Scope.SEE_CONTACTS, {CONTACTS}),
        (Scope.SEE_SETTINGS, {MON, AUDIENCE, TERMS}),
    ],
)
def test_a_field_is_seen_with_its_own_scope_or_see_settings(scope: Scope, paths: set[str]) -> None:
    """Each scope shows its fields and no others; an unknown field is shown to nobody."""
    every = (MON, AUDIENCE, TERMS, CONTACTS, "nothing.known")
    assert {path for path in every if may_see(path, frozenset({scope}))} == paths


@pytest.mark.parametrize("path", sorted(FIELDS))
def test_without_a_scope_no_field_reaches_a_guardian(path: str) -> None:
    """For every field of the registry: no scope, no entry; the right scope, an entry."""
    bare = replace(ALEX, scopes=frozenset())
    assert project(wrote(DANA, path, "a", "b"), bare) is None
    scoped = replace(ALEX, scopes=frozenset({FIELDS[path].scope}))
    assert (project(wrote(DANA, path, "a", "b"), scoped) is None) == (path == CONTACTS)


def test_blocked_contacts_of_others_never_reach_a_guardian() -> None:
    """A block can come from a report: it must not move an inbox. Their own does."""
    block = wrote(TEEN, CONTACTS, [], [{"host": "h", "account": "x"}])
    assert project(block, DANA) is None
    own = project(wrote(DANA, CONTACTS, [], [{"host": "h", "account": "x"}]), DANA)
    assert isinstance(own, LayerChanged)
    assert (len(own.changes), own.effective) == (1, ())


def test_the_size_of_a_list_of_words_is_told_and_a_change_of_nothing_is_not() -> None:
    """The teen reads how many came; another guardian what holds, and no entry when it is equal."""
    told = {"count": 2, "added": 1, "removed": 0}
    entry = wrote(DANA, TERMS, {"count": 1}, {"count": 2})
    entry = replace(entry, changes=(replace(entry.changes[0], after=told),))
    assert project(entry, TEEN) == entry
    other = project(entry, ALEX)
    assert isinstance(other, EffectiveChanged)
    assert other.effective[0].after == {"count": 2}
    assert project(wrote(DANA, TERMS, {"count": 2}, {"count": 2}), ALEX) is None


def test_the_teens_account_is_told_to_linked_guardians_with_a_right() -> None:
    """A new zone changes every rule; somebody without a right hears nothing."""
    moved = AccountChanged(what="zone", before="Europe/Oslo", after="Europe/Rome")
    assert project(moved, DANA) == moved
    assert project(moved, replace(DANA, scopes=frozenset())) is None
    assert project(moved, replace(DANA, link=None)) is None


def test_an_effect_that_nobody_wrote_is_filtered_too() -> None:
    """The end of another's link may loosen a field: a guardian reads the field, not the cause."""
    change = EffectiveChange(path=MON, before=45, after=60, decided_by=("acc_dana", "acc_alex"))
    entry = EffectiveChanged(by="platform", effective=(change,))
    seen = project(entry, ALEX)
    assert isinstance(seen, EffectiveChanged)
    assert seen.effective[0].decided_by == ("another_guardian", "acc_alex")
    assert project(entry, TEEN) == entry


@pytest.mark.parametrize(
    ("entry", "viewer", "actor", "told"),
    [
        (wrote(DANA), DANA, "acc_dana", "me"),
        (wrote(DANA), TEEN, "acc_dana", "acc_dana"),
        (wrote(DANA), ALEX, "acc_dana", "another_guardian"),
        (wrote(DANA), replace(ALEX, known=frozenset({"acc_dana"})), "acc_dana", "acc_dana"),
        (wrote(TEEN), DANA, "acc_teen", "teen"),
        (wrote(TEEN), TEEN, "acc_teen", "me"),
        (wrote(TEEN), TEEN, "teen", "me"),
        (LINK_ENTRIES[3], DANA, "acc_teen", "teen"),
        (LINK_ENTRIES[6], TEEN, "platform", "platform"),
        (EffectiveChanged(by="another_guardian", effective=()), ALEX, "acc_x", "another_guardian"),
    ],
)
def test_the_doer_as_each_viewer_may_know_them(
    entry: AnyEntry, viewer: Viewer, actor: str, told: str
) -> None:
    """Me, the teen, the platform, another guardian; an id only where it may be known."""
    assert actor_for(entry, viewer, actor) == told


EFFECTS = st.lists(
    st.builds(
        EffectiveChange,
        path=st.sampled_from([*FIELDS, "nothing.known"]),
        before=st.integers(0, 3),
        after=st.integers(0, 3),
        decided_by=st.lists(
            st.sampled_from(["acc_dana", "acc_eve", "cap", "teen"]), max_size=3
        ).map(tuple),
    ),
    max_size=4,
).map(tuple)


@settings(max_examples=200, deadline=None)
@given(
    effective=EFFECTS,
    owner=st.sampled_from([DANA, TEEN, replace(ALEX, id="acc_eve")]),
    scopes=st.frozensets(st.sampled_from(Scope)),
)
def test_whatever_is_written_no_guardian_reads_of_another(
    effective: tuple[EffectiveChange, ...], owner: Viewer, scopes: frozenset[Scope]
) -> None:
    """No id of another guardian, no field beyond the scopes, and no empty entry."""
    entry = replace(wrote(owner), effective=effective)
    seen = project(entry, replace(ALEX, scopes=scopes))
    assert seen is None or isinstance(seen, EffectiveChanged)
    if seen is not None:
        assert seen.effective
        assert all(may_see(change.path, scopes) for change in seen.effective)
        text = msgspec.json.encode(seen).decode()
        assert "acc_dana" not in text
        assert "acc_eve" not in text


@pytest.mark.parametrize(
    ("decided", "seen"),
    [
        (("hold",), ("another_guardian",)),
        (("hold", "default"), ("default",)),
        (("hold", "acc_dana"), ("acc_dana",)),
    ],
)
def test_a_hold_reads_as_another_guardians_rule(
    decided: tuple[str, ...], seen: tuple[str, ...]
) -> None:
    """In a guardian's inbox nothing says that another link has ended; the teen reads it."""
    entry = wrote(TEEN, AUDIENCE, "friends", "no_one")
    entry = replace(entry, effective=(replace(entry.effective[0], decided_by=decided),))
    told = project(entry, DANA)
    assert isinstance(told, EffectiveChanged)
    assert told.effective[0].decided_by == seen
    assert project(entry, TEEN) == entry


def test_what_is_still_shared_follows_todays_scopes() -> None:
    """An entry of the inbox shows what is covered today; entries of links have no scope."""
    delivered = project(wrote(TEEN, AUDIENCE, "friends", "no_one"), DANA)
    assert delivered is not None
    time_only = replace(DANA, scopes=frozenset({Scope.SEE_TIME}))
    assert still_shared(delivered, DANA) == delivered
    assert still_shared(delivered, time_only) is None
    for entry in LINK_ENTRIES:
        assert still_shared(entry, time_only) == entry
