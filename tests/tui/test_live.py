"""News, failures and sign-in: what the client does when the world changes."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from familypair.client.errors import NotSignedIn, ProblemError, SignInFailed, Unreachable
from familypair.reasons import Reason
from familypair.schema.events import EntryEvent, GoneEvent, PendingEvent
from familypair.schema.problem import Problem
from familypair.testing.clock import ManualClock
from familypair_tui.screens.overview import OverviewScreen
from familypair_tui.screens.signin import SignInScreen
from tui_fake.api import FakeApi
from tui_fake.drive import USUAL, Client, running
from tui_fake.family import entry, guardian_api
from tui_fake.tour import CODE, signing_in


async def until_taken(client: Client) -> None:
    """Let the stream's worker take what lies in the queue."""
    for _ in range(12):
        await client.pilot.pause()


async def test_an_event_updates_the_screen_in_front() -> None:
    """A new entry over the stream: it is in the recent changes, counted as new, and announced."""
    api = guardian_api()
    async with running(api, live=True) as client:
        await until_taken(client)
        assert "● live" in client.text()
        news = entry("acc_leo", 5, 0, "teen", "Leo set Wednesday to 30 min.")
        api.entries["acc_leo"].append(news)
        api.cards["acc_leo"] = replace(api.cards["acc_leo"], head=5)
        api.stream.put_nowait(EntryEvent(entry=news))
        await until_taken(client)
        assert "Leo set Wednesday to 30 min." in client.text()
        assert "1 new" in client.text()


async def test_a_teen_who_is_gone_leaves_the_overview() -> None:
    """`gone`: the card disappears."""
    api = guardian_api()
    async with running(api, live=True) as client:
        await until_taken(client)
        api.cards.pop("acc_leo")
        api.my_links = [link for link in api.my_links if link.teen.name != "Leo"]
        api.stream.put_nowait(GoneEvent(teen="acc_leo"))
        await until_taken(client)
        assert "Leo ·" not in client.text()


async def test_a_pending_event_reads_the_invitations_again() -> None:
    """The panel follows."""
    api = guardian_api()
    async with running(api, live=True) as client:
        await until_taken(client)
        api.invites = {}
        api.stream.put_nowait(PendingEvent(invitations=()))
        await until_taken(client)
        assert "No invitation is open." in client.text()


def offline(api: FakeApi, *calls: str) -> FakeApi:
    """No answer to these calls, once each."""
    for call in calls:
        api.fail(call, Unreachable("No answer from https://pair.example."))
    return api


async def test_offline_at_start_says_so_with_the_key_to_retry() -> None:
    """Nothing is known: a notice; `r` reads again."""
    async with running(offline(guardian_api(), "me"), USUAL) as client:
        assert "No connection" in client.text()
        assert "try again" in client.text()
        await client.press("r")
        assert "Mia" in client.text()


async def test_offline_later_keeps_what_was_known_with_its_time() -> None:
    """Stale data stays, marked "as of"."""
    async with running(guardian_api()) as client:
        offline(client.api, "me")
        await client.press("r")
        text = client.text()
        assert "○ no connection · as of 16:42" in text
        assert "○ offline since 16:42" in text
        assert "Mia" in text


async def test_one_teen_that_cannot_be_read_does_not_hide_the_others() -> None:
    """A card says what is wrong; the others are whole."""
    api = guardian_api()
    refusal = Problem(
        type="t",
        title="Not available now",
        status=404,
        detail="This teen's page is not available.",
        code=Reason.TEEN_UNAVAILABLE,
        request_id="r",
    )
    api.fail("settings", ProblemError(refusal))
    async with running(api) as client:
        text = client.text()
        assert "This teen's page is not available." in text
        assert "2 h today" in text


async def test_an_ended_session_shows_the_sign_in_over_the_screen() -> None:
    """A call answers "signed out": a code is asked for, and after it everything is read anew."""
    api = guardian_api()
    api.device = [CODE]
    async with running(api) as client:
        api.fail("me", NotSignedIn("Please sign in first."))
        api.gate = asyncio.Event()
        await client.press("r")
        client.app.tell_fault(client.app.store.fault)  # type: ignore[arg-type]  # it is there
        await client.settle()
        assert isinstance(client.screen, SignInScreen)
        assert "W D J B - M J H T" in client.text()
        api.gate.set()
        api.gate = None
        await client.settle()
        assert isinstance(client.app.screen, OverviewScreen)


async def test_the_code_is_large_copied_by_a_key_and_counts_down() -> None:
    """Code, address, `y`, and the time that is left."""
    clock = ManualClock()
    api = signing_in()
    api.clock = clock
    async with running(api, USUAL) as client:
        assert "W D J B - M J H T" in client.text()
        assert "https://pair.example/device" in client.text()
        assert "expires in 15:00" in client.text()
        await client.press("y")
        assert client.app.clipboard == "WDJB-MJHT"
        clock.tick(timedelta(minutes=14, seconds=1))
        assert isinstance(client.screen, SignInScreen)
        client.screen.tick()
        await client.settle()
        assert "expires in 0:59" in client.text()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "The sign-in was declined on the page."),
        ("expired_token", "The code has expired."),
    ],
)
async def test_a_sign_in_that_fails_offers_a_new_code(error: str, words: str) -> None:
    """Denied or expired: the sentence, and `r` starts again."""
    api = signing_in()
    api.gate = None
    api.device = [CODE, SignInFailed(error, "…")]
    async with running(api, USUAL) as client:
        assert words in client.text()
        api.device = []
        await client.press("r")
        assert len(api.asked("sign_in_with_device")) == 2
        assert isinstance(client.screen, OverviewScreen)


async def crash(api: FakeApi) -> None:
    """A handler fails while a local variable holds a secret."""

    def boom() -> None:
        token = "s3" * 6
        assert token
        raise ZeroDivisionError

    async with running(api) as client:
        client.app.call_later(boom)
        await client.pilot.pause()


async def test_a_crash_report_has_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """A token in a local variable never reaches the terminal (threat T4)."""
    api = guardian_api()
    with pytest.raises(ZeroDivisionError):
        await crash(api)
    shown = capsys.readouterr()
    assert "s3s3s3" not in shown.out + shown.err


async def test_the_palette_finds_and_runs_a_command() -> None:
    """Typing `dawn` and Enter changes the theme."""
    async with running(guardian_api()) as client:
        await client.press("ctrl+p")
        await client.type("dawn")
        await client.pilot.pause(0.2)
        await client.press("enter")
        for _ in range(4):
            await client.pilot.pause()
        assert client.app.theme == "dawn"
