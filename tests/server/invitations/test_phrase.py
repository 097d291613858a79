"""The matching phrase: in the guardian's answers alone, three tries, the last thing asked."""

from datetime import timedelta

import httpx2
import pytest

from familypair.rules.actors import Actor
from familypair.schema.scopes import ALL_SCOPES
from familypair_server.invitations import codes
from support.pairs import Api, House
from support.server import Running

READ = timedelta(seconds=5)


class Heard(Api):
    """An API client that keeps the text of every answer."""

    def __init__(self, api: Api) -> None:
        self.web, self.headers, self.server = api.web, api.headers, api.server
        self.texts: list[str] = []
        self.web.event_hooks["response"].append(self._keep)

    async def _keep(self, reply: httpx2.Response) -> None:
        await reply.aread()
        self.texts.append(f"{reply.text} {dict(reply.headers)}")


async def story(server: Running, starter: Actor) -> tuple[Heard, Heard, str, str]:
    """A whole handshake with a wrong phrase in it: teen, guardian, phrase, invitation."""
    house = House(server)
    guardian_id, teen_id = await house.guardian(), await house.teen()
    guardian = Heard(await house.api(guardian_id))
    teen = Heard(await house.api(teen_id))
    first, second = (guardian, teen) if starter is Actor.GUARDIAN else (teen, guardian)
    offered = (await first.post("invitations", {})).json()
    await first.get(f"invitations/{offered['id']}")
    await second.post("invitations/claim", {"code": offered["code"]})
    path = f"invitations/{offered['id']}"
    if starter is Actor.TEEN:
        await guardian.post(f"{path}/confirm", {})
    await teen.post(f"{path}/disclosure")
    server.clock.tick(READ)
    phrase = (await guardian.get(path)).json()["phrase"]
    answer = {"phrase": "wrong words 00", "scopes": list(ALL_SCOPES)}
    assert (await teen.post(f"{path}/approve", answer)).json()["code"] == "wrong_phrase"
    await teen.get(path)
    await teen.get("invitations")
    done = await teen.post(f"{path}/approve", {**answer, "phrase": phrase.upper()})
    assert done.status_code == 200, done.text
    for tail in ("invitations", path, "links", "me", f"teens/{teen_id}/ledger"):
        await teen.get(tail)
    return teen, guardian, phrase, offered["id"]


@pytest.mark.parametrize("starter", [Actor.GUARDIAN, Actor.TEEN])
async def test_no_answer_to_the_teen_holds_the_phrase(server: Running, starter: Actor) -> None:
    """Every byte that the teen's token was ever answered is searched; the guardian's has it."""
    teen, guardian, phrase, _ = await story(server, starter)
    assert len(teen.texts) > 8
    words = phrase.split()
    for text in teen.texts:
        assert phrase not in text
        assert not all(word in text for word in words)
    assert any(phrase in text for text in guardian.texts)


async def test_three_wrong_phrases_cancel(server: Running) -> None:
    """Two may be wrong; the third ends the invitation, and the right one comes too late."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    invitation_id = await house.disclosed(guardian, teen)
    api = await house.api(teen)
    answer = {"phrase": "wrong words 00", "scopes": list(ALL_SCOPES)}
    path = f"invitations/{invitation_id}"
    tries = [await api.post(f"{path}/approve", answer) for _ in range(3)]
    codes_of = [reply.json()["code"] for reply in tries]
    assert codes_of == ["wrong_phrase", "wrong_phrase", "phrase_tries_used_up"]
    right = {**answer, "phrase": codes.phrase(house.keys, invitation_id)}
    late = await api.post(f"{path}/approve", right)
    assert (late.status_code, late.json()["code"]) == (409, "no_such_move")
    assert (await api.get(path)).json()["state"] == "cancelled"


async def test_a_yes_needs_password_text_time_and_phrase(server: Running) -> None:
    """Each missing one is refused and changes nothing (security t1c)."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    offered = await house.offer(guardian, Actor.GUARDIAN)
    await house.claim(teen, Actor.TEEN, offered.code or "")
    phrase = codes.phrase(house.keys, offered.id)
    answer = {"phrase": phrase, "scopes": list(ALL_SCOPES)}
    path = f"invitations/{offered.id}"
    by_device = await house.api(teen, recent=False)
    no_password = await by_device.post(f"{path}/approve", answer)
    assert no_password.status_code == 401
    assert "max_age=300" in no_password.headers["www-authenticate"]
    api = await house.api(teen)
    assert (await api.post(f"{path}/approve", answer)).json()["code"] == "disclosure_not_shown"
    await api.post(f"{path}/disclosure")
    assert (await api.post(f"{path}/approve", answer)).json()["code"] == "too_soon"
    assert (await api.get("links")).json()["items"] == []
    server.clock.tick(READ)
    assert (await api.post(f"{path}/approve", answer)).status_code == 200


async def test_only_what_was_asked_can_be_granted(server: Running) -> None:
    """A scope beyond the wish is refused; a needed one left out declines the link."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    api = await house.api(await house.guardian("Ben"))
    made = await api.post("invitations", {"scopes": ["see_time"], "needed": ["set_time"]})
    assert (made.status_code, made.json()["code"]) == (422, "scope_not_asked")
    first = await (await house.api(guardian)).post(
        "invitations", {"scopes": ["see_time", "set_time"], "needed": ["set_time"]}
    )
    path = f"invitations/{first.json()['id']}"
    mine = await house.api(teen)
    await mine.post("invitations/claim", {"code": first.json()["code"]})
    await mine.post(f"{path}/disclosure")
    server.clock.tick(READ)
    phrase = codes.phrase(house.keys, first.json()["id"])
    more = await mine.post(f"{path}/approve", {"phrase": phrase, "scopes": list(ALL_SCOPES)})
    assert more.json()["code"] == "scope_not_asked"
    less = await mine.post(f"{path}/approve", {"phrase": phrase, "scopes": ["see_time"]})
    assert less.json()["code"] == "needed_scope_declined"
    assert (await mine.get(path)).json()["state"] == "declined"


async def test_a_repeated_yes_gets_the_same_answer(server: Running) -> None:
    """Whose answer was lost asks again with the key; without it the invitation is over."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    invitation_id = await house.disclosed(guardian, teen)
    api = await house.api(teen)
    answer = {"phrase": codes.phrase(house.keys, invitation_id), "scopes": ["see_time"]}
    path = f"invitations/{invitation_id}/approve"
    first = await api.post(path, answer, Idempotency_Key="k")
    again = await api.post(path, answer, Idempotency_Key="k")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert (await api.post(path, answer)).json()["code"] == "no_such_move"
    assert len((await api.get("links")).json()["items"]) == 1
