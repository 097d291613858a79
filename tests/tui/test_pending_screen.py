"""The pending link: reading while Decline has the focus, Approve as a button, coming back."""

from datetime import timedelta

from familypair.testing.clock import ManualClock
from familypair_tui.screens.confirm import ConfirmDialog
from familypair_tui.screens.pending import PendingScreen
from familypair_tui.widgets.decline import ApproveButton, DeclineButton
from familypair_tui.widgets.disclosure import DisclosurePanel
from tui_fake.api import FakeApi
from tui_fake.drive import USUAL, Client, running
from tui_fake.family import teen_api

PHRASE = "amber otter 47"


async def opened(client: Client) -> PendingScreen:
    """The screen, from the teen's home, by one Enter."""
    await client.press("enter")
    assert isinstance(client.screen, PendingScreen)
    return client.screen


async def typed(client: Client, api: FakeApi) -> None:
    """Past the five seconds, with the phrase."""
    assert isinstance(api.clock, ManualClock)
    api.clock.tick(timedelta(seconds=6))
    await client.press("p")
    await client.type(PHRASE)


async def test_enter_on_the_home_opens_who_waits() -> None:
    """No Tab is needed: the focus is where the answer is wanted."""
    async with running(teen_api(), USUAL) as client:
        await opened(client)


async def test_page_down_reads_on_while_decline_has_the_focus() -> None:
    """PgDn goes to the list and on; the end of it can be read at 80x24."""
    async with running(teen_api(), USUAL) as client:
        screen = await opened(client)
        assert screen.focused is screen.query_one(DeclineButton)
        await client.press("pagedown")
        assert client.app.focused is screen.query_one(DisclosurePanel)
        await client.press(*["pagedown"] * 4)
        assert "see who looked" in client.text()


async def test_the_first_arrow_shows_where_reading_begins() -> None:
    """Down from Decline: the first permission is selected, nothing is ticked."""
    async with running(teen_api(), USUAL) as client:
        screen = await opened(client)
        await client.press("down")
        assert screen.query_one(DisclosurePanel).index == 0
        assert "You grant 0 of 7" in client.text()


async def test_the_approve_button_opens_late_and_approves() -> None:
    """Closed without a phrase and not reachable; then Tab reaches it and Enter approves."""
    api = teen_api()
    async with running(api, USUAL) as client:
        screen = await opened(client)
        button = screen.query_one(ApproveButton)
        assert "A Approve" in client.text()
        assert button.focusable is False
        await typed(client, api)
        await client.press("enter", "down", "space")
        assert screen.query_one(ApproveButton).focusable
        button.focus()
        await client.press("enter")
        assert len(api.asked("approve")) == 1


async def test_the_button_asks_like_the_letter_when_a_needed_line_is_missing() -> None:
    """The twin without the tick: a question, and nothing is sent."""
    api = teen_api()
    async with running(api, USUAL) as client:
        screen = await opened(client)
        await typed(client, api)
        screen.query_one(ApproveButton).focus()
        await client.press("enter")
        assert isinstance(client.screen, ConfirmDialog)
        assert api.asked("approve") == []


async def test_coming_back_finds_ticks_and_phrase() -> None:
    """Escape leaves the screen; opened again it is as it was left."""
    api = teen_api()
    async with running(api, USUAL) as client:
        await opened(client)
        await typed(client, api)
        await client.press("enter", "space", "down", "space", "escape")
        assert not isinstance(client.app.screen, PendingScreen)
        await opened(client)
        text = client.text()
        assert "You grant 2 of 7" in text
        assert PHRASE in text


async def test_declining_says_what_follows() -> None:
    """The dialog says that the same person cannot ask again for seven days."""
    async with running(teen_api(), USUAL) as client:
        await opened(client)
        await client.press("D")
        assert "cannot ask you again for 7 days" in " ".join(client.text().replace("│", "").split())
