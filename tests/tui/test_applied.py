"""Applied, pending or unknown: on the card, in the form and beside it, as acknowledgements come."""

import pytest

from familypair.schema.events import AppliedEvent
from familypair.schema.policies import AppApplied, AppliedRules
from familypair_tui.applied import at_apps, behind, mark
from tui_fake.days import at
from tui_fake.drive import Client, running
from tui_fake.family import guardian_api

MON, MEDIA = "screen_time.daily_minutes.mon", "messages.media"


def rules(status: str, **more: object) -> AppliedRules:
    """One app that enforces Monday's limit and stands like this; the rest is advice."""
    app = AppApplied(app="cli_1", name="Loop", status=status, fields={MON: status}, **more)  # type: ignore[arg-type]  # instants
    return AppliedRules(apps=(app,), fields={MON: status, MEDIA: "advisory"})


@pytest.mark.parametrize(
    ("status", "words", "card"),
    [
        ("applied", "✓ applied", ""),
        ("pending", "◷ pending since Sun 9:05", "◷ Loop pending"),
        ("unknown", "? unknown, last seen", "? Loop unknown"),
        ("advisory", "○ advice only", ""),
    ],
)
def test_a_status_is_a_glyph_and_a_word(status: str, words: str, card: str) -> None:
    """Never by colour alone; only what is not there yet is said on the card."""
    now, zone = at("9:30"), at("9:30").tzinfo
    assert zone is not None
    found = rules(status, pending_since=at("9:05"), last_seen_at=at("9:05"))
    ((name, said, _),) = at_apps(found, MON, now, zone)
    assert (name, said.replace(" 09", " 9")[: len(words)]) == ("Loop", words)
    assert behind(found) == card
    marked = mark(found, (MON,))
    assert marked is not None
    assert marked[0] == words.partition(" since")[0].partition(",")[0]
    assert mark(AppliedRules(fields={MON: "no_app"}), (MON,)) is None
    assert at_apps(None, MON, now, zone) == []


async def test_the_screens_follow_the_live_value() -> None:
    """Nothing is said without an app; then pending on card, form and side, then applied."""
    api = guardian_api()
    async with running(api, live=True) as client:
        await settled(client)
        assert "Loop" not in client.text()
        api.stream.put_nowait(AppliedEvent(teen="acc_mia", applied=rules("pending")))
        await settled(client)
        assert "◷ Loop pending" in client.text()
        await client.pilot.press("2")
        await settled(client)
        assert "Loop: ◷ pending" in client.text()
        assert "· ◷ pending" in client.text()
        api.stream.put_nowait(AppliedEvent(teen="acc_mia", applied=rules("applied")))
        await settled(client)
        assert "Loop: ✓ applied" in client.text()
        assert "pending" not in client.text()


async def settled(client: Client) -> None:
    """Let the stream's worker take what lies in the queue."""
    for _ in range(12):
        await client.pilot.pause()
