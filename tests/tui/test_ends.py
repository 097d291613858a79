"""After an end: who ended it and when stays on the overview; a teen who is away breaks nothing."""

from datetime import timedelta

from msgspec.structs import replace

from familypair.schema.events import GoneEvent
from familypair.schema.links import LinkPhase, LinkState
from familypair_tui.screens.family import FamilyLinksScreen
from tui_fake.api import FakeApi
from tui_fake.drive import SIZES, USUAL, WIDE, Client, running
from tui_fake.family import START, guardian_api, teen_api


def ended(api: FakeApi, *, days: float, by: str | None = "teen") -> FakeApi:
    """Leo's link ended so many days ago."""
    at = START - timedelta(days=days)
    mia, leo, noa = api.my_links
    over = replace(
        leo,
        state=LinkState.ENDED,
        phase=LinkPhase.HOLD,
        ending_at=at,
        ended_at=at,
        hold_until=at + timedelta(days=7),
        ended_by=by,
    )
    api.my_links = [mia, over, noa]
    api.cards.pop("acc_leo")
    return api


async def test_an_end_stays_on_the_overview_with_name_and_time() -> None:
    """Two hours ago: who, when, and the way to what holds now; at both usual sizes."""
    for size in (WIDE, USUAL):
        async with running(ended(guardian_api(), days=1 / 12), size) as client:
            text = client.text()
            assert "\N{MULTIPLICATION SIGN} Leo ended the link" in text
            assert "Sun 14:42" in text


async def test_after_seven_days_nothing_is_said() -> None:
    """The twin: eight days ago."""
    async with running(ended(guardian_api(), days=8)) as client:
        assert "ended the link" not in client.text()


async def test_an_end_without_a_known_side_names_nobody() -> None:
    """Who ended it is not for this reader: only that it ended."""
    async with running(ended(guardian_api(), days=1, by=None)) as client:
        assert "The link with Leo ended" in client.text()


async def test_the_notice_opens_the_links() -> None:
    """Enter on the notice goes to view 4."""
    api = ended(guardian_api(), days=1)
    api.invites = {}
    async with running(api) as client:
        await client.press("tab", "tab", "enter")
        assert isinstance(client.screen, FamilyLinksScreen)


async def settle_stream(client: Client) -> None:
    """Let the stream's worker take what lies in the queue."""
    for _ in range(12):
        await client.pilot.pause()


async def test_a_gone_event_is_said_with_the_name() -> None:
    """The announcement names who ended it, not an id."""
    api = guardian_api()
    async with running(api, live=True) as client:
        await settle_stream(client)
        ended(api, days=0)
        api.stream.put_nowait(GoneEvent(teen="acc_leo"))
        await settle_stream(client)
        said = [note.message for note in client.app._notifications]  # pyright: ignore[reportPrivateUsage] - no public way
        assert said == ["Leo ended the link. 4 shows what holds."]


async def test_a_teen_who_is_not_available_breaks_no_screen() -> None:
    """Zone, time, weekday and band are empty: the card says so, every view opens."""
    for size in SIZES:
        api = guardian_api()
        api.cards["acc_mia"] = replace(
            api.cards["acc_mia"],
            unavailable=True,
            zone="",
            local_time="",
            weekday="",
            band="",
            highlights=(),
        )
        async with running(api, size) as client:
            assert "not available now" in client.text()
            await client.press("2", "3", "4", "1")
            assert "not available now" in client.text()


async def test_leaving_is_on_offer_only_where_there_is_a_link() -> None:
    """The footer of a teen without a guardian does not say "Leave"; the twin with one does."""
    api = teen_api()
    async with running(api, WIDE) as client:
        assert "L Leave…" in client.text()
    api = teen_api()
    api.my_links = []
    async with running(api, WIDE) as client:
        assert "L Leave…" not in client.text()


async def test_a_wide_footer_says_how_to_quit() -> None:
    """At 120 columns `q Quit` is always there."""
    async with running(guardian_api(), WIDE) as client:
        for key in ("1", "2", "3", "4"):
            await client.press(key)
            assert client.text().rstrip().endswith("q Quit"), key


async def test_empty_rules_name_the_key_that_starts() -> None:
    """No teen: the way to invite, and no bar of forms that are not there."""
    api = guardian_api()
    api.cards, api.my_links, api.invites = {}, [], {}
    async with running(api) as client:
        await client.press("2")
        text = client.text()
        assert "i  invite a teen" in text
        assert "next form" not in text


async def test_the_header_s_clock_moves_on() -> None:
    """A minute later the tick of the application shows the new time."""
    api = guardian_api()
    async with running(api) as client:
        assert "16:42" in client.text().splitlines()[0]
        api.clock.tick(timedelta(minutes=1))  # type: ignore[attr-defined]  # a manual clock
        client.app._clock_ticks()  # pyright: ignore[reportPrivateUsage] - what the timer calls
        await client.settle()
        assert "16:43" in client.text().splitlines()[0]
