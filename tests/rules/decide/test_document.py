"""What a host gets: enough to decide, for two days, and nothing about people."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest

from familypair.rules.decide import HostFacts, document, ms_of, next_change
from familypair.rules.layers import Hold, LayerState
from familypair.schema.policies import By, SearchVoice
from familypair.schema.scopes import Scope
from familypair.settings import Band, Contact
from familypair.testing.families import NOON, family, guardian
from support.deciding import HELP, HOST, compiled, document_of


@pytest.mark.parametrize("hour", [0, 11, 23])
def test_at_least_two_days_are_covered_to_the_end_of_a_day(hour: int) -> None:
    """And a refresh is due with the new day at the latest."""
    now = NOON.replace(hour=hour)
    made = document_of(family(zone="Asia/Tokyo"), now)
    assert made.days[0].start <= now < made.days[0].end == made.refresh_at
    assert made.until == made.days[-1].end >= now + timedelta(hours=48)
    assert all(a.end == b.start for a, b in zip(made.days, made.days[1:], strict=False))


def test_within_a_day_it_stays_the_same() -> None:
    """Nobody writes, nothing changes by itself: only `issued_at` tells two documents apart."""
    policy = family(guardian("A", {"schedule": {"wind_down": "20:00"}}))
    first, second = (document_of(policy, NOON + timedelta(hours=h)) for h in (0, 11))
    assert msgspec.structs.replace(second, issued_at=first.issued_at) == first
    next_day = document_of(policy, NOON + timedelta(hours=12))
    assert next_day.until > first.until


LATER: Final = NOON + timedelta(hours=3)


@pytest.mark.parametrize(
    "policy",
    [
        family(holds=(Hold(values={"search.enabled": "off"}, until=LATER),)),
        family(guardian("A", state=LayerState.PROBATION, probation_ends=LATER)),
        family(guardian("A", frozen={Scope.SET_PRIVACY: LATER}, without=(Scope.SET_PRIVACY,))),
    ],
)
def test_a_refresh_is_due_when_something_changes_by_itself(policy: Any) -> None:
    """The end of a hold, of the first day, of what is frozen; when it has passed, the new day."""
    assert document_of(policy, NOON).refresh_at == LATER
    assert document_of(policy, LATER).refresh_at == NOON.replace(hour=0) + timedelta(days=1)


@pytest.mark.parametrize("seconds", [0, 1, 3599])
def test_a_host_is_told_the_hour_of_such_a_change_and_no_second(seconds: int) -> None:
    """Links that began at different seconds read the same; the server knows the instant itself."""
    ends = LATER - timedelta(seconds=seconds)
    policy = family(guardian("A", state=LayerState.PROBATION, probation_ends=ends))
    assert document_of(policy, NOON).refresh_at == LATER
    assert next_change(policy, NOON) == ends
    assert next_change(policy, ends) is None


def test_a_hold_is_the_platforms_and_cannot_be_asked_away() -> None:
    """While it lasts; then the starting value is back."""
    values: dict[str, Any] = {
        "search.enabled": "off",
        "search.blocked_terms": frozenset({"cake"}),
        "contacts.blocked": frozenset({Contact(HOST, "x")}),
    }
    policy = family(holds=(Hold(values=values, until=LATER),))
    made = document_of(policy, NOON)
    held = made.settings["search.enabled"]
    assert (held.value, held.by, held.fixed) == ("off", By.PLATFORM, True)
    assert made.search[0] == SearchVoice(by=By.PLATFORM, fixed=True, hidden_terms=("cake",))
    assert [(one.account, one.by) for one in made.contacts] == [("x", By.PLATFORM)]
    after = document_of(policy, LATER)
    assert after.settings["search.enabled"].value == "on"
    assert not after.contacts


def search(**members: Any) -> dict[str, Any]:
    """A document of search settings."""
    return {"search": members}


def guardians_of(*layers: Any) -> tuple[SearchVoice, ...]:
    """The guardians' voices of a family."""
    made = document_of(family(*layers, band=Band.ADULT), NOON)
    return tuple(one for one in made.search if one.by is By.GUARDIAN)


