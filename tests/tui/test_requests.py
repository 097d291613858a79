"""Asking and answering: the guardian's inbox, the teen's asking, counter-offers and agreements."""

from msgspec.structs import replace

from familypair.reasons import Reason
from familypair.schema.events import RequestEvent
from familypair.schema.requests import ChangeSettings, LiftBlock, MoreTime, Plan, RequestPart
from familypair_tui.screens.overview import OverviewScreen
from familypair_tui.screens.requests import RequestsScreen
from familypair_tui.screens.wish import WishDialog
from tui_fake.days import at, counter, my_day_api, request, timed_api
from tui_fake.drive import SMALL, USUAL, running
from tui_fake.family import START
from tui_fake.time_api import refused


async def test_two_keys_on_the_overview_approve_a_question() -> None:
    """60x20: `a` goes to the question, `a` again says yes to what is suggested."""
    async with running(timed_api(), SMALL) as client:
        assert "a Answer" in client.text()
        await client.press("a")
        assert client.api.asked("approve_request") == []
        await client.press("a")
        assert client.api.asked("approve_request") == [("req_mia", 30, False, "", False)]
        assert "✓ Mia: You approved 30 min." in client.text()
        assert client.at(OverviewScreen)


async def test_a_digit_selects_an_amount_and_a_gives_it() -> None:
    """15 instead of 30; more than was asked cannot be chosen; the list goes on."""
    async with running(timed_api(), USUAL) as client:
        await client.press("5", "enter")
        text = client.text()
        assert "“Finishing my biology video”" in text
        assert "[2 30 min]" in text
        assert "\N{MIDDLE DOT} 60 min" in text
        await client.press("3")
        assert "⊘ More than was asked" in client.text()
        await client.press("1", "a")
        assert client.api.asked("approve_request") == [("req_mia", 15, False, "", False)]
        assert client.at(RequestsScreen)
        assert "Requests · 1 waiting" in client.text()


async def test_somebody_was_faster() -> None:
    """The answer is shown at once, then what really happened; nothing is doubled."""
    api = timed_api()
    done = replace(
        api.asked_requests["req_mia"],
        state="approved",
        may=(),
        outcome="Sam approved 15 min.",
        closed_at=at("16:41"),
    )
    async with running(api) as client:
        await client.press("5")
        api.asked_requests["req_mia"] = done
        api.fail("approve_request", refused(Reason.REQUEST_CLOSED, "This request is closed."))
        await client.press("a")
        assert "Sam approved 15 min at 16:41 — nothing changed" in client.text()
        assert "Requests · 1 waiting" in client.text()


async def test_a_yes_that_needs_another_yes_says_whose() -> None:
    """Two guardians are in the way: after one yes the request is still open."""
    api = timed_api()
    parts = (
        RequestPart(owner="me", name="you", state="approved", minutes=30),
        RequestPart(owner="another_guardian", name="another guardian", state="open"),
    )
    async with running(api) as client:
        await client.press("5")
        api.answer_next = request("mia", parts=parts, may=("note",))
        await client.press("a")
        assert "it still waits for another guardian" in client.text()
        await client.press("down")
        assert "another guardian ○ not answered yet" in client.text()


async def test_decline_counter_and_note_are_typed() -> None:
    """`d` with or without a reason, `c` another amount, `n` a line; Escape does nothing."""
    async with running(timed_api(), USUAL) as client:
        await client.press("5", "c")
        await client.fill("soon")
        assert "is not a number of minutes" in client.text()
        await client.fill("20")
        await client.press("enter")
        wish = MoreTime(minutes=20)
        assert client.api.asked("counter_request") == [("req_mia", wish, "", False)]
        await client.press("home", "n")
        await client.fill("after dinner?")
        await client.press("enter")
        assert client.api.asked("note_request") == [("req_leo", "after dinner?", False)]
        await client.press("d", "escape")
        assert client.api.asked("decline_request") == []
        await client.press("d", "enter")
        assert client.api.asked("decline_request") == [("req_leo", "", False)]
        assert "No question waits for you" in client.text() or "You declined" in client.text()


async def test_an_agreement_that_is_due_is_looked_at_again() -> None:
    """`l` later, `E` ends the mark; the words say that the rules stay."""
    async with running(timed_api()) as client:
        await client.press("5", "end")
        assert "It is time to look at it again." in client.text()
        await client.press("l")
        assert client.api.asked("review_agreement") == [("agr_1", 30, False)]
        await client.press("end", "E")
        assert client.api.asked("review_agreement")[-1] == ("agr_1", None, True)


