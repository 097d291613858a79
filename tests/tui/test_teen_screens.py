"""What a teen sees and can do: the sharing page, the sign, leaving, and help."""

from datetime import timedelta

from msgspec.structs import replace

from familypair.client.errors import StepUpNeeded
from familypair.reasons import Reason
from familypair.schema.links import LinkPhase, LinkState
from familypair.schema.problem import Problem
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.widgets.chrome import Sign
from tui_fake.api import FakeApi
from tui_fake.drive import USUAL, running
from tui_fake.family import teen_api
from tui_fake.tour import settled_teen


async def test_home_shows_what_is_seen_changed_and_never_seen() -> None:
    """The first screen is the server's own list, with examples."""
    async with running(teen_api()) as client:
        text = client.text()
        assert "Dana sees" in text
        assert "Your settings with reasons" in text
        assert "✗ what you write in messages" in text
        assert "Dana looked at settings" in text


async def test_the_sign_is_on_every_screen_while_a_guardian_is_linked() -> None:
    """Rules, history and links too: who guides this account."""
    async with running(settled_teen(), USUAL) as client:
        for key in ("1", "2", "3", "4"):
            await client.press(key)
            assert "◉ Dana guides this account" in client.text(), key


async def test_without_a_guardian_there_is_no_sign() -> None:
    """The twin: no link, no sign."""
    api = settled_teen()
    api.my_links = []
    async with running(api, USUAL) as client:
        assert not client.screen.query_one(Sign).display


async def test_in_the_first_day_every_screen_has_the_way_out() -> None:
    """`N` explains, `N` again ends the link and reports it."""
    async with running(teen_api(), USUAL) as client:
        for key in ("1", "2", "3", "4"):
            await client.press(key)
            assert "N this is not my guardian" in client.text(), key
        await client.press("N")
        assert client.api.asked("end") == []
        await client.press("N")
        assert client.api.asked("end") == [("lnk_mia", True)]


async def test_after_the_first_day_that_key_does_nothing() -> None:
    """The twin: past probation `N` is not bound to anything."""
    async with running(settled_teen(), USUAL) as client:
        await client.press("N", "N")
        assert client.api.asked("end") == []


async def test_ending_explains_then_needs_a_capital() -> None:
    """Notice period and what stays are said first; lower case does nothing."""
    async with running(settled_teen()) as client:
        await client.press("4", "E")
        assert "Their time rules stay for a notice period" in client.text()
        await client.press("e", "enter")
        assert client.api.asked("end") == []
        await client.press("E")
        assert client.api.asked("end") == [("lnk_mia", False)]


async def test_safety_exit_is_one_confirmation_and_then_help_lines() -> None:
    """`S`, `S`, and who can help, with source and date."""
    async with running(settled_teen()) as client:
        await client.press("4", "S", "S")
        assert client.api.asked("safety_exit") == [("lnk_mia",)]
        assert "Childline  1800 66 66 66" in client.text()
        assert "ispcc.ie, checked 2026-10-01" in client.text()


def ending(api: FakeApi, proposed: str | None) -> FakeApi:
    """The link is ending; perhaps somebody proposed to stay."""
    link = replace(
        api.my_links[0], state=LinkState.ENDING, phase=LinkPhase.NOTICE, resume_by=proposed
    )
    api.my_links = [link]
    return api


async def test_taking_an_end_back_is_proposed_or_confirmed() -> None:
    """`R` proposes; when the guardian proposed, `R` agrees."""
    async with running(ending(settled_teen(), None)) as client:
        await client.press("4", "R")
        assert client.api.asked("resume") == [("lnk_mia",)]
    async with running(ending(settled_teen(), "guardian")) as client:
        await client.press("4", "R")
        assert client.api.asked("resume_confirm") == [("lnk_mia",)]


async def test_staying_linked_goes_through_the_browser_and_on_by_itself() -> None:
    """A teen who brings a link back signs in first; then the same act is sent again."""
    code = Reason.INSUFFICIENT_USER_AUTHENTICATION
    problem = Problem(type="t", title="", status=401, detail="", code=code, request_id="r")
    left = settled_teen()
    gone = replace(left.my_links[0], state=LinkState.ENDED, phase=LinkPhase.HOLD)
    left.my_links = [replace(gone, undo_exit_until=left.clock() + timedelta(hours=3))]
    for api, act, key in (
        (ending(settled_teen(), "guardian"), "resume_confirm", "R"),
        (ending(settled_teen(), None), "resume", "R"),
        (left, "safety_exit_undo", "U"),
    ):
        api.fail(act, StepUpNeeded(problem))
        async with running(api) as client:
            await client.press("4", key)
            assert api.asked(act) == [("lnk_mia",)] * 2, act
            assert client.opened == ["https://pair.example/oauth/authorize?max_age=0"]


async def test_the_teen_takes_one_permission_back() -> None:
    """`p`, space on the first line, `G`: the whole set that is granted from now on."""
    async with running(settled_teen()) as client:
        await client.press("4", "p", "space", "G")
        rest = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SEE_TIME)
        assert client.api.asked("change_scopes") == [("lnk_mia", rest, None, '"l"')]


async def test_history_undo_is_offered_only_where_it_is_possible() -> None:
    """On an entry of somebody else `u` does nothing; on one's own it reverts that number."""
    from tui_fake.family import guardian_api

    async with running(guardian_api()) as client:
        await client.press("3", "u")
        assert client.api.asked("revert") == []
        await client.press("down", "down", "u")
        assert client.api.asked("revert") == [("acc_mia", 2)]


async def test_looking_at_the_history_makes_it_seen() -> None:
    """After the history the overview does not count those changes as new any more."""
    from tui_fake.family import guardian_api

    async with running(guardian_api()) as client:
        assert "2 new" in client.text()
        await client.press("3", "1")
        assert "2 new" not in client.text()


async def test_the_teen_s_words_never_hold_the_phrase() -> None:
    """Even if a server sent it, the teen's pending screen does not show a phrase."""
    api = teen_api()
    item = replace(api.invites["inv_claimed"], phrase="amber otter 47")
    api.invites = {item.id: item}
    async with running(api) as client:
        await client.press("enter")
        assert "amber" not in client.text()