def test_guardians_words_are_one_list_and_packs_with_one_allow_list_are_one_voice() -> None:
    """Nobody can count the guardians; a word that one shows is not hidden."""
    found = guardians_of(
        guardian("A", search(blocked_terms=["x", "y"], packs={"drugs": "ask", "hate": "ask"})),
        guardian("B", search(blocked_terms=["x", "z"], blocked_terms_shown="off")),
        guardian("C", search(packs={"drugs": "deny"})),
    )
    packs = {"drugs": "deny", "hate": "ask"}
    assert found == (
        SearchVoice(by=By.GUARDIAN, terms=("x", "y"), hidden_terms=("z",), packs=packs),
    )


def test_an_allow_list_stays_with_its_own_packs() -> None:
    """Two lists make two voices: what opens one guardian's packs opens no other's (A12)."""
    found = guardians_of(
        guardian("A", search(packs={"drugs": "ask"}, allowed_terms=["tea"])),
        guardian("B", search(packs={"drugs": "ask"})),
        guardian("C", search(allowed_terms=["ignored"])),
    )
    assert [one.allowed for one in found] == [(), ("tea",)]


def test_the_teens_allow_list_opens_starting_packs() -> None:
    """They are a voice of the platform's beside the teen's own, which can be asked away."""
    teen = search(allowed_terms=["tea"], packs={"drugs": "ask"})
    made = document_of(family(teen=teen), NOON)
    starting, own = made.search
    assert (starting.by, starting.fixed, starting.allowed) == (By.PLATFORM, False, ("tea",))
    assert "drugs" not in starting.packs
    assert (own.by, own.packs, own.allowed) == (By.TEEN, {"drugs": "ask"}, ("tea",))


def test_contacts_of_this_host_alone_are_told_and_the_teen_is_named_last() -> None:
    """Other names of the host count, whatever their case; another host's accounts do not.

    A private block of the teen's changes nothing of what a guardian blocked too.
    """
    rows = [{"host": HOST, "account": "x"}, {"host": "LOOP", "account": "y"}]
    rows.append({"host": "other", "account": "z"})
    policy = family(
        guardian("A", {"contacts": {"blocked": rows}}),
        teen={"contacts": {"blocked": [{**rows[0], "private": True}]}},
    )
    facts = HostFacts(issuer="i", host=HOST, teen="s", version=1, help=HELP, known_as=("Loop",))
    made = document(policy, host=facts, now=NOON)
    assert [(c.account, c.by) for c in made.contacts] == [("x", By.GUARDIAN), ("y", By.GUARDIAN)]


def test_titles_of_blocks_are_not_told() -> None:
    """The kind is; neighbours that differ in a label alone are one stretch."""
    row = {"kind": "away", "days": ["sun"]}
    rows = [
        {**row, "start": "10:00", "end": "12:00", "label": "Grandma"},
        {**row, "start": "12:00", "end": "14:00", "label": "Violin"},
    ]
    made = document_of(family(guardian("A", {"schedule": {"blocks": rows}})), NOON)
    assert [(s.start.hour, s.end.hour, s.kind) for s in made.blocked] == [(10, 14, "away")]
    assert b"Grandma" not in msgspec.json.encode(made)


def test_a_block_that_runs_at_the_end_is_followed_to_its_own_end() -> None:
    """A stretch may end after the document does: `until` in an answer is true."""
    row = {"kind": "away", "days": ["tue", "wed", "thu"], "start": "00:00", "end": "24:00"}
    made = document_of(family(guardian("A", {"schedule": {"blocks": [row]}})), NOON)
    assert made.until == datetime(2026, 11, 25, tzinfo=UTC)
    assert [one.end for one in made.blocked] == [datetime(2026, 11, 27, tzinfo=UTC)]


def test_snapshots_share_what_is_equal() -> None:
    """Rules, days and help of families that say the same are the same objects."""
    first, second = (compiled(document_of(family(guardian(o)), NOON)) for o in "AB")
    assert first.settings is second.settings
    assert first.days is second.days
    assert first.voices is second.voices
    assert first.start_ms == ms_of(NOON.replace(hour=0))
