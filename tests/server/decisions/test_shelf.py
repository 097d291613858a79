"""The hot cache: bounded, dropped by commits, never older than it says."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from familypair.rules.decide.model import ms_of
from familypair.testing import ManualClock
from familypair_server.decisions.shelf import OVERHEAD, Entry, Key, Shelf

DAY = 86_400_000
SIZE = 1_000
A: Key = ("cli_a", "sub_a")


class Books:
    """A source that counts what it is asked; `gate` holds a reading up."""

    def __init__(self, *, others_write: bool = False) -> None:
        self.others_write = others_write
        self.teens = {"sub_a": "acc_a", "sub_b": "acc_b"}
        self.version = 1
        self.reads = 0
        self.checks = 0
        self.gate: asyncio.Event | None = None

    async def read(self, key: Key, now: datetime) -> Entry | None:
        """The teen's present version as the policy."""
        self.reads += 1
        version = self.version
        if self.gate is not None:
            await self.gate.wait()
        teen = self.teens.get(key[1])
        if teen is None:
            return None
        policy: Any = version
        return Entry(teen, policy, head=version, stale_ms=ms_of(now) + DAY, size=SIZE)

    async def same(self, key: Key, entry: Entry, now: datetime) -> bool:  # noqa: ARG002
        """Whether the version is still that."""
        self.checks += 1
        return bool(entry.head == self.version)


class Desk:
    """A shelf over such a source, asked as answers ask."""

    def __init__(self, books: Books, **limits: int) -> None:
        self.clock = ManualClock()
        self.books = books
        self.shelf = Shelf(**{"most_bytes": 100 * SIZE, **limits})

    async def ask(self, key: Key = A) -> Any:
        """The version that an answer would be given with; None for nobody."""
        now = self.clock()
        hot = self.shelf.hot(key, ms_of(now))
        return (hot or await self.shelf.find(self.books, key, now)).snapshot


async def settle() -> None:
    """Let everything that is under way come to where it waits."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_policy_is_read_once_and_again_when_it_changes_by_itself() -> None:
    """One reading for any number of questions, another at `stale_ms` and when the clock is set."""
    desk = Desk(Books())
    for _ in range(3):
        assert await desk.ask() == 1
    assert desk.books.reads == 1
    desk.clock.tick(timedelta(milliseconds=DAY - 1))
    await desk.ask()
    assert (desk.books.reads, desk.books.checks) == (1, 0)
    desk.clock.tick(timedelta(milliseconds=1))
    await desk.ask()
    assert desk.books.reads == 2
    desk.clock.tick(timedelta(hours=-1))
    await desk.ask()
    assert desk.books.reads == 3


@pytest.mark.parametrize("topic", ["acc_a", "cli_a"])
async def test_a_commit_drops_what_it_touches_and_no_more(topic: str) -> None:
    """A teen's commit, and a host's; another teen's policy at another host stays."""
    desk = Desk(Books())
    other = ("cli_b", "sub_b")
    await desk.ask()
    await desk.ask(other)
    desk.books.version = 2
    desk.shelf.forget(frozenset({"acc_z"}))
    assert await desk.ask() == 1
    desk.shelf.forget(frozenset({topic}))
    assert await desk.ask() == 2
    assert await desk.ask(other) == 1


async def test_a_reading_that_began_before_a_commit_is_not_kept() -> None:
    """Who waited gets it, as they asked before; who asks after the commit gets what it wrote."""
    desk = Desk(Books())
    desk.books.gate = asyncio.Event()
    before = asyncio.create_task(desk.ask())
    await settle()
    desk.books.version = 2
    desk.shelf.forget(frozenset({"acc_a"}))
    after = asyncio.create_task(desk.ask())
    await settle()
    desk.books.gate.set()
    assert await before == 1
    assert await after == 2
    assert await desk.ask() == 2


