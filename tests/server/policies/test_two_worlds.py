"""A host cannot tell why a guardian is gone: an exit and a guardian's own end read the same.

One exception is decided and in docs/promises.md: accounts that the guardian had blocked are free at
once after an exit and held for 7 days after an ordinary end. The guardian reads neither.
"""

from typing import Any

import msgspec
import pytest

from support.policies import Bound, limit
from support.streams import Listener
from support.uses import DAY, HOUR

pytestmark = pytest.mark.engine("sqlite")

RULES = {
    **limit(30),
    "search": {"blocked_terms": ["zork"]},
    "privacy": {"searchable": "off"},
    "interactions": {"comments": "no_one"},
}


async def world(bound: Bound) -> Bound:
    """Another family of the same app."""
    guardian, teen = await bound.home.guardian(), await bound.home.teen()
    await bound.home.link(guardian, teen)
    return Bound(bound.home, bound.app, guardian, teen, await bound.app.bind(teen))


async def read(one: Bound) -> dict[str, Any]:
    """The policy without whose it is."""
    made: dict[str, Any] = msgspec.to_builtins(await one.policy())
    del made["teen"]
    return made


def hints(stream: Listener, one: Bound) -> list[tuple[str, int]]:
    """What the stream told of a teen."""
    told = [(sent.event, sent.data) for sent in stream.events if sent.event in {"policy", "gone"}]
    return [(name, data.get("version", 0)) for name, data in told if data["teen"] == one.subject]


async def test_an_exit_reads_as_a_guardians_own_end_in_every_version_and_hint(bound: Bound) -> None:
    """Rules, versions, instants and hints are equal, then and for three weeks."""
    home = bound.home
    worlds = [await world(bound), await world(bound)]
    await bound.tick(2 * DAY)
    for one in worlds:
        await home.write(one.guardian, one.teen, RULES)
    await bound.tick(10 * DAY)
    links = [(await home.get(one.teen, "/v1/links")).json()["items"][0]["id"] for one in worlds]
    await bound.sync()
    await bound.tick(HOUR)
    left, ended = worlds
    async with bound.listener() as stream:
        await stream.expect("hello")
        gone = await home.post(left.teen, f"/v1/links/{links[0]}/safety-exit", {"confirm": True})
        assert gone.is_success, gone.text
        over = await home.post(ended.guardian, f"/v1/links/{links[1]}/end", {})
        assert over.is_success, over.text
        await home.write(bound.guardian, bound.teen, limit(45))
        await stream.until(lambda: len(hints(stream, bound)) == 1)
    assert hints(stream, left) == hints(stream, ended)
    for later in (HOUR, DAY, 2 * DAY, 4 * DAY, DAY, 13 * DAY):
        assert await read(left) == await read(ended)
        await bound.tick(later)
