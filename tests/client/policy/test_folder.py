"""Across a restart: policies, counters and their age come back; what was tampered with does not."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from familypair.client import ClientError, UnsafeStore
from familypair.client.policy import PolicyCache

from .timeline import until
from .world import World, is_strictest

MIA = "sub_mia"
HOUR = 3600.0


async def _kept(folder: Path) -> World:
    """A cache that was live, was closed, and is without a network from now on."""
    world = World(folder)
    world.issuer.rule(MIA)
    async with world.open() as cache:
        await world.change(cache, MIA, "strict")
        world.issuer.use(MIA, 1800)
        world.issuer.hint("use", use=world.issuer.uses[MIA])
        await until(lambda: world.same(cache, MIA))
        await until(lambda: bool(list(folder.rglob("*.policy"))))
    world.net.cut = True
    world.events.clear()
    return world


def _policy(folder: Path) -> Path:
    (found,) = folder.rglob("*.policy")
    return found


def _state(folder: Path) -> Path:
    (found,) = folder.rglob("state")
    return found


def _inner(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


async def test_a_restart_without_a_network_goes_on_where_it_was(tmp_path: Path) -> None:
    """The same answers with the use; 24 hours count from the last sync, over the restart."""
    world = await _kept(tmp_path)
    world.time.jump(23 * HOUR)
    async with world.cache() as cache:
        assert world.same(cache, MIA)
        assert cache.status_of(MIA).state == "stale"
        assert cache.decide("sub_new", "app.use").help == world.issuer.help
    async with world.cache() as cache:  # again, with no sync between
        assert cache.status_of(MIA).state == "stale"
        world.time.jump(1.1 * HOUR)
        assert is_strictest(cache, MIA, "policy_too_old")
    async with world.cache() as cache:
        assert is_strictest(cache, MIA, "policy_too_old")
        world.net.cut = False
        await world.time.until(lambda: world.same(cache, MIA))


@pytest.mark.parametrize(
    ("boot", "wall", "state"),
    [
        ("boot-1", -240 * HOUR, "stale"),  # the wall clock does not count while the machine runs on
        ("boot-1", 240 * HOUR, "stale"),
        ("boot-2", 0.0, "stale"),
        ("boot-2", 25 * HOUR, "offline"),
        ("boot-2", -2 * HOUR, "offline"),  # set back: nobody knows how old it is
        ("", -2 * HOUR, "offline"),
    ],
)
async def test_the_age_after_a_restart_is_known_or_too_old(
    tmp_path: Path, boot: str, wall: float, state: str
) -> None:
    """One hour passes in truth; the wall clock may be wrong by more."""
    world = await _kept(tmp_path)
    world.time.jump(HOUR)
    world.time.boot = boot
    if boot != "boot-1":
        world.time.mono = 5.0
    world.time.wall.tick(timedelta(seconds=wall))
    async with world.cache() as cache:
        assert cache.status_of(MIA).state == state
        assert is_strictest(cache, MIA, "policy_too_old") is (state == "offline")


async def test_an_older_version_is_refused_after_a_restart_too(tmp_path: Path) -> None:
    """Replayed from the network, and put back into the folder."""
    world = World(tmp_path)
    world.issuer.rule(MIA)
    async with world.open():
        old = _policy(tmp_path).read_bytes()
        first = world.issuer.teens[MIA]
    world = await _kept(tmp_path)
    _policy(tmp_path).write_bytes(old)
    async with world.cache() as cache:
        assert is_strictest(cache, MIA, "policy_unknown")
        assert world.kinds()[0] == "refused"
        world.net.cut = False
        newer = world.issuer.teens[MIA]
        world.issuer.teens[MIA] = first
        world.events.clear()
        await world.time.until(lambda: "refused" in world.kinds())
        assert is_strictest(cache, MIA, "policy_unknown")
        world.issuer.teens[MIA] = newer
        await world.time.until(lambda: world.same(cache, MIA))


@pytest.mark.parametrize("where", ["policy", "state"])
@pytest.mark.parametrize("how", ["a bit", "cut", "empty", "another's"])
async def test_a_damaged_file_is_ignored_and_told(tmp_path: Path, where: str, how: str) -> None:
    """The strictest answer holds then, until the server has spoken."""
    world = await _kept(tmp_path)
    path = _policy(tmp_path) if where == "policy" else _state(tmp_path)
    raw = path.read_bytes()
    at = len(raw) // 2
    flipped = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
    other = _state(tmp_path) if where == "policy" else _policy(tmp_path)
    bad = {"a bit": flipped, "cut": raw[:at], "empty": b"", "another's": other.read_bytes()}
    path.write_bytes(bad[how])
    async with world.cache() as cache:
        assert "damaged" in world.kinds()
        assert is_strictest(cache, MIA, "policy_unknown")
        assert cache.status_of(MIA).version == 2
        world.net.cut = False
        await world.time.until(lambda: world.same(cache, MIA))


async def test_files_are_the_owners_alone_and_of_one_process(tmp_path: Path) -> None:
    """0600 in 0700, nothing half-written left; a second cache and an open folder are refused."""
    world = await _kept(tmp_path)
    inner = _inner(tmp_path)
    assert stat.S_IMODE(inner.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in inner.iterdir()} == {0o600}
    assert not list(inner.glob("*.new"))
    async with world.cache():
        with pytest.raises(ClientError, match="Another process"):
            async with world.cache():
                pass
    inner.chmod(0o755)
    with pytest.raises(UnsafeStore):
        async with world.cache():
            pass


async def test_another_secret_reads_nothing(tmp_path: Path) -> None:
    """Files are sealed with the client's secret: with another one they are not believed."""
    world = await _kept(tmp_path)
    cache = PolicyCache(
        "http://127.0.0.1:8085",
        "cli_loop",
        "another secret",
        transport=world.net,
        around=world.time.around(),
        folder=tmp_path,
        on_change=world.events.append,
    )
    async with cache:
        assert is_strictest(cache, MIA, "policy_unknown")
        assert "damaged" in world.kinds()


async def test_a_folder_that_cannot_be_written_does_not_stop_the_rules(tmp_path: Path) -> None:
    """The disk is full: what comes is used, and the fault is told."""
    world = World(tmp_path)
    world.issuer.rule(MIA)
    async with world.open() as cache:
        await until(lambda: "synced" in world.kinds())
        inner = _inner(tmp_path)
        for path in inner.iterdir():
            path.unlink()
        inner.rmdir()
        await world.change(cache, MIA, "strict")
        assert world.same(cache, MIA)
        assert "failed" in world.kinds()
