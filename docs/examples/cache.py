"""Decisions in your own process; run with `URL`, `ID`, `SECRET` and `TEEN` set."""

import asyncio
from os import environ as env

from familypair.client import PolicyCache


async def main() -> None:
    async with PolicyCache(env["URL"], env["ID"], env["SECRET"]) as cache:
        await cache.ready()
        decision = cache.decide(env["TEEN"], "search.query", text="what is a period")
        print(decision.outcome, decision.reason, decision.decided_by, decision.valid_until)
        print(decision.explanation)


asyncio.run(main())
