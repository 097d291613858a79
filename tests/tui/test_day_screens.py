"""Today on the screen: cards, the arithmetic, gifts, codes, 28 days, and a teen's own day."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from familypair.client.errors import Unreachable
from familypair.reasons import Reason
from familypair.schema.events import RequestEvent, UseEvent
from familypair.testing.clock import ManualClock
from familypair_tui.messages import Part, StoreChanged
from familypair_tui.screens.give import CodeShown, GiveDialog
from familypair_tui.screens.today import TodayScreen
from tui_fake.days import glance, my_day_api, request, time, timed_api
from tui_fake.drive import SMALL, USUAL, Client, running
from tui_fake.family import START
from tui_fake.time_api import refused


async def until_taken(client: Client) -> None:
    """Let the stream's worker take what lies in the queue."""
    for _ in range(8):
        await client.pilot.pause()


async def test_cards_and_the_sentence_follow_the_stream_without_a_reload() -> None:
    """`use` moves the figures, `request` the question; nothing else is read for it."""
    api = timed_api()
    async with running(api, USUAL, live=True) as client:
        await until_taken(client)
        assert "1 h 35 of 2 h, 25 min left: set by another guardian" in client.text()
        assert "! Leo is 15 min over" in client.text()
        reads = len(api.calls)
        api.stream.put_nowait(UseEvent(teen="acc_mia", time=glance(120, 120, "Dana")))
        later = request("two", "noa", "Noa", words="+15 min today", created_at=START)
        api.stream.put_nowait(RequestEvent(teen="acc_noa", requests=(later,), waiting=1))
        await until_taken(client)
        assert "! 2 h of 2 h, time is up: set by Dana" in client.text()
        assert "! 3 questions wait" in client.text()
        assert len(api.calls) == reads
        api.stream.put_nowait(RequestEvent(teen="acc_noa", requests=(), waiting=0))
        await until_taken(client)
        assert "! 2 questions wait" in client.text()


