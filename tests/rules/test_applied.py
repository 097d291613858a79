"""Which rules an app enforces, and how they stand on its devices: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from familypair.rules.applied import (
    NEEDS,
    QUIET,
    AppDevice,
    BoundApp,
    Status,
    device_statuses,
    enforced,
    field_status,
    weakest,
    words,
)
from familypair.rules.decide.actions import ACTIONS, PARTS, TABLE
from familypair.settings import FIELDS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PATH = "messages.media"


def app(*devices: AppDevice, actions: frozenset[str] = ACTIONS, **more: object) -> BoundApp:
    """An app that enforces everything, unless it says otherwise; the path is of version 3."""
    return BoundApp(
        app="cli_x",
        name="Loop",
        actions=actions,
        devices=devices,
        since={PATH: 3},
        **more,  # type: ignore[arg-type]  # only `restricted`
    )


def device(version: int, ago: timedelta = timedelta()) -> AppDevice:
    """A device that said something some time ago."""
    return AppDevice(version=version, said_at=NOW - ago)


def test_every_setting_that_decisions_read_can_be_enforced() -> None:
    """No check of an action is on a field that a host could not declare; names are real."""
    checked = {check.path for row in (*TABLE.values(), *PARTS.values()) for check in row.checks}
    assert checked <= set(NEEDS) <= set(FIELDS)
    assert frozenset().union(*NEEDS.values()) <= ACTIONS


@pytest.mark.parametrize(
    ("devices", "status"),
    [
        ((), Status.UNKNOWN),
        ((device(3),), Status.APPLIED),
        ((device(9),), Status.APPLIED),
        ((device(2),), Status.PENDING),
        ((device(3), device(2)), Status.PENDING),
        ((device(3, QUIET),), Status.APPLIED),
        ((device(3, QUIET + timedelta(seconds=1)), device(2)), Status.UNKNOWN),
        ((AppDevice(), device(3)), Status.UNKNOWN),
    ],
)
def test_a_field_stands_as_on_its_weakest_device(
    devices: tuple[AppDevice, ...], status: Status
) -> None:
    """A version that said it first or a later one, said within 24 hours."""
    assert field_status(app(*devices), PATH, NOW) is status


def test_what_is_not_declared_is_advice() -> None:
    """One missing action is enough; restricted search is a promise of its own."""
    some = app(device(3), actions=frozenset({"message.receive", "search.query"}))
    assert field_status(some, "messages.audience", NOW) is Status.ADVISORY
    assert "search.packs.hate" in enforced(some, FIELDS)
    assert "search.restricted_mode" not in enforced(some, FIELDS)
    both = app(device(3), restricted=True)
    assert "search.restricted_mode" in enforced(both, FIELDS)
    assert "screen_time.warnings" not in enforced(both, FIELDS)


def test_a_family_reads_the_weakest_app_and_a_sentence_about_each() -> None:
    """Every status has words for both readers; without an app there is none."""
    assert weakest([Status.APPLIED, Status.ADVISORY, Status.UNKNOWN]) is Status.ADVISORY
    assert weakest([]) is Status.NO_APP
    assert device_statuses(app(device(3)), (), NOW) == [Status.APPLIED]
    for status in Status:
        for for_teen in (True, False):
            said = words(status, "Loop", seen=True, for_teen=for_teen)
            assert ("your rules" in said) is for_teen
            assert said[-1] == "."
