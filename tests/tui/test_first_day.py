"""The first day in the form: what holds is shown as what holds, a wish beside it as a wish."""

from msgspec.structs import replace

from familypair.schema.settings import EffectiveSettings, Explained, LayerValue
from tui_fake.api import FakeApi
from tui_fake.drive import USUAL, WIDE, running
from tui_fake.family import guardian_api

MONDAY = "screen_time.daily_minutes.mon"
AUDIENCE = "messages.audience"


def wished(api: FakeApi, path: str, wish: object, holds: object) -> FakeApi:
    """Dana's own value of one of Noa's fields waits for the end of the first day."""
    noa = api.family["acc_noa"]
    noa.mine[path] = wish
    answer = api.settings

    def waits(found: Explained) -> Explained:
        if found.path != path:
            return found
        mine = LayerValue(owner="me", name="you", value=wish, from_="end_of_probation")
        start = LayerValue(owner="default", name="starting value", value=holds, wins=True)
        return replace(
            found,
            value=holds,
            words=f"{holds} min",
            reason=f"{holds} min: starting value",
            starting_value=True,
            layers=(start, mine),
        )

    async def settings(teen: str) -> EffectiveSettings:
        found = await answer(teen)
        if teen != "acc_noa":
            return found
        return replace(found, fields=tuple(waits(one) for one in found.fields))

    api.settings = settings  # type: ignore[method-assign]  # one answer is changed for a test
    return api


async def test_a_waiting_limit_stands_beside_what_holds() -> None:
    """Monday: 60 min holds, 1 h 30 waits; the cell, its mark and the words say which is which."""
    for size in (WIDE, USUAL):
        async with running(wished(guardian_api(), MONDAY, 90, 60), size) as client:
            await client.press("2", "left_square_bracket")
            text = client.text()
            assert "[60min]" in text
            assert "◷1h30" in text
            assert "◷ yours from Mon 15:52" in text


async def test_without_a_wish_nothing_waits() -> None:
    """The twin: no glyph and no words of a later time."""
    async with running(guardian_api()) as client:
        await client.press("2", "left_square_bracket")
        assert "yours from" not in client.text()


async def test_a_key_changes_the_wish_and_not_what_holds() -> None:
    """15 minutes more than the 90 that wait, not than the 60 that hold."""
    api = wished(guardian_api(), MONDAY, 90, 60)
    async with running(api) as client:
        await client.press("2", "left_square_bracket", "plus")
        assert "[1h45]" in client.text()


async def test_the_side_panel_says_since_when_in_whole_words() -> None:
    """At 120 columns the layer's later time stands on its own line, whole."""
    async with running(wished(guardian_api(), MONDAY, 90, 60)) as client:
        await client.press("2", "left_square_bracket")
        assert "◷ from Mon 15:52" in client.text()


async def test_a_waiting_choice_is_not_the_chosen_one() -> None:
    """The dot is on what holds; the line below names the wish."""
    api = wished(guardian_api(), AUDIENCE, "friends", "no_one")
    async with running(api) as client:
        await client.press("2", "left_square_bracket", "s", "s", "s")
        text = client.text()
        assert "no one \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}" in text
        assert "◷ yours from Mon 15:52: friends" in text


async def test_the_review_says_once_that_it_waits() -> None:
    """The server's sentence, and not a second one beside it."""
    api = guardian_api()
    ask = api.preview

    async def preview(teen: str, patch: dict[str, object]) -> object:
        answer = await ask(teen, patch)
        changes = tuple(
            replace(one, note="From the end of the day.", takes_effect="end_of_probation")
            for one in answer.changes
        )
        return replace(answer, changes=changes)

    api.preview = preview  # type: ignore[method-assign, assignment]  # one answer is changed
    async with running(api) as client:
        await client.press("2", "minus", "ctrl+s")
        text = client.text()
        assert text.count("◷") == 1
        assert "From the end of the day." in text
