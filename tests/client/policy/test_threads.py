"""Many threads ask while policies are replaced: each answer is of one policy or of the other."""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

import msgspec
import pytest
from msgspec.structs import replace

from familypair.client import ClientError
from familypair.client.policy import PolicyCache, PolicyEvent
from familypair.client.policy.clock import ServerTime
from familypair.client.policy.shelf import Held, Shelf
from familypair.packs import standard
from familypair.rules.decide import NO_USE, Decision, PolicySnapshot, Question, decide_at, ms_of

from .issuer import HOST, ISSUER, START, Issuer, rules
from .net import Net
from .timeline import Timeline
from .world import FRIEND, QUESTIONS, SECRET, is_strictest

MIA = "sub_mia"


@contextmanager
def eager_threads() -> Generator[None]:
    """Threads that are switched as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _shelf(time: Timeline, **limits: int) -> Shelf:
    clock = ServerTime(time.around())
    clock.told(ms_of(START), sent=time.mono, got=time.mono)
    chosen = {"max_bytes": 10_000_000, "max_teens": 1000, **limits}
    return Shelf(clock, lambda: time.mono, packs=standard(), **chosen)


def test_eight_threads_see_the_old_policy_or_the_new_one() -> None:
    """2,000 replacements under eight threads: no answer is a mixture, none is of nobody."""
    time = Timeline()
    shelf = _shelf(time)
    held = [
        Held(PolicySnapshot.of(replace(rules(kind), version=n + 1), standard()), NO_USE)
        for n, kind in enumerate(("strict", "off"))
    ]
    allowed: dict[Question, set[Decision]] = {
        question: {
            decide_at(one.snapshot, one.use, question, ms_of(START), live=live)
            for one in held
            for live in (True, False)
        }
        for question in QUESTIONS
    }
    shelf.put(MIA, held[0], confirmed=time.mono, size=0, wanted=True)
    wrong: list[Decision] = []
    asked = [0] * 8
    done = threading.Event()

    def ask(place: int) -> None:
        while not done.is_set() or not asked[place]:
            for question in QUESTIONS:
                found = shelf.decide(MIA, question)
                asked[place] += 1
                if found not in allowed[question]:
                    wrong.append(found)

    with eager_threads():
        threads = [threading.Thread(target=ask, args=(place,)) for place in range(8)]
        for thread in threads:
            thread.start()
        for turn in range(2000):
            one = Held(replace(held[1].snapshot, version=2), NO_USE) if turn % 2 else held[1]
            shelf.live = turn % 3 == 0
            shelf.put(MIA, one, confirmed=time.mono, size=turn % 100, wanted=True)
            shelf.put(f"sub_{turn}", held[0], confirmed=time.mono, size=0, wanted=False)
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert min(asked) > 0


def test_memory_is_bounded_and_counters_stay() -> None:
    """The least recently asked go first, those whom nobody asked about before them."""
    time = Timeline()
    shelf = _shelf(time, max_bytes=100_000, max_teens=1000)
    held = Held(PolicySnapshot.of(rules("plain"), standard()), NO_USE)
    for n in range(300):
        time.mono += 1
        shelf.put(f"sub_{n:03}", held, confirmed=time.mono, size=1000, wanted=n < 5)
        assert shelf.bytes <= 100_000
        for asked in range(5):
            shelf.decide(f"sub_{asked:03}", QUESTIONS[0])
    assert all(shelf.slot(f"sub_{n:03}") is not None for n in range(5))
    assert len(shelf.versions()) == 300
    assert shelf.evicted == 300 - len(shelf.slots())
    assert not shelf.put("sub_000", _older(held), confirmed=0.0, size=0, wanted=True)
    assert shelf.put("sub_299", held, confirmed=0.0, size=10_000_000, wanted=True)
    assert [teen for teen, _ in shelf.slots()] == ["sub_299"]


def _older(held: Held) -> Held:
    return Held(replace(held.snapshot, version=0), held.use)


def test_a_program_without_an_event_loop_uses_it_in_a_with_block() -> None:
    """It follows the server in a thread of its own, asks over HTTP, and ends with the block."""
    issuer = Issuer()
    issuer.rule(MIA)
    changed = threading.Event()

    def note(event: PolicyEvent) -> None:
        if event.version == 2:
            changed.set()

    net = Net(issuer, issuer.hints)
    with PolicyCache(ISSUER, HOST, SECRET, transport=net, on_change=note) as cache:
        cache.wait_ready(10)
        assert cache.decide(MIA, "search.query", text="a dragon").allowed
        asked = cache.wait_evaluate(
            MIA, "message.receive", account="acc_x", facts=FRIEND, timeout=10
        )
        assert asked.decision
        sent = msgspec.json.decode(net.asked[-1].content)
        assert sent["resource"]["properties"] == {"follows_me": True, "i_follow": True}
        issuer.rule(MIA, "strict")
        assert net.loop is not None
        net.loop.call_soon_threadsafe(lambda: issuer.hint("policy", teen=MIA, version=2))
        assert changed.wait(10)
        assert not cache.decide(MIA, "search.query", text="a dragon").allowed
    assert "familypair-policy" not in {thread.name for thread in threading.enumerate()}
    assert not cache.decide(MIA, "search.query", text="a dragon").allowed
    with pytest.raises(ClientError, match="not open"):
        cache.wait_evaluate(MIA, "app.use")


def test_a_cache_that_was_never_opened_gives_the_strictest_answer() -> None:
    """No exception, no network, nothing but a no; safety stays open, with what helps anywhere."""
    cache = PolicyCache(ISSUER, HOST, SECRET)
    for action in ("app.use", "safety.use"):
        said = cache.decide(MIA, action).help
        assert said is not None
        assert (said.country, [line.contact for line in said.lines]) == ("*", ["112"])
    assert is_strictest(cache, MIA, "policy_unknown")
    assert cache.status_of(MIA).state == "unknown"