async def test_another_teens_commit_does_not_keep_a_policy_off_the_shelf() -> None:
    """Otherwise a busy node would read for every question."""
    desk = Desk(Books())
    desk.books.gate = asyncio.Event()
    asked = asyncio.create_task(desk.ask())
    await settle()
    desk.shelf.forget(frozenset({"acc_b"}))
    desk.books.gate.set()
    assert await asked == 1
    await desk.ask()
    assert desk.books.reads == 1


async def test_many_who_ask_at_once_wait_for_one_reading() -> None:
    """Also when the first of them goes away."""
    desk = Desk(Books())
    desk.books.gate = asyncio.Event()
    asked = [asyncio.create_task(desk.ask()) for _ in range(50)]
    await settle()
    asked[0].cancel()
    await settle()
    desk.books.gate.set()
    assert await asyncio.gather(*asked[1:]) == [1] * 49
    assert desk.books.reads == 1


async def test_where_others_write_a_policy_is_checked_after_a_second() -> None:
    """One statement while nothing has moved, a reading when something has."""
    desk = Desk(Books(others_write=True))
    await desk.ask()
    desk.clock.tick(timedelta(milliseconds=999))
    await desk.ask()
    assert (desk.books.reads, desk.books.checks) == (1, 0)
    desk.clock.tick(timedelta(milliseconds=1))
    assert await desk.ask() == await desk.ask() == 1
    assert (desk.books.reads, desk.books.checks) == (1, 1)
    desk.books.version = 2
    desk.clock.tick(timedelta(seconds=1))
    assert await desk.ask() == 2
    assert (desk.books.reads, desk.books.checks) == (2, 2)


async def test_the_shelf_holds_so_many_bytes_and_lets_the_longest_unasked_go() -> None:
    """Three fit; a fourth takes the place of the one that was not asked about."""
    desk = Desk(Books(), most_bytes=3 * (SIZE + OVERHEAD))
    desk.books.teens = {f"sub_{n}": f"acc_{n}" for n in range(4)}
    for n in (0, 1, 2, 0, 3):
        await desk.ask(("cli_a", f"sub_{n}"))
    assert (len(desk.shelf), desk.shelf.bytes) == (3, 3 * (SIZE + OVERHEAD))
    assert desk.books.reads == 4
    await desk.ask(("cli_a", "sub_0"))
    assert desk.books.reads == 4
    await desk.ask(("cli_a", "sub_1"))
    assert desk.books.reads == 5
    desk.shelf.forget(frozenset({"cli_a"}))
    assert (len(desk.shelf), desk.shelf.bytes) == (0, 0)


async def test_subjects_that_are_nobodys_take_a_bounded_place_for_a_second() -> None:
    """A flood of made-up ids drives no teen's policy out and does not grow."""
    desk = Desk(Books(), most_unknown=10)
    await desk.ask()
    for n in range(25):
        assert await desk.ask(("cli_a", f"made_up_{n}")) is None
        assert desk.shelf.unknown <= 10
    reads = desk.books.reads
    assert await desk.ask(("cli_a", "made_up_24")) is None
    assert await desk.ask() == 1
    assert desk.books.reads == reads
    desk.clock.tick(timedelta(seconds=1))
    assert await desk.ask(("cli_a", "made_up_24")) is None
    assert desk.books.reads == reads + 1


async def test_nobody_becomes_somebody_with_the_commit_that_says_so() -> None:
    """Any commit lets the list of nobodies begin anew."""
    desk = Desk(Books())
    late: Key = ("cli_a", "sub_c")
    assert await desk.ask(late) is None
    desk.books.teens["sub_c"] = "acc_c"
    desk.shelf.forget(frozenset({"acc_c"}))
    assert await desk.ask(late) == 1


async def test_a_reading_that_fails_fails_for_who_waits_and_is_tried_again() -> None:
    """Nothing of it stays."""
    desk = Desk(Books())
    good, desk.books.teens = desk.books.teens, None  # type: ignore[assignment]  # the source fails
    with pytest.raises(AttributeError):
        await desk.ask()
    desk.books.teens = good
    assert await desk.ask() == 1
