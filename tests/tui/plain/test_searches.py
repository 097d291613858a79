"""Searches in plain commands: asking for one, and the week of those that were stopped."""

import msgspec
import pytest

from client.fake import answer
from familypair.schema.teens import SearchBand, Teens
from familypair_tui.plain.parser import build
from familypair_tui.plain.show import search_lines

from .desk import Desk
from .made import CARD, SETTINGS
from .made_time import REQUEST

MIA = "/v1/teens/acc_mia"


def test_a_search_is_asked_for_with_or_without_its_words() -> None:
    """A category of the settings, however it is written; words only where the teen adds them."""
    teen = Desk(kind="teen", account="acc_mia", name="Mia")
    card = msgspec.structs.replace(CARD, link=None)
    teen.server.will("GET", "/v1/teens", Teens(items=(card,)))
    teen.server.will("POST", f"{MIA}/requests", answer(REQUEST))
    teen.run("ask", "--search", "Alcohol-Tobacco", "--words", "root beer")
    teen.run("ask", "--search", "drugs", "--reason", "school")
    first, second = teen.sent("POST", f"{MIA}/requests")
    words = {"type": "search", "category": "alcohol_tobacco", "words": "root beer"}
    assert first == {"wish": words, "reason": ""}
    assert second["wish"] == {"type": "search", "category": "drugs", "words": ""}
    assert "one of: sexual_content" in teen.run("ask", "--search", "chess").err
    assert "--words" in teen.run("ask", "--search", "drugs", "weed").err
    assert teen.run("ask").code == 2
    alone = teen.run("ask", "30", "--words", "root beer")
    assert (alone.code, "--words goes with --search." in alone.err) == (2, True)
    assert len(teen.sent("POST", f"{MIA}/requests")) == 2


def test_asking_for_a_search_is_in_the_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where somebody looks who does not know how to write it."""
    with pytest.raises(SystemExit):
        build().parse_args(["ask", "--help"])
    assert "--search drugs" in capsys.readouterr().out.partition("\n\n")[0]


def test_the_week_of_stopped_searches_is_a_line_where_it_is_shared() -> None:
    """In `show` always, in the overview when there is one to tell; in no other group."""
    desk = Desk()
    band = SearchBand(this_week="1-9", last_week="0")
    told = msgspec.structs.replace(CARD, search=band)
    line = "Searches in a stopped category: 1-9 this week until yesterday, 0 last week."
    search = msgspec.structs.replace(SETTINGS.fields[0], path="search.enabled")
    settings = msgspec.structs.replace(SETTINGS, fields=(*SETTINGS.fields, search))
    for card, said in ((told, True), (CARD, False)):
        desk.server.will("GET", "/v1/teens", Teens(items=(card,)))
        desk.server.will("GET", MIA, card)
        desk.server.will("GET", f"{MIA}/settings", settings)
        assert (line in desk.run("show", "mia").out) is said
        assert (line in desk.run("show", "mia", "search").out) is said
        assert (line in desk.run("teens").out) is said
        assert line not in desk.run("show", "mia", "screen_time").out
    quiet = msgspec.structs.replace(told, search=SearchBand(this_week="0", last_week="1-9"))
    assert search_lines(quiet)
    desk.server.will("GET", "/v1/teens", Teens(items=(quiet,)))
    assert "Searches stopped" not in desk.run("teens").out
