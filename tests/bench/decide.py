"""B1 and B4 in process: an explained decision beside three engines, and what growth costs.

B1: 200 teens, 3,000 questions (messages, searches, app use) with one answer in every engine. Peers
get what holds already worked out, the clock as a number and the searched words cut apart; ours
reads the raw text against all packs and says who decided, why, until when and in a sentence.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from bench.decide_growth import growth
from bench.decide_peers import Peer, peers
from bench.runner import Row
from familypair.packs import standard
from familypair.rules.decide import PolicySnapshot, Question, Use, decide_at, ms_of
from familypair.settings.audience import Facts
from familypair.testing.decisions import document_of

NOW: Final = datetime(2026, 12, 2, 16, tzinfo=UTC)
TEENS, QUESTIONS, ROUNDS = 200, 3000, 7
ROUND_SECONDS: Final = 0.5
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PLAIN: Final = (
    "dinosaur homework football weather pancake garden bicycle museum planet river castle "
    "guitar lemon window forest summer winter orange yellow purple silver anchor basket "
    "candle dragon engine feather harbor island jacket kettle ladder magnet needle "
    "ostrich pencil quartz rabbit saddle tunnel velvet walnut yogurt zipper"
)
PLAIN: Final = _PLAIN.split()


def teen(number: int, random_: random.Random) -> dict[str, Any]:
    """One family of the benchmark: what a guardian and a teen of 16 have set."""
    pick = random_.choice
    return {
        "band": "16-17",
        "teen": {
            "messages": {"audience": "everyone"},
            "contacts": {"blocked": [_contact(random_) for _ in range(10)]},
        },
        "guardians": [
            {
                "id": "A",
                "values": {
                    "messages": {"audience": pick(["everyone", "friends", "no_one"])},
                    "search": {"blocked_terms": _terms(number, random_)},
                    "screen_time": {
                        "daily_minutes": dict.fromkeys(DAYS, pick([30, 45, 60, 90, 120])),
                        "at_limit": "stop",
                    },
                    "schedule": {
                        "blocks": [
                            {
                                "kind": "sleep",
                                "days": list(DAYS),
                                "start": pick(["20:00", "21:00", "22:00"]),
                                "end": "06:00",
                            }
                        ]
                    },
                },
            }
        ],
    }


def _terms(number: int, random_: random.Random) -> list[str]:
    """Twenty words, three of which are searched for: one search in five is stopped."""
    return [*random_.sample(PLAIN, 3), *(f"blocked{number}x{n}" for n in range(17))]


def _contact(random_: random.Random) -> dict[str, str]:
    return {"host": "$host", "account": f"u{random_.randrange(2000)}"}


class Asked(msgspec.Struct, frozen=True):
    """One question, in the terms of everybody."""

    teen: int
    action: str
    now_ms: int
    account: str = ""
    follows_me: bool = False
    i_follow: bool = False
    text: str = ""
    used: int = 0


def questions(random_: random.Random) -> list[Asked]:
    """A third each of messages, searches and app use."""
    found: list[Asked] = []
    for number in range(QUESTIONS):
        which, who = number % 3, random_.randrange(TEENS)
        if which == 0:
            facts = (random_.random() < 0.6, random_.random() < 0.6)
            account = f"u{random_.randrange(2000)}"
            found.append(Asked(who, "message.receive", ms_of(NOW), account, *facts))
        elif which == 1:
            text = " ".join(random_.sample(PLAIN, 3))
            found.append(Asked(who, "search.query", ms_of(NOW), text=text))
        else:
            at = NOW.replace(hour=0) + timedelta(minutes=random_.randrange(1440))
            used = 60 * random_.randrange(150)
            found.append(Asked(who, "app.use", ms_of(at), used=used))
    return found


class Ours:
    """The product: everything it says is made, the sentence included."""

    def __init__(self, families: Sequence[Mapping[str, Any]]) -> None:
        start = NOW.replace(hour=0)
        documents = [document_of(one, now=start) for one in families]
        self.snapshots = [PolicySnapshot.of(one, standard()) for one in documents]
        self.day_ms = ms_of(documents[0].days[0].start)

    def ask(self, one: Asked) -> bool:
        """One explained answer."""
        question = Question(
            action=one.action,
            account=one.account,
            facts=Facts(follows_me=one.follows_me, i_follow=one.i_follow),
            text=one.text,
        )
        use = Use(self.day_ms, one.used, one.now_ms)
        decision = decide_at(self.snapshots[one.teen], use, question, one.now_ms)
        assert decision.explanation
        return decision.allowed


def rates(ways: Mapping[str, Callable[[int], object]], most: int) -> dict[str, list[float]]:
    """Questions a second of each way, in interleaved rounds; a way is asked by number."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for turn in range(ROUNDS):
        for name in names if turn % 2 == 0 else names[::-1]:
            found[name].append(_rate(ways[name], most))
    return found


def _rate(ask: Callable[[int], object], most: int) -> float:
    done, start = 0, time.perf_counter()
    while (took := time.perf_counter() - start) < ROUND_SECONDS:
        for number in range(done, done + 100):
            ask(number % most)
        done += 100
    return done / took


async def decide() -> list[Row]:
    """B1: each peer with the same answers, and the bare rule as the limit."""
    random_ = random.Random(7)  # noqa: S311 - the same families each time
    families = [teen(number, random_) for number in range(TEENS)]
    asked, ours = questions(random_), Ours(families)
    known = peers(families, asked)
    wanted = [ours.ask(one) for one in asked]
    for name, peer in known.items():
        wrong = sum(peer(n) is not want for n, want in enumerate(wanted))
        if wrong:
            raise RuntimeError(f"{name} gives {wrong} other answers")
    ways: dict[str, Peer] = {"ours": lambda n: ours.ask(asked[n]), **known}
    found = rates(ways, len(asked))
    return [_row(name, found["ours"], found[name], wanted) for name in known]


_MUST: Final[Mapping[str, float]] = {"cedarpy": 10.0}


def _row(name: str, mine: list[float], theirs: list[float], wanted: Sequence[bool]) -> Row:
    ours = statistics.median(mine)
    note = (
        f"{1e6 / ours:.2f} us each; {TEENS} teens, {len(wanted)} questions, {sum(wanted)} allowed"
    )
    return Row(
        bench="B1",
        what="an explained decision, mixed, one thread",
        ours=ours,
        unit="/s",
        peer=name,
        theirs=statistics.median(theirs),
        ratios=tuple(a / b for a, b in zip(mine, theirs, strict=True)),
        must=_MUST.get(name),
        note=note if name == "cedarpy" else "",
    )


BENCHES = {"B1": decide, "B4": growth}
