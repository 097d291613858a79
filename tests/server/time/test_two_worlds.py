"""Two teens whose use differs only inside a step of 15 minutes: their guardians read the same."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from familypair.schema.scopes import ALL_SCOPES, Scope
from support.homes import Home
from support.timed import MINUTE, Timed, daily
from support.uses import SECOND, Reporter, used

pytestmark = pytest.mark.engine("sqlite")

BLIND = tuple(scope for scope in ALL_SCOPES if scope is not Scope.SEE_TIME)
WORLDS = (67.3, 72.9)
"""Minutes of use at the first look, of a limit of 60: both read as 60."""
LATER = (76.2, 89.8)
"""And at the second: both read as 75."""
_MASKED = re.compile(
    r'[a-z]{3}_[0-9a-z]{26}|[0-9a-f]{64}|"code":"\d{6}"|"etag":"[^,]*"'
    r'|"(activated_at|probation_until)":"[^"]*"'
)
"""Ids, hashes over them, the digits of codes, and when each pair was linked."""
_TEEN = "/v1/teens/:teen"
_AMOUNTS = (1, 5, 1360, 1367, 1368, 1373, 1380, 1381)


async def _worlds(home: Home, scopes: tuple[Scope, ...]) -> list[Timed]:
    pairs = [(await home.guardian(), await home.teen()) for _ in WORLDS]
    for guardian, teen in pairs:
        await home.link(guardian, teen, scopes)
    await home.settle_in()
    worlds: list[Timed] = []
    for number, (guardian, teen) in enumerate(pairs):
        phone = await Reporter.of(home.people, f"phone{number}", teen=teen)
        await home.write(guardian, teen, daily(60))
        worlds.append(Timed(home, guardian, teen, phone))
    return worlds


class Sight:
    """What one guardian was answered, without what differs between any two families."""

    def __init__(self, world: Timed) -> None:
        self.world, self.home = world, world.home
        self.read: list[tuple[str, int, str]] = []
        self.given: dict[str, Any] = {}
        self.linked = 0
        """Entries of the link itself."""

    async def ask(self, method: str, path: str, body: Any = None, who: str = "") -> Any:
        """Ask, keep the answer where the guardian asked, return it."""
        where = path.replace(":teen", self.world.teen)
        answer = await self.home.web.request(
            method,
            where,
            headers=self.home.headers(who or self.world.guardian),
            **({} if body is None else {"json": body}),
        )
        if not who:
            text = _MASKED.sub("*", answer.text)
            self.read.append(
                (_MASKED.sub("*", f"{method} {path} {body}"), answer.status_code, text)
            )
        return answer.json() if answer.text.startswith("{") else None

    async def look(self) -> None:
        """Read everything that there is to read of the open day."""
        for page in ("", "/time", "/requests", f"/ledger?after={self.linked}", "/calendar"):
            await self.ask("GET", f"{_TEEN}{page}")
        await self.ask("GET", "/v1/teens")
        for minutes in _AMOUNTS:
            await self.ask("POST", f"{_TEEN}/grants/preview", {"minutes": minutes})
            await self.ask("POST", f"{_TEEN}/codes", {"minutes": minutes})
        await self.ask("POST", f"{_TEEN}/grants/preview", {"rest_of_day": True})
        for limit in (10, 65, 72, "none"):
            await self.ask("POST", f"{_TEEN}/preview", {"patch": daily(limit)})

    async def give(self, body: Any) -> None:
        """Give, and look at the balance."""
        self.given = await self.ask("POST", f"{_TEEN}/grants", body)
        await self.ask("GET", f"{_TEEN}/time")

    async def take_back(self) -> None:
        """Take the last gift back, and once more."""
        for _ in range(2):
            await self.ask("DELETE", f"/v1/grants/{self.given['id']}")

    async def agree(self, minutes: int) -> None:
        """The teen asks, and gets it."""
        wish = {"wish": {"type": "minutes", "minutes": minutes}}
        asked = await self.ask("POST", f"{_TEEN}/requests", wish, self.world.teen)
        await self.ask("GET", f"/v1/requests/{asked['id']}")
        await self.ask("POST", f"/v1/requests/{asked['id']}/approve", {})

    async def limit(self, minutes: int) -> None:
        """Another limit of their own, which moves every rounding."""
        await self.home.write(self.world.guardian, self.world.teen, daily(minutes))
        await self.ask("GET", f"{_TEEN}/time")


_ACTS: tuple[Callable[[Sight], Awaitable[None]], ...] = (
    Sight.look,
    lambda one: one.give({"minutes": 11}),
    Sight.take_back,
    lambda one: one.give({"minutes": 4}),
    lambda one: one.limit(20),
    lambda one: one.limit(68),
    lambda one: one.agree(7),
    lambda one: one.give({"rest_of_day": True}),
    Sight.take_back,
    lambda one: one.limit(60),
    Sight.look,
)


def _difference(one: tuple[str, int, str], other: tuple[str, int, str]) -> tuple[str, str, str]:
    """The request, and both answers around their first difference."""
    texts = f"{one[1]} {one[2]}", f"{other[1]} {other[2]}"
    at = next((n for n, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]), 0)
    return one[0], texts[0][max(0, at - 200) : at + 80], texts[1][max(0, at - 200) : at + 80]


@pytest.mark.parametrize("scopes", [ALL_SCOPES, BLIND])
async def test_a_guardian_reads_the_same_of_two_uses_in_one_step(
    house: Timed, scopes: tuple[Scope, ...]
) -> None:
    """Section 8: pages, previews, gifts, codes, requests and history are equal byte for byte."""
    worlds = await _worlds(house.home, scopes)
    sights = [Sight(world) for world in worlds]
    for sight in sights:
        sight.linked = len(await house.home.inbox(sight.world.guardian, sight.world.teen))
    start = house.home.clock()
    before = [0.0, 0.0]
    for at, minutes in ((75, WORLDS), (95, LATER)):
        house.home.clock.set(start + at * MINUTE)
        for place, sight in enumerate(sights):
            # of the second look only what came after the first report
            since = start + (at - 20) * MINUTE if before[place] else start
            until = since + (minutes[place] - before[place]) * MINUTE
            await sight.world.phone.send(used(since, until, seq=at, device=f"phone{place}"))
        before = list(minutes)
        await house.home.sign_in_again()
        for act in _ACTS:
            house.home.clock.tick(SECOND)
            for sight in sights:
                await act(sight)
    for one, other in zip(sights[0].read, sights[1].read, strict=True):
        assert one == other, _difference(one, other)
    assert {status for _, status, _ in sights[0].read} >= {200, 201, 422}
    real = [(await world.time(world.teen))["today"]["used_seconds"] for world in worlds]
    assert real == [round(minutes * 60) for minutes in LATER]
