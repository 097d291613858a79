"""Who must answer: the least set that can grant a wish (algebra.md A8, A19, A20)."""

from datetime import timedelta
from typing import Any

import pytest

from familypair.reasons import Refusal
from familypair.rules.layers import Hold, LayerState, Policy
from familypair.rules.requests.model import Need
from familypair.rules.requests.parts import needs
from familypair.rules.requests.wishes import checked
from familypair.rules.time.model import Lifted
from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    UnblockContact,
    Wish,
)
from familypair.schema.scopes import Scope
from familypair.settings import Band, Contact
from familypair.testing.families import NOON, daily, family, guardian
from support.wishes import facts, who

HOUR = timedelta(hours=1)
FREEZE = {Scope.SET_TIME: NOON + 48 * HOUR}
LEAVING: dict[str, Any] = {"state": LayerState.ENDING, "frozen": FREEZE}
PLACE = ChangePlace(zone="Europe/Madrid")


def asked(policy: Policy, wish: Wish, used: int = 0) -> tuple[str, ...] | str:
    """Whose yes the wish needs."""
    return who(needs(facts(policy, used), wish))


def more(minutes: int | None) -> MoreTime:
    """A wish for minutes of today; None is the rest of the day."""
    return MoreTime(minutes=minutes, rest_of_day=minutes is None)


@pytest.mark.parametrize(
    ("policy", "minutes", "expected"),
    [
        # the table of algebra.md, each row as minutes on top of what the day allows
        (family(guardian("A", daily(120))), 30, ("A",)),
        (family(guardian("A", daily(120)), teen=daily(90)), 30, "nothing_in_the_way"),
        (family(guardian("A", daily(120)), teen=daily(90)), 60, ("A",)),
        (family(guardian("A", daily(120)), guardian("B", daily(45))), 75, ("B",)),
        (family(guardian("A", daily(120)), guardian("B", daily(45))), 105, ("A", "B")),
        (family(guardian("A", daily(120)), guardian("B")), 30, ("A",)),
        (family(guardian("A", daily(60)), guardian("B", daily(60))), 1, ("A", "B")),
        (family(guardian("A", daily("none"))), 30, "nothing_in_the_way"),
        (family(teen=daily(60)), 30, "nothing_in_the_way"),
        (family(), 30, "nothing_in_the_way"),
        (family(guardian("A", without=(Scope.SET_TIME,))), 30, "nothing_in_the_way"),
        (family(guardian("A", daily(60), **LEAVING)), 30, "frozen_in_the_way"),
        (family(guardian("A", daily(120), **LEAVING), guardian("B", daily(60))), 30, ("B",)),
        (family(caps={"screen_time.daily_minutes.sun": 60}), 30, "cap_in_the_way"),
        (family(guardian("A", daily(60))), None, ("A",)),
        (family(guardian("A", daily(1440))), None, "nothing_in_the_way"),
    ],
)
def test_minutes_need_exactly_the_owners_of_stricter_sums(
    policy: Policy, minutes: int | None, expected: tuple[str, ...] | str
) -> None:
    """Each layer is judged by its own sum; a cap and a frozen layer can be granted by nobody."""
    assert asked(policy, more(minutes)) == expected


def test_on_the_bare_default_one_yes_of_any_time_guardian_is_enough() -> None:
    """Nobody's rule is in the way: whoever has `set_time` may give, the first one does."""
    policy = family(guardian("A"), guardian("B"), guardian("C", without=(Scope.SET_TIME,)))
    assert needs(facts(policy), more(30)) == Need(owners=("A", "B"), any_one=True)
    ruled = family(guardian("A", daily(60)), guardian("B"))
    assert needs(facts(ruled), more(30)) == Need(owners=("A",))


def test_in_the_first_day_the_default_needs_nobody_who_cannot_post_on_it() -> None:
    """A new guardian at 120 waits and posts on the default; at 45 posts on their own limit."""
    state: dict[str, Any] = {"state": LayerState.PROBATION, "probation_ends": NOON + HOUR}
    waits = family(guardian("A", daily(120), **state))
    assert needs(facts(waits), more(30)) == Need(owners=("A",), any_one=True)
    strict = family(guardian("A", daily(45), **state))
    assert needs(facts(strict), more(30)) == Need(owners=("A",))


