"""Codes: one answer to everything that does not work, and guesses that are counted for good."""

from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from familypair.rules.actors import Actor
from familypair.schema.invitations import InvitationForm
from familypair_server.invitations import codes
from familypair_server.storage import Store
from support.faults import digest
from support.linked import problem
from support.pairs import House
from support.server import Running, running

WRONG = "BCDF-GHJK"
HOUR = timedelta(hours=1)


async def refused(house: House, kind: str, reason: str) -> httpx2.Response:
    """The answer to a code that does not work for this reason, for a claimer of this kind."""
    starter = Actor.GUARDIAN if kind == "teen" else Actor.TEEN
    claimer = Actor(kind)
    make = {Actor.GUARDIAN: house.guardian, Actor.TEEN: house.teen}
    issuer, me = await make[starter](), await make[claimer]()
    code = (await house.offer(issuer, starter)).code or ""
    match reason:
        case "used":
            await house.claim(await make[claimer](), claimer, code)
        case "expired":
            house.clock.tick(timedelta(minutes=10))
        case "replaced":
            await house.offer(issuer, starter)
        case "foreign":
            code = (await house.offer(await make[claimer](), claimer)).code or ""
        case "own":
            code = (await house.offer(me, claimer)).code or ""
        case "blocked":
            await _decline(
                house, issuer if kind == "teen" else me, me if kind == "teen" else issuer
            )
            code = (await house.offer(issuer, starter)).code or ""
        case _:
            code = WRONG
    return await (await house.api(me)).post("invitations/claim", {"code": code})


async def _decline(house: House, guardian: str, teen: str) -> None:
    invitation_id = await house.disclosed(guardian, teen)
    reply = await (await house.api(teen)).post(f"invitations/{invitation_id}/decline")
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("kind", ["guardian", "teen"])
async def test_one_answer_to_every_code_that_does_not_work(server: Running, kind: str) -> None:
    """Wrong, used, expired, replaced, foreign, own and blocked: equal bytes but the request id."""
    house = House(server)
    reasons = ("wrong", "used", "expired", "replaced", "foreign", "own", "blocked")
    answers = {reason: problem(await refused(house, kind, reason)) for reason in reasons}
    assert answers["wrong"][0] == 404
    assert all(answer == answers["wrong"] for answer in answers.values()), answers


NO_CODES = ["", "A", "BCDF", "BCDF-GHJK-LMNP", "\x1b[31mBCDF", "a" * 400, "#", "'; --"]


async def test_what_is_no_code_is_a_wrong_code(server: Running) -> None:
    """Text that can be no code gets the same answer, and never a server error."""
    house = House(server)
    for number, text in enumerate(NO_CODES):
        api = await house.api(await house.teen(), address=f"198.51.{number}.1")
        given = await api.post("invitations/claim", {"code": text})
        wrong = await api.post("invitations/claim", {"code": WRONG})
        assert problem(given) == problem(wrong), text


def _without_dash(code: str) -> str:
    return code.replace("-", "")


def _with_blanks(code: str) -> str:
    return f" {code[:2]} {code[2:]}  "


async def test_a_code_is_read_as_people_type_it(server: Running) -> None:
    """Case, dashes and blanks do not matter."""
    house = House(server)
    for change in (str.lower, _without_dash, _with_blanks):
        guardian, teen = await house.guardian(), await house.teen()
        code = (await house.offer(guardian, Actor.GUARDIAN)).code or ""
        claimed = await (await house.api(teen)).post("invitations/claim", {"code": change(code)})
        assert claimed.status_code == 200, claimed.text


async def test_five_wrong_codes_an_hour(server: Running) -> None:
    """The sixth try waits, also with the right code; after the hour it works."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    api = await house.api(teen)
    for _ in range(5):
        assert (await api.post("invitations/claim", {"code": WRONG})).status_code == 404
    link = await house.offer(guardian, Actor.GUARDIAN, InvitationForm.LINK)
    waiting = await api.post("invitations/claim", {"code": link.url})
    assert waiting.json()["code"] == "too_many_guesses"
    assert 0 < int(waiting.headers["retry-after"]) <= 3600
    server.clock.tick(HOUR)
    assert (await api.post("invitations/claim", {"code": link.url})).status_code == 200


async def test_twenty_wrong_codes_an_hour_per_address(server: Running) -> None:
    """Many accounts at one address share a count; another address is free."""
    house = House(server)
    for _ in range(4):
        api = await house.api(await house.teen(), address="198.51.100.7")
        for _ in range(5):
            assert (await api.post("invitations/claim", {"code": WRONG})).status_code == 404
    here = await house.api(await house.teen(), address="198.51.100.9")
    assert (await here.post("invitations/claim", {"code": WRONG})).status_code == 429
    there = await house.api(await house.teen(), address="203.0.113.9")
    assert (await there.post("invitations/claim", {"code": WRONG})).status_code == 404


async def test_the_count_survives_a_restart(store: Store, tmp_path: Path) -> None:
    """Guesses are in the database: a new process knows them."""
    async with running(store, tmp_path) as first:
        house = House(first)
        teen = await house.teen()
        for _ in range(5):
            await house.claim(teen, Actor.TEEN, WRONG)
        clock = first.clock
    async with running(store, tmp_path, clock=clock) as second:
        again = await House(second).api(teen)
        reply = await again.post("invitations/claim", {"code": WRONG})
        assert reply.json()["code"] == "too_many_guesses"


async def test_a_repeated_request_shows_the_same_code(server: Running) -> None:
    """The same key and body: the same invitation and code; another body is refused."""
    house = House(server)
    api = await house.api(await house.guardian())
    key = {"Idempotency_Key": "k-1"}
    first = await api.post("invitations", {}, **key)
    again = await api.post("invitations", {}, **key)
    assert first.json() == again.json()
    other = await api.post("invitations", {"form": "link"}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_no_code_is_in_the_database(server: Running, store: Store) -> None:
    """Only keyed hashes of code, token and phrase are stored."""
    house = House(server)
    guardian, teen = await house.guardian(), await house.teen()
    offered = await house.offer(guardian, Actor.GUARDIAN)
    link = await house.offer(teen, Actor.TEEN, InvitationForm.LINK)
    text = repr(await digest(store))
    phrase = codes.phrase(house.keys, offered.id)
    for secret in (offered.code, (link.url or "").partition("#")[2], phrase):
        assert secret
        assert secret not in text


async def test_an_invitation_link_shows_initials_until_approval(server: Running) -> None:
    """Through a link the claimer learns initials only; a code shows the claimed name."""
    house = House(server)
    guardian, teen = await house.guardian("Dana Smith"), await house.teen("Mia Jones")
    link = await house.offer(guardian, Actor.GUARDIAN, InvitationForm.LINK)
    assert link.code is None
    claimed = await (await house.api(teen)).post("invitations/claim", {"code": link.url})
    assert claimed.json()["other"]["name"] == "D. S."
    seen = await (await house.api(guardian)).get(f"invitations/{link.id}")
    assert seen.json()["other"]["name"] == "M. J."
