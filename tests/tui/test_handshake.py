"""Inviting, claiming and deciding by keys, on both sides."""

from datetime import timedelta

from familypair.client.errors import ProblemError, SignInFailed, StepUpNeeded
from familypair.reasons import Reason
from familypair.schema.accounts import Kind
from familypair.schema.invitations import InvitationForm, InvitationState, OtherSide
from familypair.schema.problem import Problem
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair.testing.clock import ManualClock
from familypair_tui.screens.confirm import ConfirmDialog
from familypair_tui.screens.invite import InvitationScreen, NewInvitationScreen
from familypair_tui.screens.pending import PendingScreen
from familypair_tui.widgets.decline import DeclineButton
from tui_fake.api import FakeApi
from tui_fake.drive import USUAL, Client, running
from tui_fake.family import START, guardian_api, invitation, teen_api
from tui_fake.tour import offering

PHRASE = "amber otter 47"


def refused(code: Reason, *, step_up: bool = False) -> ProblemError:
    """A refusal of the server."""
    kind = StepUpNeeded if step_up else ProblemError
    words = "This code does not work."
    return kind(
        Problem(type="t", title="Refused", status=422, detail=words, code=code, request_id="r")
    )


async def test_a_guardian_makes_a_code_with_the_scopes_of_the_form() -> None:
    """Contacts are not asked for, time is needed; then code, address and QR stand on the screen."""
    async with running(offering(), USUAL) as client:
        await client.press("i", "tab", "down", "n", "end", "up", "space", "I")
        asked = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SEE_CONTACTS)
        call = (InvitationForm.CODE, asked, (Scope.SET_TIME,), False)
        assert client.api.asked("create_invitation") == [call]
        text = client.text()
        assert "B C D F - G H J K" in text
        assert "https://pair.example/pair#BCDF-GHJK" in text
        assert "expires in 10:00" in text


async def test_a_guardian_makes_a_link_of_48_hours() -> None:
    """Down chooses the link; its address is shown, and copied by `y`."""
    async with running(offering(InvitationForm.LINK)) as client:
        await client.press("i", "down", "I")
        assert client.api.asked("create_invitation")[0][0] is InvitationForm.LINK
        assert "expires in 2d 0h" in client.text()
        await client.press("y")
        assert client.app.clipboard == "https://pair.example/pair#u9Xk2mQ7vT4sW8yZ1aBcDe"


async def test_the_countdown_follows_the_clock() -> None:
    """A second later the screen says one second less."""
    clock = ManualClock(START)
    api = offering()
    api.clock = clock
    async with running(api) as client:
        await client.press("i", "I")
        clock.tick(timedelta(seconds=61))
        assert isinstance(client.screen, InvitationScreen)
        client.screen.tick()
        await client.settle()
        assert "expires in 8:59" in client.text()


async def test_the_phrase_is_shown_to_the_guardian() -> None:
    """Once claimed, the guardian reads the phrase and how to pass it on."""
    async with running(guardian_api()) as client:
        await client.press("tab", "tab", "tab", "enter")
        assert "a m b e r   o t t e r   4 7" in client.text()
        assert "in person or by voice" in client.text()


async def test_cancelling_asks_once() -> None:
    """`X` asks, `X` again cancels."""
    async with running(offering()) as client:
        await client.press("i", "I", "X")
        assert client.api.asked("cancel") == []
        await client.press("X")
        assert client.api.asked("cancel") == [("inv_new",)]


async def test_an_invitation_that_vanished_is_read_once_more_for_its_end() -> None:
    """Declined elsewhere: the screen says so."""
    api = guardian_api()
    async with running(api) as client:
        await client.press("tab", "tab", "tab", "enter")
        ended = invitation("claimed", InvitationState.DECLINED)
        api.invites = {}
        client.app.store.invitations = {}
        api.invites["inv_claimed"] = ended
        assert isinstance(client.screen, InvitationScreen)
        client.screen.show_all()
        await client.settle()
        assert "\N{MULTIPLICATION SIGN} declined" in client.text()


async def test_a_code_or_an_address_is_claimed() -> None:
    """A pasted address sends what stands after its `#`."""
    async with running(guardian_api(), USUAL) as client:
        await client.press("e")
        await client.type("https://pair.example/pair#BCDF-GHJK")
        await client.press("enter")
        assert client.api.asked("claim") == [("BCDF-GHJK",)]
        assert isinstance(client.screen, InvitationScreen)


