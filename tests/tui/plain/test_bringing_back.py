"""A teen who brings a link back signs in first; and a card of which nothing can be shown."""

from collections.abc import Callable

import msgspec
import pytest

from client.fake import problem
from familypair.client import FamilyPairing
from familypair.reasons import Reason
from familypair.schema.links import Link, LinkPhase, Links, LinkState
from familypair.schema.teens import TeenCard, Teens

from .desk import Desk
from .made import LINK

ENDING = msgspec.structs.replace(
    LINK, state=LinkState.ENDING, phase=LinkPhase.NOTICE, resume_by="guardian"
)
MINE = msgspec.structs.replace(ENDING, resume_by=None)
CARD = TeenCard(
    id="acc_mia", name="Mia", band="", zone="", local_time="", weekday="", unavailable=True
)


@pytest.mark.parametrize(
    ("link", "said", "route"),
    [
        (ENDING, ("resume", "dana", "--yes"), "/v1/links/lnk_1/resume/confirm"),
        (MINE, ("resume", "dana", "--yes"), "/v1/links/lnk_1/resume"),
        (LINK, ("safety-exit", "lnk_1", "--undo"), "/v1/links/lnk_1/safety-exit/undo"),
    ],
)
def test_bringing_a_link_back_signs_in_again_and_goes_on(
    link: Link, said: tuple[str, ...], route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server asks for the password; after the sign-in the same request is sent again.

    Without a terminal nobody can sign in: it says so at once, and waits for nothing.
    """
    asked: list[str] = []

    async def step_up(_: FamilyPairing, show: Callable[[str], None]) -> None:
        assert callable(show)
        asked.append("browser")

    monkeypatch.setattr(FamilyPairing, "step_up", step_up)
    desk = Desk(kind="teen", account="acc_mia", name="Mia")
    desk.server.will("GET", "/v1/links", Links(items=(link,)))
    desk.server.will("GET", "/v1/links/lnk_1", link)
    code = Reason.INSUFFICIENT_USER_AUTHENTICATION
    needed = problem(401, code, headers={"WWW-Authenticate": f'Bearer error="{code.value}"'})
    desk.server.will("POST", route, needed, needed, LINK)
    monkeypatch.setattr("familypair_tui.plain.accept.has_terminal", lambda: False)
    alone = desk.run(*said)
    assert (alone.code, asked, alone.out) == (3, [], "")
    assert f"Run it in a terminal: familypair {said[0]}" in alone.err
    monkeypatch.setattr("familypair_tui.plain.accept.has_terminal", lambda: True)
    ran = desk.run(*said)
    assert (ran.code, asked) == (0, ["browser"]), ran.err
    assert desk.server.count("POST", route) == 3


def test_a_paused_teen_is_one_sentence() -> None:
    """No zone, no time and no band is in the answer: the line is whole without them."""
    desk = Desk()
    desk.server.will("GET", "/v1/teens", Teens(items=(CARD,)))
    ran = desk.run("teens")
    assert ran.code == 0
    assert "Mia: nothing can be shown at the moment; try again later." in ran.out
