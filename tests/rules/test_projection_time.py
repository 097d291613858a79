"""What a guardian may know of the entries about time, requests and agreements."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from familypair.rules.projection import Viewer, actor_for, project
from familypair.schema import ledger as entries
from familypair.schema.accounts import Kind
from familypair.schema.scopes import Scope

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
TEEN = Viewer(id="acc_mia", kind=Kind.TEEN)


def guardian(who: str, *scopes: Scope) -> Viewer:
    """A linked guardian with these scopes."""
    return Viewer(id=who, kind=Kind.GUARDIAN, link=f"lnk_{who}", scopes=frozenset(scopes))


DANA, ALEX = (guardian(who, Scope.SEE_TIME, Scope.SET_TIME) for who in ("acc_dana", "acc_alex"))
BLIND = guardian("acc_alex", Scope.SET_PRIVACY)


def gift(before: int | None, after: int | None) -> entries.TimePosted:
    """Half an hour from Dana, and what the day allowed before and after."""
    read = entries.PostedTold(seconds=1800, limit_before=before, limit_after=after)
    return entries.TimePosted(
        posting="pst_1",
        owner="acc_dana",
        owner_kind="guardian",
        owner_name="Dana",
        day=DAY,
        seconds=1800,
        kind="grant",
        limit_before=before,
        limit_after=after,
        told=read,
        blind=read,
    )


def test_another_guardian_reads_the_effect_of_a_gift_only() -> None:
    """Never who gave, how much, or that something was given without an effect."""
    seen = project(gift(3600, 5400), ALEX)
    assert seen == entries.TimeChanged(by="another_guardian", day=DAY, before=3600, after=5400)
    assert seen is not None
    assert actor_for(seen, ALEX, "acc_dana") == "another_guardian"
    assert project(gift(3600, 3600), ALEX) is None
    assert project(gift(3600, 5400), BLIND) is None


def test_the_teen_and_the_giver_read_a_gift_whole() -> None:
    """The ledger is the teen's; a guardian's own acts are their own."""
    one = gift(3600, 3600)
    assert project(one, TEEN) == one
    assert project(one, DANA) == one


def line(kind: str, seconds: int, told: int, blind: int = 0) -> entries.TimePosted:
    """A line of Dana's layer on a day of 60 min, and what guardians read of it."""
    return msgspec.structs.replace(
        gift(3600, 3600 + seconds),
        kind=kind,
        seconds=seconds,
        told=entries.PostedTold(seconds=told, limit_before=3600, limit_after=3600 + told),
        blind=entries.PostedTold(seconds=blind, limit_before=3600, limit_after=3600 + blind),
    )


def test_a_line_that_follows_from_use_is_told_as_guardians_may_know_it() -> None:
    """18:20 over the limit are a step for Dana, less than one is nothing; Mia reads all of it."""
    exact = line("write_off", 1100, 900)
    seen = project(exact, DANA)
    assert isinstance(seen, entries.TimePosted)
    assert (seen.seconds, seen.limit_before, seen.limit_after) == (900, 3600, 4500)
    assert project(seen, DANA) == seen
    assert project(seen, guardian("acc_dana", Scope.SET_TIME)) is None
    assert project(line("write_off", 800, 0), DANA) is None
    assert project(exact, TEEN) == exact
    other = project(exact, ALEX)
    assert other == entries.TimeChanged(by="another_guardian", day=DAY, before=3600, after=4500)


def test_without_see_time_nothing_that_follows_from_use_is_told() -> None:
    """Not even of the own layer; of what was taken back only that it was."""
    blind = guardian("acc_dana", Scope.SET_TIME)
    assert project(line("write_off", 900, 900), blind) is None
    taken = [project(line("undone", used, -900, -1800), blind) for used in (-60, -1700)]
    assert isinstance(taken[0], entries.TimePosted)
    assert (taken[0].seconds, taken[0].limit_after) == (0, 1800)
    assert taken[0] == taken[1]
    assert project(taken[0], blind) == taken[0]
    assert taken[0].told is None


def test_a_request_is_read_by_those_who_were_asked() -> None:
    """Who was not asked does not learn that there was a request, nor who else was asked."""
    closed = entries.RequestClosed(
        request="req_1",
        wish="minutes",
        outcome="declined",
        asked=("acc_dana", "acc_other"),
        by="acc_other",
        by_name="Sam",
    )
    assert project(closed, ALEX) is None
    seen = project(closed, DANA)
    assert isinstance(seen, entries.RequestClosed)
    assert (seen.asked, seen.by, seen.by_name) == (("acc_dana",), "another_guardian", "")
    assert project(closed, TEEN) == closed


@pytest.mark.parametrize(
    "entry",
    [
        entries.AgreementMade(
            agreement="agr_1", paths=(), with_ids=("acc_dana", "acc_x"), review_at=AT
        ),
        entries.AgreementEnded(agreement="agr_1", paths=(), with_ids=("acc_dana", "acc_x")),
    ],
)
def test_an_agreement_is_read_by_those_who_made_it(entry: entries.AnyEntry) -> None:
    """And none of them learns who else did."""
    seen = project(entry, DANA)
    assert isinstance(seen, entries.AgreementMade | entries.AgreementEnded)
    assert seen.with_ids == ("acc_dana",)
    assert project(entry, ALEX) is None


def test_an_agreement_shows_only_the_fields_of_the_readers_scopes() -> None:
    """Who agreed to Saturday reads Saturday; what else was in the plan is not theirs to know."""
    sat, media = "screen_time.daily_minutes.sat", "messages.media"
    made = entries.AgreementMade(
        agreement="agr_1", paths=(sat, media), with_ids=("acc_dana",), review_at=AT
    )
    ended = entries.AgreementEnded(agreement="agr_1", paths=(sat, media), with_ids=("acc_dana",))
    for entry in (made, ended):
        seen = project(entry, DANA)
        assert isinstance(seen, entries.AgreementMade | entries.AgreementEnded)
        assert seen.paths == (sat,)


def test_an_opened_block_hides_which_other_guardian_opened_it() -> None:
    """The hours are everybody's who may see time; the name is not."""
    lifted = entries.BlockLifted(
        owner="acc_dana",
        owner_kind="guardian",
        owner_name="Dana",
        start=AT,
        end=AT,
        ref="req_1",
    )
    seen = project(lifted, ALEX)
    assert isinstance(seen, entries.BlockLifted)
    assert (seen.owner, seen.owner_name, seen.ref) == ("another_guardian", "", "")
    assert project(lifted, BLIND) is None


def test_a_standing_yes_is_its_owners_and_the_teens() -> None:
    """Another guardian learns of it when it answers, by what the day allows."""
    rule = entries.AutoRuleChanged(rule="aut_1", owner="acc_dana", minutes=15, days=("sat",))
    assert [project(rule, v) for v in (TEEN, DANA, ALEX)] == [rule, rule, None]


def test_a_band_notice_lists_only_fields_that_a_guardian_may_see() -> None:
    """The date is for every guardian, the fields by scope."""
    notice = entries.BandNotice(
        at=AT, band="16-17", paths=("screen_time.at_limit", "messages.audience")
    )
    seen = project(notice, DANA)
    assert isinstance(seen, entries.BandNotice)
    assert seen.paths == ("screen_time.at_limit",)


def test_guardians_are_told_of_a_bound_app() -> None:
    """Product section 11: a binding is the teen's, and no secret."""
    bound = entries.AppBound(app="app_1", app_name="Loop")
    assert project(bound, DANA) == bound
    assert project(bound, guardian("acc_x")) is None
