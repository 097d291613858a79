"""`familypair applied`: the same in sentences and as JSON."""

from client.fake import answer
from familypair.schema.policies import AppApplied, AppliedRules

from .desk import Desk

PATH = "/v1/teens/acc_mia/applied"
MON = "screen_time.daily_minutes.mon"


def test_each_app_says_how_it_stands_and_what_is_not_there_yet() -> None:
    """Sentences for people and screen readers; JSON is what the server said."""
    desk = Desk()
    app = AppApplied(
        app="cli_1",
        name="Loop",
        status="pending",
        fields={MON: "pending", "messages.media": "applied"},
        devices=3,
        applied=1,
        pending=2,
        pending_since=desk.clock(),
        last_seen_at=desk.clock(),
        words="Loop has not applied the newest of these rules on every device yet.",
    )
    found = AppliedRules(apps=(app,), fields={MON: "pending"})
    desk.server.will("GET", PATH, answer(found))
    assert desk.run("applied", "acc_mia").out == (
        "acc_mia:\n"
        "  Loop has not applied the newest of these rules on every device yet.\n"
        "    3 devices: 1 up to date, 2 pending; last seen on 22 Nov.\n"
        "    Pending since 22 Nov 12:00.\n"
        f"    Not applied everywhere yet: {MON}.\n"
    )
    said = desk.run("applied", "acc_mia", "--json").json()
    assert (said["fields"], said["apps"][0]["pending"]) == ({MON: "pending"}, 2)
    desk.server.will("GET", PATH, answer(AppliedRules(fields={MON: "no_app"})))
    assert "No app is connected" in desk.run("applied", "acc_mia").out
