"""What needs no name to be read, and usage lines that can be read."""

import msgspec
import pytest

from client.fake import answer
from familypair.schema.requests import Agreements, AutoRules
from familypair.schema.teens import Teens
from familypair_tui.plain.parser import build

from .desk import Desk
from .made import CARD
from .made_time import AGREED, RULE

MIA, MAX = "/v1/teens/acc_mia", "/v1/teens/acc_max"


def test_several_teens_need_no_name_to_be_read() -> None:
    """Agreements and standing yeses of all teens below their names; adding one needs a name."""
    desk = Desk()
    desk.server.will("GET", f"{MIA}/agreements", Agreements(items=(AGREED,)))
    desk.server.will("GET", f"{MIA}/auto-rules", AutoRules(items=(RULE,)))
    max_card = msgspec.structs.replace(CARD, id="acc_max", name="Max")
    desk.server.will("GET", "/v1/teens", Teens(items=(CARD, max_card)))
    desk.server.will("GET", f"{MAX}/agreements", Agreements(items=()))
    theirs = msgspec.structs.replace(RULE, id="aut_9", teen="acc_max")
    desk.server.will("GET", f"{MAX}/auto-rules", AutoRules(items=(theirs,)))
    agreed, rules = desk.run("agreements"), desk.run("auto-rules")
    assert agreed.out.startswith("Mia:\n  Weekend, with Dana, 22 Nov 12:00:\n")
    assert "Max" not in agreed.out
    assert "Max:\n  You: +15 min" in rules.out
    assert [one["id"] for one in desk.run("auto-rules", "--json").json()["items"]] == [
        RULE.id,
        "aut_9",
    ]
    assert desk.run("auto-rules", "add", "15").code == 2
    desk.server.will("DELETE", "/v1/auto-rules/aut_9", answer(theirs))
    assert desk.run("auto-rules", "remove", "aut_9").code == 0


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("grant", "usage: familypair grant [options] [TEEN] 30|rest, or undo ID, or accept ID\n"),
        ("calendar", "usage: familypair calendar [options] [TEEN], or import FILE, or add "),
        ("auto-rules", "usage: familypair auto-rules [options] [TEEN], or add 15, or remove ID\n"),
    ],
)
def test_a_usage_line_can_be_read(
    command: str, usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The forms of a command stand there once, each as it is typed."""
    with pytest.raises(SystemExit):
        build().parse_args([command, "--help"])
    assert capsys.readouterr().out.startswith(usage)
