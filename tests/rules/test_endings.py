"""What stays after a link: the notice layer, the platform's hold, and a band change (A11, A19)."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from familypair.rules.layers import (
    Accepted,
    Policy,
    Version,
    band_change,
    check_write,
    effective,
    my_rule,
    notice_layer,
    platform_hold,
)
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Band, decode_values, encode_values
from familypair.testing.families import NOON, TEEN, daily, family, guardian

DAY = timedelta(days=1)
WEEK = 7 * DAY


def holds(policy: Policy, path: str) -> Any:
    """What holds for one field at noon."""
    return effective(policy, now=NOON, fields=(path,))[path].value


def notice(*versions: tuple[timedelta, dict[str, Any]]) -> dict[str, Any]:
    """The notice layer at noon from (age, document) in order of time."""
    history = [Version(at=NOON - age, values=decode_values(raw)) for age, raw in versions]
    return encode_values(notice_layer(history, now=NOON, band=Band.YOUNGER))


@pytest.mark.parametrize(
    ("history", "minutes"),
    [
        ([(30 * DAY, 90)], 90),
        ([(30 * DAY, 90), (DAY, 30)], 90),
        ([(30 * DAY, 90), (WEEK, 30)], 30),
        ([(30 * DAY, 90), (6 * DAY, 120), (DAY, 30)], 120),
        ([(30 * DAY, "none"), (8 * DAY, 45)], 45),
        ([(6 * DAY, "none"), (DAY, 45)], "none"),
    ],
)
def test_the_notice_layer_is_the_loosest_of_the_last_seven_days(
    history: list[tuple[timedelta, Any]], minutes: int | str
) -> None:
    """Tightening on the eve of the end gains nothing; what held eight days ago is past."""
    found = notice(*[(age, daily(limit)) for age, limit in history])
    assert found["screen_time"]["daily_minutes"] == {"sun": minutes}


@pytest.mark.parametrize(("limit", "stays"), [(120, {"sun": 120}), (45, None)])
def test_silence_in_the_last_seven_days_counts_as_the_default(limit: int, stays: Any) -> None:
    """120 is looser than the default 60 and stays; 45 is stricter, so the silence is looser."""
    found = notice((30 * DAY, {}), (DAY, daily(limit)))
    assert found.get("screen_time", {}).get("daily_minutes") == stays


def test_in_the_notice_period_the_end_of_time_is_the_teens_own_choice() -> None:
    """`stop` becomes `ask`, which nobody but the teen can answer; `remind` stays."""
    stop = notice((30 * DAY, {"screen_time": {"at_limit": "stop"}}))
    remind = notice((30 * DAY, {"screen_time": {"at_limit": "remind"}}))
    assert stop == {"screen_time": {"at_limit": "ask"}}
    assert remind == {"screen_time": {"at_limit": "remind"}}


def test_blocks_of_the_notice_period_are_the_minutes_common_to_all_versions() -> None:
    """From 21:00-07:00 and 20:00-06:00 what stays is 21:00-06:00."""
    late = {"kind": "sleep", "days": ["mon"], "start": "21:00", "end": "07:00"}
    early = {"kind": "sleep", "days": ["mon"], "start": "20:00", "end": "06:00"}
    found = notice(
        (30 * DAY, {"schedule": {"blocks": [late]}}), (DAY, {"schedule": {"blocks": [early]}})
    )
    assert found["schedule"]["blocks"] == [{**late, "end": "06:00"}]


def test_the_notice_layer_holds_time_only() -> None:
    """Contact, privacy and search are the platform's hold, not the guardian's notice."""
    found = notice((30 * DAY, {"search": {"enabled": "off"}, "feed": {"stem": "on"}}))
    assert found == {}


STRICT: dict[str, Any] = {
    "search": {"enabled": "off", "blocked_terms": ["a"]},
    "interactions": {"comments": "no_one"},
    "contacts": {"blocked": [{"host": "h", "account": "x"}]},
}


def after_end(*, safety_exit: bool) -> Policy:
    """A family after A left, with the hold; the teen had blocked y themselves."""
    teen = {"contacts": {"blocked": [{"host": "h", "account": "y"}]}}
    before = family(guardian("A", STRICT), teen=teen)
    found = effective(before, now=NOON)
    hold = platform_hold(found, owner="A", until=NOON + WEEK, safety_exit=safety_exit)
    return msgspec.structs.replace(before, guardians=(), holds=(hold,))


def test_ending_supervision_never_ends_protection() -> None:
    """After any end contact, privacy and search are what they were, for seven days."""
    before = family(guardian("A", STRICT))
    after = after_end(safety_exit=False)
    for row in FIELDS.values():
        if row.meets and row.scope is not Scope.SET_TIME:
            assert row.order.covers(holds(after, row.path), holds(before, row.path)), row.path
    over = effective(after, now=NOON + WEEK, fields=("search.enabled",))
    assert over["search.enabled"].value == "on"


def test_a_hold_binds_the_teens_own_loosening_and_is_named() -> None:
    """The teen may write; what holds stays as it was, decided by the hold."""
    after = after_end(safety_exit=False)
    found = effective(after, now=NOON, fields=("search.enabled",))["search.enabled"]
    assert [str(source) for source in found.decided_by] == ["hold"]


def test_a19_a_safety_exit_frees_the_guardians_blocks_at_once() -> None:
    """Contacts that this guardian had blocked are free; the teen's own entry stays."""
    path = "contacts.blocked"
    kept = {contact.account for contact in holds(after_end(safety_exit=False), path)}
    free = {contact.account for contact in holds(after_end(safety_exit=True), path)}
    assert (kept, free) == ({"x", "y"}, {"y"})