async def test_a_live_tick_sends_less_than_a_kilobyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more quarter of an hour at 120x36: the changed lines only; the clock alone: nothing."""
    sent: list[int] = []

    def write(_: HeadlessDriver, data: str) -> None:
        sent.append(len(data.encode()))

    def shown(_: object) -> bool:
        return False

    monkeypatch.setattr(App, "is_headless", property(shown))
    monkeypatch.setattr(HeadlessDriver, "write", write)
    api = timed_api()
    async with running(api, live=True) as client:
        for _ in range(3):
            await client.pilot.pause(0.1)
        sent.clear()
        api.stream.put_nowait(UseEvent(teen="acc_mia", time=glance(110, 120, "Dana")))
        await client.pilot.pause(0.1)
        await client.pilot.pause(0.1)
        assert 0 < sum(sent) <= 1024
        sent.clear()
        client.app.broadcast(StoreChanged(Part.TEENS))
        await client.pilot.pause(0.1)
        assert sum(sent) == 0


async def test_the_states_of_a_day_that_is_not_known() -> None:
    """Not shared, nothing reported, and known only until a while ago are three sentences."""
    api = timed_api()
    mia, leo, noa = api.cards.values()
    unknown = glance(None, 120, "you", unknown=True, cells=(), as_of=None)
    stale = glance(15, 150, "you", as_of=START - timedelta(hours=5))
    api.cards = {
        "acc_mia": replace(mia, time=None),
        "acc_leo": replace(leo, time=unknown),
        "acc_noa": replace(noa, time=stale),
    }
    api.times.pop("acc_mia")
    async with running(api, USUAL) as client:
        text = client.text()
        assert "? of 2 h, use is not known" in text
        assert "?????" in text
        assert "as of 11:42" in text
        await client.press("6")
        assert "Time is not shared with you." in client.text()
        assert "Use is not shared with you." in client.text()
        api.fail("me", Unreachable("No answer from https://pair.example."))
        await client.press("r")
        assert "○ No answer from https://pair.example. · r tries again" in client.text()


async def test_a_gift_is_read_before_it_is_given_and_can_be_undone() -> None:
    """`+`, the preview with the other limit, Enter, and `u` takes it back."""
    async with running(timed_api(), USUAL) as client:
        await client.press("enter")
        assert client.at(TodayScreen)
        assert "● another guardian, then asks" in client.text()
        assert "from Dana 15:42 · u undoes" in client.text()
        await client.press("plus", "2")
        assert client.at(GiveDialog)
        assert "+30 min, of which 0 now: another rule also limits" in client.text()
        assert client.api.asked("give") == []
        await client.press("enter")
        assert client.api.asked("preview_grant")[-1] == ("acc_mia", 30, False)
        assert client.api.asked("give") == [("acc_mia", 30, False, False)]
        assert "u undoes it" in client.text()
        await client.press("u")
        assert client.api.asked("undo_grant") == [("grt_1",)]
        client.api.fail("give", refused(Reason.NOT_LIMITED, "Today has no limit."))
        await client.press("plus", "right", "enter")
        assert client.api.asked("preview_grant")[-1] == ("acc_mia", 25, False)
        assert "! Today has no limit." in client.text()
        await client.press("escape")


async def test_a_one_time_code_is_big_counted_down_and_copied() -> None:
    """`o`, an amount, and six digits; the countdown moves without anything else."""
    clock = ManualClock(START)
    async with running(timed_api(clock), USUAL) as client:
        await client.press("6", "o", "enter")
        assert client.api.asked("make_code") == [("acc_mia", 15, False)]
        assert client.at(CodeShown)
        assert "407 129" in client.text()
        assert "works for 10:00" in client.text()
        clock.tick(timedelta(minutes=9, seconds=18))
        screen = client.screen
        assert isinstance(screen, CodeShown)
        screen.tick()
        await client.settle()
        assert "works for 0:42" in client.text()
        await client.press("y")
        assert client.app.clipboard == "407129"
        await client.press("X")
        assert client.api.asked("withdraw_code") == [("cod_1",)]
        assert client.at(TodayScreen)


async def test_28_days_say_which_day_and_that_unknown_is_not_zero() -> None:
    """Left and right choose a day; an unknown one is `?` and said so."""
    async with running(timed_api(), SMALL) as client:
        await client.press("6", "t")
        assert "avg 1 h 39" in client.text()
        assert "Sun 22 Nov · 1 h 35, 9 opens" in client.text()
        await client.press("left", "left", "left")
        assert "Thu 19 Nov · unknown, which is not zero" in client.text()
        await client.press("right_square_bracket")
        assert "Leo · Sunday" in client.text()


async def test_a_teen_takes_a_gift_redeems_a_code_and_sees_the_apps() -> None:
    """One key each; the warning is a sentence, the sign stays."""
    async with running(my_day_api(), USUAL) as client:
        assert "~ 12 min left · 5" in client.text()
        await client.press("5")
        text = client.text()
        assert "~ less than 15 min are left today" in text
        assert "gift · +" in text
        assert "◉ Dana guides this account" in text
        assert "(+ 20 min)" in text
        await client.press("plus")
        assert client.api.asked("accept_grant") == [("grt_2",)]
        await client.press("c")
        await client.fill("40 71")
        assert "A code has 6 digits." in client.text()
        await client.fill("407-129")
        await client.press("enter")
        assert client.api.asked("redeem_code") == [("407129", False)]
        assert "✓ +15 min from Dana" in client.text()
        await client.press("t", "t")
        assert "Sun 22 2 h" in client.text()
        await client.press("t")
        assert "Clips · 2 devices" in client.text()
        assert "learns whether the app may be used" in client.text()
        await client.press("X", "y")
        assert client.api.asked("remove_app") == [("app_1",)]
        assert "No app is connected." in client.text()


async def test_time_is_up_is_said_with_the_way_to_ask() -> None:
    """The last warning names the key; `a` goes there."""
    api = my_day_api()
    over = glance(120, 120, "Dana", warning=0)
    api.cards = {"acc_mia": replace(api.cards["acc_mia"], time=over)}
    api.times = {"acc_mia": time("acc_mia", own=True, used=120)}
    async with running(api) as client:
        await client.press("5")
        assert "! your time for today is used up · a asks" in client.text()
        await client.press("a")
        assert "Ask for" in client.text()


async def test_a_refused_code_stays_where_it_was_typed() -> None:
    """The reason stands below the field, what was typed is kept, and letters are not keys."""
    api = my_day_api()
    api.fail("redeem_code", refused(Reason.NOT_FOUND, "This code does not work."))
    async with running(api, USUAL) as client:
        await client.press("5", "c")
        await client.fill("111 222")
        await client.press("enter")
        assert "! This code does not work." in client.text()
        assert "111 222" in client.text()
        assert "req-9" not in client.text()
        await client.press("backspace", "3", "enter")
        assert client.at(TodayScreen)
        assert [code for code, _ in api.asked("redeem_code")] == ["111222", "111223"]
        assert "✓ +15 min from Dana" in client.text()
        await client.press("w")
        assert "Mia · week" in client.text()


async def test_two_notes_at_most_and_saved_goes_with_its_screen() -> None:
    """An older note leaves for a newer one; `Saved` does not follow to another view."""
    async with running(my_day_api()) as client:
        for words in ("one", "two", "three"):
            client.app.notify(words, title="Saved" if words == "three" else "", markup=False)
        await client.settle()
        assert [note.message for note in client.app._notifications] == ["two", "three"]  # pyright: ignore[reportPrivateUsage] - no public way
        await client.press("5")
        assert [note.message for note in client.app._notifications] == ["two"]  # pyright: ignore[reportPrivateUsage] - no public way
