"""Changing rules by keys: editors, typed values, review, save, undo, conflicts, locks."""

from typing import cast

from familypair.client.errors import ProblemError
from familypair.reasons import Reason
from familypair.schema.problem import FieldProblem, Problem
from familypair_tui.screens.confirm import ConfirmDialog
from familypair_tui.screens.review import ReviewDialog
from familypair_tui.screens.rules import RulesScreen
from tui_fake.drive import USUAL, Client, running
from tui_fake.family import guardian_api, teen_api


def problem(code: Reason, status: int = 422, *errors: FieldProblem) -> ProblemError:
    """A refusal of the server."""
    return ProblemError(
        Problem(
            type="about:blank",
            title="Refused",
            status=status,
            detail="It was refused.",
            code=code,
            request_id="req-77",
            errors=errors,
        )
    )


def saved(client: Client) -> dict[str, object]:
    """The one patch that was sent."""
    ((_, patch, _),) = client.api.asked("patch_layer")
    return cast("dict[str, object]", patch)


async def test_a_change_is_reviewed_then_saved_with_the_etag() -> None:
    """15 minutes less on Tuesday: preview, review, Enter, one PATCH with the etag."""
    async with running(guardian_api()) as client:
        await client.press("2", "right", "minus", "ctrl+s")
        assert isinstance(client.screen, ReviewDialog)
        assert "60 min → 45 min" in client.text()
        assert client.api.asked("patch_layer") == []
        await client.press("enter")
        patch = {"screen_time": {"daily_minutes": {"tue": 45}}}
        assert client.api.asked("preview") == [("acc_mia", patch)]
        assert client.api.asked("patch_layer") == [("acc_mia", patch, '"1"')]
        assert "Saved 1 change · u undoes them" in client.text()


async def test_undo_right_after_saving_reverts_the_entry() -> None:
    """`u` after a save asks for the revert of exactly that entry."""
    async with running(guardian_api()) as client:
        await client.press("2", "right", "minus", "ctrl+s", "enter", "u")
        assert client.api.asked("revert") == [("acc_mia", 7)]
        assert "Undone" in client.text()


async def test_escape_in_review_saves_nothing_and_keeps_the_draft() -> None:
    """Back from review: no write, and the change is still there."""
    async with running(guardian_api()) as client:
        await client.press("2", "right", "minus", "ctrl+s", "escape")
        assert client.api.asked("patch_layer") == []
        assert "1 change not saved" in client.text()


async def test_a_dropped_line_is_not_sent() -> None:
    """`x` in review leaves one of two changes out."""
    async with running(guardian_api()) as client:
        await client.press("2", "minus", "right", "minus", "ctrl+s", "x", "enter")
        assert saved(client) == {"screen_time": {"daily_minutes": {"tue": 45}}}


async def test_typed_minutes() -> None:
    """Enter opens the input; `1h30` is 90 minutes."""
    async with running(guardian_api(), USUAL) as client:
        await client.press("2", "enter", *["backspace"] * 2)
        await client.type("1h30")
        await client.press("enter", "ctrl+s", "enter")
        assert saved(client) == {"screen_time": {"daily_minutes": {"mon": 90}}}


async def test_a_wrong_value_is_said_under_the_field_and_not_taken() -> None:
    """1441 minutes: the sentence names the range, Enter does not close the input."""
    async with running(guardian_api(), USUAL) as client:
        await client.press("2", "enter", *["backspace"] * 2)
        await client.type("1441")
        await client.press("enter")
        assert '! Please give 0 to 1440 minutes or "none".' in client.text()
        await client.press("escape")
        assert isinstance(client.screen, RulesScreen)
        assert client.screen.draft is not None
        assert client.screen.draft.changes == {}


async def test_letters_belong_to_the_input_while_typing() -> None:
    """`q` while typing does not quit."""
    async with running(guardian_api(), USUAL) as client:
        await client.press("2", "enter", "q", "1")
        assert client.app.return_code is None
        assert "60q1" in client.text()


async def test_the_same_minutes_on_all_days() -> None:
    """`=` writes the selected day's value to the days that differ."""
    async with running(guardian_api()) as client:
        await client.press("2", "minus", "equals_sign", "ctrl+s", "enter")
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        assert saved(client) == {"screen_time": {"daily_minutes": dict.fromkeys(days, 45)}}


