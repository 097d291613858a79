"""The handshake over HTTP, whole, from both sides, by people who sign up on the pages."""

from datetime import timedelta
from typing import Any

import pytest

from support.server import Person, Running

READ = timedelta(seconds=5)
PROBATION = timedelta(hours=24)


async def post(person: Person, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    """POST below `/v1`, and the answer."""
    reply = await person.web.post(f"/v1/{path}", json=body, headers=person.auth)
    assert reply.status_code == status, reply.text
    return dict(reply.json())


async def get(person: Person, path: str, status: int = 200) -> dict[str, Any]:
    """GET below `/v1`, and the answer."""
    reply = await person.web.get(f"/v1/{path}", headers=person.auth)
    assert reply.status_code == status, reply.text
    return dict(reply.json())


async def link_of(person: Person) -> dict[str, Any]:
    """The person's newest link."""
    return dict((await get(person, "links"))["items"][0])


async def pair(server: Running, guardian: Person, teen: Person, starter: Person) -> None:
    """The whole handshake; the phrase travels by voice."""
    claimer = teen if starter is guardian else guardian
    offered = await post(starter, "invitations", {}, 201)
    claimed = await post(claimer, "invitations/claim", {"code": offered["code"].lower()})
    path = f"invitations/{offered['id']}"
    assert claimed["id"] == offered["id"]
    if starter is teen:
        assert (await get(guardian, path))["other"]["name"] == "Mia Smith"
        await post(guardian, f"{path}/confirm", {})
    shown = await post(teen, f"{path}/disclosure")
    assert shown["never"]
    phrase = (await get(guardian, path))["phrase"]
    server.clock.tick(READ)
    await teen.step_up()
    scopes = [line["scope"] for line in shown["scopes"]]
    done = await post(teen, f"{path}/approve", {"phrase": phrase, "scopes": scopes})
    assert done["state"] == "approved"
    assert done["link"] == (await link_of(guardian))["id"] == (await link_of(teen))["id"]


@pytest.mark.parametrize("first", ["guardian", "teen"])
async def test_either_side_starts(server: Running, first: str) -> None:
    """Code, claim, disclosure, five seconds, password, phrase: then both have an active link."""
    guardian, teen = await server.guardian(), await server.teen()
    await pair(server, guardian, teen, guardian if first == "guardian" else teen)
    for person in (guardian, teen):
        link = await link_of(person)
        assert (link["state"], link["phase"]) == ("active", "probation")


async def test_device_sign_in_cannot_approve(server: Running) -> None:
    """A token of the device flow needs a step-up for the yes, and for nothing before it (T10)."""
    guardian, teen = await server.guardian(), await server.teen()
    offered = await post(guardian, "invitations", {}, 201)
    await post(teen, "invitations/claim", {"code": offered["code"]})
    path = f"invitations/{offered['id']}"
    await post(teen, f"{path}/disclosure")
    server.clock.tick(READ)
    phrase = (await get(guardian, path))["phrase"]
    scopes = ["see_time"]
    body = {"phrase": phrase, "scopes": scopes}
    refused = await post(teen, f"{path}/approve", body, 401)
    assert refused["code"] == "insufficient_user_authentication"


async def test_a_whole_life_of_a_link(server: Running) -> None:
    """Linked, probation over, ended, taken back, left for good; each side reads what is theirs."""
    guardian, teen = await server.guardian(), await server.teen()
    await pair(server, guardian, teen, guardian)
    teen_id, link = (await get(teen, "me"))["id"], (await link_of(teen))["id"]
    server.clock.tick(PROBATION)
    for person in (guardian, teen):
        await person.sign_in()
        await person.sign_in_app()
    assert (await link_of(guardian))["phase"] == "active"
    await get(guardian, f"teens/{teen_id}/settings")
    assert (await post(teen, f"links/{link}/end", {}))["phase"] == "notice"
    await get(guardian, f"teens/{teen_id}/settings", 404)
    await teen.step_up()
    await post(teen, f"links/{link}/resume")
    await post(guardian, f"links/{link}/resume/confirm")
    await get(guardian, f"teens/{teen_id}/settings")
    done = await post(teen, f"links/{link}/safety-exit", {"confirm": True})
    assert done["help_lines"]
    paused = await get(guardian, f"teens/{teen_id}/settings", 503)
    assert paused["code"] == "teen_unavailable"
    entries = (await get(teen, f"teens/{teen_id}/ledger"))["items"]
    assert [entry["entry"]["type"] for entry in entries] == [
        "link.activated",
        "link.probation_ended",
        "link.ending",
        "link.resume_proposed",
        "link.resumed",
        "link.ended",
    ]