def test_minutes_count_from_what_is_used_where_that_is_more() -> None:
    """At 80 of 60 used, 30 more means 110: who allows 100 is in the way of it (A9)."""
    policy = family(guardian("A", daily(60)), guardian("B", daily(100)))
    assert asked(policy, more(30), used=30) == ("A",)
    assert asked(policy, more(30), used=80) == ("A", "B")


def settings(**groups: Any) -> ChangeSettings:
    """A wish for settings, as it is after it was checked."""
    found = checked(ChangeSettings(patch=groups), NOON, NOON + HOUR)
    assert isinstance(found, ChangeSettings), found
    return found


def test_settings_need_the_union_of_those_in_the_way_of_each_field() -> None:
    """Media is B's, time is A's; the teen's own value and the default need nobody."""
    strict = {"messages": {"media": "off"}, "screen_time": {"daily_minutes": {"sun": 120}}}
    policy = family(
        guardian("A", daily(60)), guardian("B", strict), teen=daily(45), band=Band.OLDER
    )
    wish = settings(**daily(90), messages={"media": "on"})
    assert asked(policy, wish) == ("A", "B")
    assert asked(policy, settings(**daily(60))) == "nothing_in_the_way"
    assert asked(family(guardian("A")), settings(**daily(90))) == "nothing_in_the_way"


def test_a_cap_is_named_with_its_field() -> None:
    """For 13-15 messages stay off, whoever agrees."""
    found = needs(facts(family(guardian("A"))), settings(messages={"audience": "friends"}))
    assert isinstance(found, Refusal)
    assert (found.reason, found.pointer) == ("cap_in_the_way", "/patch/messages/audience")
    assert found.params["field"] == "messages.audience"


def test_the_start_of_the_day_needs_every_time_guardian() -> None:
    """A20: it is the teen's own value, and a request while somebody has `set_time`."""
    wish = settings(screen_time={"day_starts_at": "04:00"})
    policy = family(guardian("A"), guardian("B", without=(Scope.SET_TIME,)), guardian("C"))
    assert asked(policy, wish) == ("A", "C")
    same = family(guardian("A"), teen={"screen_time": {"day_starts_at": "04:00"}})
    assert asked(same, wish) == "nothing_in_the_way"
    assert asked(family(guardian("A", **LEAVING)), wish) == "frozen_in_the_way"


def test_a_plan_without_anybody_in_its_way_is_agreed_with_anyone_who_has_a_say() -> None:
    """Looser fields need their owners; a plan that only tightens needs one partner."""
    loose = Plan(patch={**daily(90), "schedule": {"wind_down": "20:00"}})
    strict = Plan(patch=daily(30))
    policy = family(guardian("A", daily(60)), guardian("B"))
    assert needs(facts(policy), loose) == Need(owners=("A",))
    assert needs(facts(policy), strict) == Need(owners=("A", "B"), any_one=True)
    assert asked(family(), strict) == "nothing_in_the_way"


def blocks(*accounts: str, private: bool = False) -> dict[str, Any]:
    """A layer that blocks these accounts."""
    mark = {"private": True} if private else {}
    return {"contacts": {"blocked": [{"host": "h", "account": a, **mark} for a in accounts]}}


def test_an_unblock_needs_every_owner_of_an_entry() -> None:
    """A19: not those who block somebody else, nor the teen, whose own goes with the request."""
    wish = UnblockContact(host="h", account="x")
    policy = family(
        guardian("A", blocks("x")),
        guardian("B", blocks("y")),
        guardian("C", blocks("x", "y")),
        teen=blocks("x", private=True),
    )
    assert asked(policy, wish) == ("A", "C")
    assert asked(family(guardian("B", blocks("y")), teen=blocks("x")), wish) == "nothing_in_the_way"
    held = Hold(values={"contacts.blocked": frozenset({Contact("h", "x")})}, until=NOON + HOUR)
    assert asked(family(guardian("A", blocks("x")), holds=(held,)), wish) == "frozen_in_the_way"


