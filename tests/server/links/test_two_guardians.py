"""Two guardians of one teen: neither can see that the other exists."""

import re

from familypair.testing import ManualClock
from support.pairs import Api, House
from support.server import Running

START = ManualClock()()
_ID = re.compile(r"(?:acc|lnk|inv)_[0-9a-z]{26}")
_HASH = re.compile(r"[0-9a-f]{32,64}|(?<=etag\":\"\\\")[^\"]+")


async def everything(api: Api, teen: str) -> str:
    """All that a guardian can read."""
    paths = (
        "me",
        "links",
        "invitations",
        "teens",
        f"teens/{teen}",
        f"teens/{teen}/settings",
        f"teens/{teen}/layers/mine",
        f"teens/{teen}/ledger",
    )
    replies = [await api.get(path) for path in paths]
    assert {reply.status_code for reply in replies} == {200}
    return " ".join(reply.text for reply in replies)


async def test_the_other_guardian_is_nowhere(server: Running) -> None:
    """Neither name, account, link nor any entry of the other's is in any answer."""
    house = House(server)
    dana, omar = await house.guardian("Dana"), await house.guardian("Omar")
    teen = await house.teen()
    links = {dana: await house.linked(dana, teen), omar: await house.linked(omar, teen)}
    for me, name, other in ((dana, "Omar", omar), (omar, "Dana", dana)):
        text = await everything(await house.api(me), teen)
        for hidden in (name, other, links[other]):
            assert hidden not in text, (me, hidden)


async def test_a_guardian_cannot_touch_the_others_link(server: Running) -> None:
    """The other's link is absent to them, whatever they try."""
    house = House(server)
    dana, omar = await house.guardian("Dana"), await house.guardian("Omar")
    teen = await house.teen()
    theirs = await house.linked(dana, teen)
    await house.linked(omar, teen)
    api = await house.api(omar)
    for tail in ("/end", "/resume", "/safety-exit", "/keep-rules"):
        body = {"confirm": True} if tail == "/safety-exit" else {}
        assert (await api.post(f"links/{theirs}{tail}", body)).status_code == 404, tail


async def test_an_exit_reads_like_a_guardians_own_end(server: Running) -> None:
    """To the other guardian the two worlds are byte-equal, but for random ids and hashes."""
    house = House(server)
    worlds: list[str] = []
    for leaves in ("exit", "end"):
        dana, omar = await house.guardian("Dana"), await house.guardian("Omar")
        teen = await house.teen()
        link = await house.linked(dana, teen)
        await house.linked(omar, teen)
        if leaves == "exit":
            done = await (await house.api(teen)).post(
                f"links/{link}/safety-exit", {"confirm": True}
            )
        else:
            done = await (await house.api(dana)).post(f"links/{link}/end", {})
        assert done.status_code == 200, done.text
        worlds.append(_without_chance(await everything(await house.api(omar), teen)))
        house.clock.set(START)
    assert worlds[0] == worlds[1]


def _without_chance(text: str) -> str:
    """The text with ids in the order in which they come, and without keyed hashes."""
    ids = list(dict.fromkeys(_ID.findall(text)))
    for number, found in enumerate(ids):
        text = text.replace(found, f"id{number}")
    return _HASH.sub("hash", text)
