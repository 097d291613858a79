"""The cache in front of token look-ups: fast, and never late by more than a second."""

import asyncio
from datetime import timedelta

from familypair_server.auth import statements as sql
from familypair_server.auth.callers import Callers
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis
from support.server import CLIENT_ID, Running


@transaction
def revoked_elsewhere(session_id: str, now: int) -> Txn[None]:
    """What another node does: this one hears nothing."""
    yield from sql.revoke_family.run(id=session_id, now=now, why="signed_out")


async def test_another_nodes_revocation_is_seen_within_a_second(server: Running) -> None:
    """The cached caller is read again after 1 s (architecture.md section 4)."""
    mia = await server.teen()
    callers = Callers(server.store)
    now = server.clock()
    token = mia.tokens["access_token"]
    caller = await callers.find(token, now)
    assert caller is not None
    assert caller.auth_time is None
    await server.store.run(revoked_elsewhere(caller.session_id, millis(now)))
    assert await callers.find(token, now + timedelta(seconds=1)) == caller
    assert await callers.find(token, now + timedelta(milliseconds=1001)) is None
    assert await callers.find(token, now) is None


async def test_a_read_that_began_before_a_revocation_is_not_kept(server: Running) -> None:
    """A look-up that overlaps `forget` may answer once, but it leaves nothing in the cache."""
    mia = await server.teen()
    callers = Callers(server.store)
    token, now = mia.tokens["access_token"], server.clock()
    reading = asyncio.create_task(callers.find(token, now))
    await asyncio.sleep(0)
    callers.forget("ses_other")
    await reading
    assert callers.cached == 0
    assert await callers.find(token, now) is not None
    assert callers.cached == 1


async def test_a_clock_that_jumps_back_reads_again(server: Running) -> None:
    """An entry from the future is not trusted."""
    mia = await server.teen()
    callers = Callers(server.store)
    token, now = mia.tokens["access_token"], server.clock()
    caller = await callers.find(token, now)
    assert caller is not None
    await server.store.run(revoked_elsewhere(caller.session_id, millis(now)))
    assert await callers.find(token, now - timedelta(seconds=5)) is None


async def test_garbage_does_not_reach_the_database(server: Running) -> None:
    """A token with a wrong checksum is refused without a read."""
    await server.teen()

    class Closed:
        """A store that must not be asked."""

        async def read(self, _: object) -> None:
            raise AssertionError("asked")

    callers = Callers(Closed())  # type: ignore[arg-type]  # a store that only refuses
    for token in ("", "fpa_", "fpa_" + "x" * 49, "fpr_x", "x" * 10_000):
        assert await callers.find(token, server.clock()) is None


async def test_two_hundred_requests_after_a_revocation(server: Running) -> None:
    """None of them is answered, also when they were waiting already (P10)."""
    mia = await server.teen()
    data = {"client_id": CLIENT_ID, "token": mia.tokens["refresh_token"]}
    assert (await mia.me()).status_code == 200
    assert (await mia.web.post("/oauth/revoke", data=data)).status_code == 200
    replies = await asyncio.gather(*[mia.me() for _ in range(200)])
    assert {reply.status_code for reply in replies} == {401}