async def test_a_teen_asks_for_minutes_with_a_reason() -> None:
    """Enter, who is in the way, a counted reason, and it is sent."""
    api = my_day_api()
    api.answer_next = None
    async with running(api, USUAL) as client:
        await client.press("6", "shift+tab", "home", "down")
        assert "In the way: Dana and another guardian." in client.text()
        await client.press("enter")
        assert client.at(WishDialog)
        await client.fill("Finishing my [b]film[/b]")
        assert "24 of 140" in client.text()
        part = (RequestPart(owner="acc_dana", name="Dana", state="open"),)
        api.answer_next = request("new", created_at=START, parts=part, may=("withdraw",))
        await client.press("enter")
        wish = MoreTime(minutes=30)
        assert api.asked("ask") == [("acc_mia", wish, "Finishing my [b]film[/b]", False)]
        assert "✓ Sent to Dana" in client.text()
        assert "waits for Dana" in client.text()


async def test_nobody_needs_to_agree() -> None:
    """Nothing is in the way: the dialog says how to do it oneself and stays open."""
    api = my_day_api()
    api.fail("ask", refused(Reason.NOTHING_IN_THE_WAY, "Nothing is in the way."))
    async with running(api, USUAL) as client:
        await client.press("6", "shift+tab", "home", "enter", "enter")
        assert "Nobody needs to agree: you can set this yourself." in client.text()
        await client.press("escape")
        assert not client.at(WishDialog)


async def test_a_counter_offer_is_taken_or_let_go() -> None:
    """The offer is selected when the screen opens: `a` takes it; `x` takes a request back."""
    async with running(my_day_api(), SMALL) as client:
        await client.press("6")
        assert "Dana offers 15 min more today" in client.text()
        assert "◉ Dana guides this account" in client.text()
        await client.press("a")
        assert client.api.asked("accept_request") == [("req_mia", False)]
        assert "You took 15 min from Dana." in client.text()
        await client.press("home", "x")
        assert client.api.asked("withdraw_request") == [("req_two", False)]


async def test_a_teen_asks_for_a_closed_time_a_plan_and_a_rule() -> None:
    """What has to be typed is checked while it is typed, then asked with a reason."""
    api = my_day_api()
    answer = request("new", may=("withdraw",), counter=counter())
    async with running(api, USUAL) as client:
        await client.press("6", "shift+tab", "home")
        await client.quick(*["down"] * 5, "enter")
        await client.fill("16:30")
        assert "16:30 is over already today." in client.text()
        await client.fill("18:30")
        api.answer_next = answer
        await client.press("enter", "enter")
        await client.press("down", "down", "enter")
        await client.fill("mon-fri 45, weekend 1h30")
        api.answer_next = answer
        await client.press("enter", "enter")
        ((_, lift, _, _),) = api.asked("ask")
        assert lift == LiftBlock(end=at("18:30"))
        ((_, plan, _, _),) = api.asked("propose")
        assert isinstance(plan, Plan)
        assert plan.review_in_days == 30
        await client.press("2", "a")
        await client.fill("2h")
        api.answer_next = answer
        await client.press("enter")
        assert "Only Dana can loosen this." in client.text()
        await client.press("enter")
        patch = {"screen_time": {"daily_minutes": {"mon": 120}}}
        assert api.asked("ask")[-1][1] == ChangeSettings(patch=patch)
        assert "✓ Sent · 6 shows the answer" in client.text()


async def test_a_new_offer_is_under_the_cursor_and_an_open_detail_stays() -> None:
    """What comes in while I choose is selected next; what I read is never changed under me."""
    api = my_day_api()
    offer = api.asked_requests.pop("req_mia")
    async with running(api, USUAL, live=True) as client:
        for _ in range(8):
            await client.pilot.pause()
        await client.pilot.press("6")
        await client.pilot.pause(0.1)
        event = RequestEvent(teen="acc_mia", requests=(*api.asked_requests.values(), offer))
        api.asked_requests[offer.id] = offer
        api.stream.put_nowait(event)
        await client.pilot.pause(0.1)
        assert "! Dana offers 15 min more today" in client.text()
        await client.pilot.press("tab", "a")
        await client.pilot.pause(0.1)
        assert api.asked("accept_request") == [("req_mia", False)]
        await client.pilot.press("end", "up", "enter")
        await client.pilot.pause(0.1)
        assert "Another guardian approved 15 min." in client.text()
        later = request("later", created_at=START, counter=counter(), may=("accept",))
        api.stream.put_nowait(RequestEvent(teen="acc_mia", requests=(later,), waiting=1))
        await client.pilot.pause(0.1)
        assert "Another guardian approved 15 min." in client.text()


async def test_a_refused_offer_stays_where_it_was_typed() -> None:
    """Offer, reason and note: the line is open until the server has taken it."""
    api = timed_api()
    api.fail("counter_request", refused(Reason.MORE_THAN_ASKED, "This is not less."))
    async with running(api, USUAL) as client:
        await client.press("5", "c")
        await client.fill("25")
        await client.press("enter")
        assert "! This is not less." in client.text()
        assert "Requests · 2 waiting" in client.text()
        await client.press("backspace", "0", "enter")
        offers = [wish for _, wish, *_ in api.asked("counter_request")]
        assert [getattr(wish, "minutes", None) for wish in offers] == [25, 20]
        assert "Take it" not in client.text()