async def test_a_starting_value_becomes_my_rule_with_one_key() -> None:
    """`m` on a default stores the same value as my own."""
    async with running(guardian_api()) as client:
        await client.press("2", "down", "down", "m", "ctrl+s", "enter")
        assert saved(client) == {"screen_time": {"warnings": [15, 5, 0]}}


async def test_taking_my_rule_away_sends_null() -> None:
    """`x` on my saved rule: null, which is not the same as absent."""
    async with running(guardian_api()) as client:
        await client.press("2", "x", "ctrl+s", "enter")
        assert saved(client) == {"screen_time": {"daily_minutes": {"mon": None}}}


async def test_a_choice_beyond_the_platform_bound_cannot_be_reached() -> None:
    """Direct messages at 13: only "no one"; the sentence says who forbids more."""
    async with running(guardian_api()) as client:
        await client.press("2", "s", "s", "s", "left")
        assert "⊘ The platform allows no more at this age." in client.text()
        assert "locked: platform rule" in client.text()
        assert "not saved" not in client.text()


async def test_a_field_outside_my_scopes_says_so() -> None:
    """A guardian without the scope sees why, and nothing changes."""
    api = guardian_api()
    api.family["acc_mia"].prefixes = ("search.",)
    async with running(api) as client:
        await client.press("2", "plus")
        assert "⊘ You cannot set this." in client.text()
        assert "not saved" not in client.text()


async def test_a_stale_version_shows_both_and_saves_what_was_chosen() -> None:
    """Somebody was faster: theirs beside mine, a choice per line, then the new etag."""
    api = guardian_api()
    async with running(api) as client:
        await client.press("2", "minus", "right", "minus", "ctrl+s")
        api.fail("patch_layer", problem(Reason.STALE_VERSION, 412))
        api.family["acc_mia"].mine["screen_time.daily_minutes.mon"] = 30
        api.revision = 5
        await client.press("enter")
        assert "theirs: 30 min" in client.text()
        assert "mine: 45 min" in client.text()
        await client.press("t", "enter")
        assert api.asked("patch_layer")[-1] == (
            "acc_mia",
            {"screen_time": {"daily_minutes": {"tue": 45}}},
            '"5"',
        )


async def test_a_refusal_names_the_field_and_keeps_the_review_open() -> None:
    """422 with a pointer: its sentence is shown, nothing is lost."""
    api = guardian_api()
    fault = FieldProblem(
        pointer="/screen_time", code=Reason.LOOSER_THAN_CAP, detail="The platform allows less."
    )
    api.fail("patch_layer", problem(Reason.LOOSER_THAN_CAP, 422, fault))
    async with running(api) as client:
        await client.press("2", "minus", "ctrl+s", "enter")
        assert isinstance(client.screen, ReviewDialog)
        assert "The platform allows less." in client.text()


async def test_leaving_with_unsaved_changes_asks() -> None:
    """`1` asks; Escape stays with the draft, `y` leaves."""
    async with running(guardian_api()) as client:
        await client.press("2", "minus", "1")
        assert isinstance(client.screen, ConfirmDialog)
        await client.press("escape")
        assert "1 change not saved" in client.text()
        await client.press("1", "y")
        assert not isinstance(client.app.screen, RulesScreen)


async def test_why_names_layers_and_the_winner() -> None:
    """`.` lists who says what, and marks who decides."""
    async with running(guardian_api()) as client:
        await client.press("2", *["right"] * 6, "full_stop")
        text = client.text()
        assert "▸ another guardian" in text
        assert "Only another guardian can loosen this." in text


async def test_a_teen_edits_their_own_layer_with_the_same_form() -> None:
    """The teen's form is in words for a teen and writes the teen's layer."""
    async with running(teen_api()) as client:
        await client.press("2", "down", "left", "ctrl+s")
        assert "stays it stops until your next day" in client.text()
        await client.press("enter")
        assert saved(client) == {"screen_time": {"at_limit": "ask"}}


async def test_brackets_go_to_the_next_teen() -> None:
    """`]` shows the next teen's rules without leaving the view."""
    async with running(guardian_api()) as client:
        await client.press("2", "right_square_bracket")
        assert "Leo · Time" in client.text()


async def test_a_refused_reading_is_said_with_the_request_id() -> None:
    """A server fault shows a sentence, the id for support and the key to try again."""
    api = guardian_api()
    api.fail("layer", problem(Reason.INTERNAL, 500))
    async with running(api) as client:
        await client.press("2")
        assert "request req-77" in client.text()
        await client.press("r")
        assert "Mia · Time" in client.text()
