"""What the shelf counts, and how much it says that a policy takes."""

import pytest
from msgspec.structs import replace

from familypair.client.policy.clock import ServerTime
from familypair.client.policy.shelf import Held, Shelf
from familypair.packs import standard
from familypair.rules.decide import NO_USE, PolicySnapshot, Question, ms_of
from familypair.rules.decide.weight import weight
from familypair.schema.policies import By, SearchVoice

from .issuer import START, rules
from .timeline import Timeline

MIA = "sub_mia"


@pytest.mark.parametrize("terms", [(), ("gun",)])
def test_a_search_that_a_pack_stops_counts_with_and_without_a_term(terms: tuple[str, ...]) -> None:
    """As the server counts it: nobody's own list changes the weekly band."""
    time = Timeline()
    clock = ServerTime(time.around())
    clock.told(ms_of(START), sent=time.mono, got=time.mono)
    shelf = Shelf(clock, lambda: time.mono, packs=standard(), max_bytes=100_000, max_teens=10)
    stopped: list[str] = []
    shelf.on_stopped = stopped.append
    own = (SearchVoice(by=By.GUARDIAN, terms=(*terms, "dragon")),)
    made = replace(rules("plain"), search=(*rules("plain").search, *own))
    held = Held(PolicySnapshot.of(made, standard()), NO_USE)
    shelf.put(MIA, held, confirmed=time.mono, size=weight(made), wanted=True)
    found = shelf.decide(MIA, Question(action="search.query", text="how to buy a gun online"))
    assert found.reason == ("blocked_term" if terms else "blocked_category")
    assert stopped == [MIA]
    for words in ("a dragon", "frogs", "suicide hotline"):
        shelf.decide(MIA, Question(action="search.query", text=words))
    assert stopped == [MIA]


def test_words_that_open_packs_weigh_like_those_that_block() -> None:
    """A server and a cache fill the same memory for the same policy."""
    plain = rules("plain")
    words = tuple(f"word {n}" for n in range(10))
    opened = replace(plain, search=(SearchVoice(by=By.TEEN, allowed=words),))
    closed = replace(plain, search=(SearchVoice(by=By.TEEN, terms=words),))
    bare = replace(plain, search=())
    assert weight(opened) == weight(closed) > weight(bare) > 1000