def test_a19_the_teens_own_entry_stays_theirs_during_a_hold() -> None:
    """The hold keeps the guardian's entries only, so the teen can still free their own."""
    after = after_end(safety_exit=False)
    freed = msgspec.structs.replace(after, teen=msgspec.structs.replace(after.teen, values={}))
    assert {contact.account for contact in holds(freed, "contacts.blocked")} == {"x"}


def test_a11_what_the_new_defaults_would_loosen_stays_as_the_teens_own() -> None:
    """Quote: "a band change alters caps only": only the platform's night gets looser."""
    before = family()
    change = band_change(before, Band.OLDER, now=NOON)
    after = change.policy
    looser = [
        row.path
        for row in FIELDS.values()
        if row.meets and not row.order.covers(holds(after, row.path), holds(before, row.path))
    ]
    assert looser == ["notifications.mute"]
    assert after.teen.values["search.restricted_mode"] == "on"
    assert set(change.kept) <= set(after.teen.values)


def test_a11_the_notice_lists_every_field_that_changes_or_is_kept() -> None:
    """Each line has before and after; a kept one can be confirmed by the teen later."""
    lines = {line.path: line for line in band_change(family(), Band.OLDER, now=NOON).notice}
    mode = lines["search.restricted_mode"]
    assert (mode.before, mode.after, mode.kept) == ("on", "off", True)
    assert not lines["notifications.mute"].kept
    assert "messages.audience" not in lines


def test_a11_a_teens_own_value_is_left_alone() -> None:
    """What the teen had chosen is no default and is neither kept nor changed."""
    teen = {"search": {"restricted_mode": "off"}}
    change = band_change(family(teen=teen), Band.OLDER, now=NOON)
    assert "search.restricted_mode" not in change.kept
    assert change.policy.teen.values["search.restricted_mode"] == "off"


def test_a11_a_corrected_age_unsets_what_is_beyond_the_cap_for_good() -> None:
    """Stored values beyond a stricter cap are unset and do not revive at the next birthday."""
    teen = {"messages": {"audience": "friends"}}
    older = family(guardian("A"), teen=teen, band=Band.OLDER)
    down = band_change(older, Band.YOUNGER, now=NOON)
    assert down.removed == ((TEEN, "messages.audience"),)
    again = band_change(down.policy, Band.OLDER, now=NOON)
    assert holds(again.policy, "messages.audience") == "no_one"


def test_a11_a_guardians_rule_is_not_loosened_by_a_birthday() -> None:
    """Layers store the value as written, also when it equals the cap: it goes on binding."""
    a = guardian("A", {"interactions": {"duet": "no_one"}})
    change = band_change(family(a), Band.OLDER, now=NOON)
    assert change.policy.guardians == (a,)
    assert holds(change.policy, "interactions.duet") == "no_one"


def test_a11_at_18_caps_and_guardians_are_gone_and_own_values_stay() -> None:
    """Defaults become "no rule"; what the teen had set themselves is still theirs."""
    teen = {"search": {"restricted_mode": "on"}}
    old = family(guardian("A", STRICT), teen=teen, band=Band.OLDER)
    change = band_change(old, Band.ADULT, now=NOON)
    assert change.policy.guardians == ()
    assert holds(change.policy, "search.restricted_mode") == "on"
    assert holds(change.policy, "search.enabled") == "on"
    assert holds(change.policy, "screen_time.daily_minutes.sun") == "none"
    assert holds(change.policy, "live.host") == "on"


def test_keep_todays_values_as_my_rule() -> None:
    """It makes rules of what holds, within the guardian's scopes, and changes no outcome."""
    policy = family(guardian("A", daily(90), without=(Scope.SET_PRIVACY,)))
    patch = my_rule(policy, "A", now=NOON)
    assert "screen_time.daily_minutes.sun" not in patch.changes
    assert patch.changes["screen_time.daily_minutes.mon"] == 60
    assert not {path for path in patch.changes if path.startswith(("privacy", "feed"))}
    done = check_write(policy, "A", patch, now=NOON)
    assert isinstance(done, Accepted)
    kept = msgspec.structs.replace(policy, guardians=(done.layer,))
    assert {p: holds(kept, p) for p in FIELDS} == {p: holds(policy, p) for p in FIELDS}


def test_a_stranger_keeps_nothing() -> None:
    """Who owns no layer has no rule to keep."""
    assert my_rule(family(), "Z", now=NOON).changes == {}