async def test_a_wrong_code_is_said_in_one_sentence() -> None:
    """The same sentence for every wrong code; the input stays."""
    api = guardian_api()
    api.fail("claim", refused(Reason.CODE_NOT_VALID))
    async with running(api, USUAL) as client:
        await client.press("e")
        await client.type("BCDF-XXXX")
        await client.press("enter")
        assert "! This code does not work." in client.text()


async def test_a_guardian_confirms_a_teen_who_started() -> None:
    """`C` says it is my teen, then what is asked for is confirmed with `I`."""
    api = guardian_api()
    mine = invitation(
        "claimed",
        InvitationState.CLAIMED,
        started_by=Kind.TEEN,
        mine=False,
        other=OtherSide(name="Ben", kind=Kind.TEEN),
    )
    api.invites = {mine.id: mine}
    async with running(api) as client:
        await client.press("tab", "tab", "tab", "enter", "C")
        assert isinstance(client.screen, NewInvitationScreen)
        await client.press("I")
        assert api.asked("confirm") == [("inv_claimed", ALL_SCOPES, ())]


# the teen's side


async def open_pending(client: Client) -> None:
    """The disclosure of the waiting link: the home points at it, so Enter opens it."""
    await client.press("enter")
    assert isinstance(client.screen, PendingScreen)


async def ready(client: Client, api: FakeApi, *grants: str) -> None:
    """Five seconds later, the phrase typed, some lines granted."""
    assert isinstance(api.clock, ManualClock)
    api.clock.tick(timedelta(seconds=6))
    await client.press("p")
    await client.type(PHRASE)
    await client.press("enter", *grants)


async def test_decline_has_the_focus_and_enter_only_asks() -> None:
    """Nothing is decided by Enter alone."""
    async with running(teen_api()) as client:
        await open_pending(client)
        assert isinstance(client.app.focused, DeclineButton)
        await client.press("enter")
        assert isinstance(client.screen, ConfirmDialog)
        assert client.api.asked("decline") == []
        await client.press("D")
        assert client.api.asked("decline") == [("inv_claimed",)]


async def test_approve_waits_five_seconds_and_says_so() -> None:
    """Before the server's five seconds are over, `A` does nothing."""
    async with running(teen_api()) as client:
        await open_pending(client)
        assert "Approve opens in 5 s" in client.text()
        await client.press("p")
        await client.type(PHRASE)
        await client.press("enter", "A")
        assert client.api.asked("approve") == []


async def test_nothing_is_granted_until_the_teen_grants_it() -> None:
    """Every box starts empty."""
    async with running(teen_api()) as client:
        await open_pending(client)
        assert "You grant 0 of 7" in client.text()
        assert "[x]" not in client.text()


async def test_a_needed_scope_that_is_not_granted_is_asked_about() -> None:
    """Approving without it would decline: one question first, nothing is sent by Escape."""
    api = teen_api()
    async with running(api) as client:
        await open_pending(client)
        await ready(client, api, "space")
        await client.press("A")
        assert isinstance(client.screen, ConfirmDialog)
        await client.press("escape")
        assert api.asked("approve") == []
        assert api.asked("decline") == []


async def test_approval_goes_through_the_browser_and_on_by_itself() -> None:
    """401 step-up: the browser opens, the same approval is sent again, and they are linked."""
    api = teen_api()
    api.fail("approve", refused(Reason.INSUFFICIENT_USER_AUTHENTICATION, step_up=True))
    async with running(api) as client:
        await open_pending(client)
        await ready(client, api, "down", "space")
        await client.press("A")
        call = ("inv_claimed", PHRASE, (Scope.SET_TIME,), False, True)
        assert api.asked("approve") == [call, call]
        assert client.opened == ["https://pair.example/oauth/authorize?max_age=0"]
        assert not isinstance(client.screen, PendingScreen)


async def test_a_step_up_that_fails_leaves_everything_as_it_was() -> None:
    """Closed the browser: the sentence is shown, nothing was approved."""
    api = teen_api()
    api.fail("approve", refused(Reason.INSUFFICIENT_USER_AUTHENTICATION, step_up=True))
    api.fail("step_up", SignInFailed("access_denied", "The page was closed."))
    async with running(api) as client:
        await open_pending(client)
        await ready(client, api, "down", "space")
        await client.press("A")
        assert "! The page was closed." in client.text()
        assert len(api.asked("approve")) == 1


async def test_a_wrong_phrase_can_be_typed_again() -> None:
    """The server's sentence stands below the phrase; the grants stay."""
    api = teen_api()
    api.fail("approve", refused(Reason.WRONG_PHRASE))
    async with running(api) as client:
        await open_pending(client)
        await ready(client, api, "down", "space")
        await client.press("A")
        assert "! This code does not work." in client.text()
        assert "You grant 1 of 7" in client.text()