def test_a_zone_needs_every_time_guardian_and_a_country_every_guardian() -> None:
    """Product section 2; a guardian who is leaving freezes both until the notice is over."""
    policy = family(guardian("A"), guardian("B", without=(Scope.SET_TIME,)))
    assert asked(policy, PLACE) == ("A",)
    assert asked(policy, ChangePlace(country="ES")) == ("A", "B")
    assert asked(policy, ChangePlace(zone="UTC")) == "nothing_in_the_way"
    assert asked(family(), PLACE) == "nothing_in_the_way"
    leaving = family(guardian("A"), guardian("B", **LEAVING))
    assert asked(leaving, PLACE) == "frozen_in_the_way"
    assert asked(leaving, ChangePlace(country="ES")) == "frozen_in_the_way"
    for until, expected in ((NOON + HOUR, "frozen_in_the_way"), (NOON, ("A",))):
        frozen = {Scope.SET_TIME: until}
        back = family(guardian("A"), guardian("B", without=(Scope.SET_TIME,), frozen=frozen))
        assert asked(back, PLACE) == expected


def school(start: str, end: str) -> dict[str, Any]:
    """A layer with one block of every day."""
    block = {"kind": "school", "start": start, "end": end}
    return {"schedule": {"blocks": [block]}}


def test_a_lift_needs_every_layer_whose_block_covers_the_span() -> None:
    """Blocks that cross midnight count; one that is open already, or the teen's own, does not."""
    policy = family(
        guardian("A", school("11:00", "13:00")),
        guardian("B", school("13:00", "14:00")),
        guardian("C", school("23:00", "12:30")),
        teen=school("09:00", "17:00"),
    )
    assert asked(policy, LiftBlock(end=NOON + HOUR)) == ("A", "C")
    assert asked(policy, LiftBlock(start=NOON + HOUR, end=NOON + 2 * HOUR)) == ("B",)
    assert asked(policy, LiftBlock(start=NOON + 3 * HOUR, end=NOON + 4 * HOUR)) == (
        "nothing_in_the_way"
    )
    opened = Lifted(owner="A", start=NOON, end=NOON + HOUR)
    held = facts(policy, lifted=(opened,))
    assert who(needs(held, LiftBlock(end=NOON + HOUR))) == ("C",)
    leaving = family(guardian("A", school("11:00", "13:00"), **LEAVING))
    assert asked(leaving, LiftBlock(end=NOON + HOUR)) == "frozen_in_the_way"


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        (MoreTime(), "/minutes"),
        (MoreTime(minutes=5, rest_of_day=True), "/minutes"),
        (LiftBlock(end=NOON), "/end"),
        (LiftBlock(end=NOON + 2 * HOUR), "/end"),
        (ChangeSettings(patch={}), "/patch"),
        (ChangeSettings(patch={"nonsense": 1}), "/patch/nonsense"),
        (ChangeSettings(patch={"search": {"enabled": None}}), "/patch/search/enabled"),
        (ChangeSettings(patch=blocks("x")), "/patch/contacts/blocked"),
        (Plan(patch=daily(90), title="a\u202eb"), "/title"),
        (UnblockContact(host="h", account="\u202e"), "/account"),
        (ChangePlace(), "/zone"),
    ],
)
def test_a_wish_that_is_none_is_named_by_its_place(wish: Wish, pointer: str) -> None:
    """Nothing is bent into shape: each fault has its pointer into the wish."""
    found = checked(wish, NOON, NOON + HOUR)
    assert isinstance(found, tuple)
    assert [one.pointer for one in found] == [pointer]


def test_a_wish_is_kept_in_one_form() -> None:
    """Text is cleaned, a start in the past is now, values are as the registry writes them."""
    assert checked(LiftBlock(start=NOON - HOUR, end=NOON + HOUR), NOON, NOON + HOUR) == LiftBlock(
        start=NOON, end=NOON + HOUR
    )
    plan = checked(Plan(patch=daily(90), title="  More  fun "), NOON, NOON)
    assert isinstance(plan, Plan)
    assert (plan.title, plan.patch) == ("More fun", daily(90))
