"""The live value `request`: whole on connect and on every change, to those who may read it."""

import pytest

from support.asking import MINUTES, House, limit
from support.streams import Listener


def told(stream: Listener) -> list[dict[str, object]]:
    """Every value of `request` that came."""
    return [one.data for one in stream.events if one.event == "request"]


@pytest.mark.engine("sqlite")
async def test_everybody_who_may_read_it_sees_it_change(house: House) -> None:
    """Asked, offered, taken: the teen's and Dana's screens follow; Sam's hears nothing."""
    await house.sets(house.dana, limit(60))
    async with (
        Listener(house.home, house.teen) as teen,
        Listener(house.home, house.dana) as dana,
        Listener(house.home, house.sam) as sam,
    ):
        await dana.until(lambda: len(told(dana)) == 1)
        assert told(dana)[0] == {"teen": house.teen, "requests": [], "waiting": 0}
        request = await house.asked(MINUTES)
        await dana.until(lambda: told(dana)[-1]["waiting"] == 1)
        offer = {"wish": {"type": "minutes", "minutes": 10}}
        await house.did(house.dana, request, "counter", offer)
        await teen.until(lambda: told(teen)[-1]["waiting"] == 1)
        await house.did(house.teen, request, "accept")
        await dana.until(lambda: "approved" in str(told(dana)[-1]))
        assert told(dana)[-1]["waiting"] == 0
        await sam.until(lambda: any(one.event == "entry" for one in sam.events))
        assert told(sam) == [{"teen": house.teen, "requests": [], "waiting": 0}]
