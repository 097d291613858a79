"""A new password ends everything that the old one began, also what is not a sign-in yet."""

import httpx2

from familypair.reasons import Reason, Refusal
from familypair.testing.forms import read_forms
from familypair_server.auth import device_page
from support.server import PASSWORD, Person, Running, answer_of, device_code, poll, redeem
from support.sign_ins import auth_of, only_session

FRESH = "nine purple umbrellas on a hill"


async def change_password(person: Person) -> httpx2.Response:
    """The form on the account page."""
    page = await person.web.get("/account")
    index = len(read_forms(page.text)) - 1
    return await person.send(page, {"password": PASSWORD, "new_password": FRESH}, index=index)


async def test_an_approved_device_code_pays_nothing_afterwards(server: Running) -> None:
    """Approved from a browser that somebody else got at: the owner's new password denies it."""
    dana = await server.guardian()
    code, other = await device_code(dana.web), await device_code(dana.web)
    await dana.decide(code["user_code"], "approve")
    assert (await change_password(dana)).status_code == 303
    reply = await poll(dana.web, code)
    assert (reply.status_code, reply.json()["error"]) == (400, "access_denied")
    await dana.decide(other["user_code"], "approve")
    assert (await poll(dana.web, other)).status_code == 200


async def test_others_device_codes_live_on(server: Running) -> None:
    """Somebody else's approved code pays as before."""
    dana, mia = await server.guardian(), await server.teen()
    code = await device_code(mia.web)
    await mia.decide(code["user_code"], "approve")
    await change_password(dana)
    assert (await poll(mia.web, code)).status_code == 200


async def test_an_authorization_code_pays_nothing_afterwards(server: Running) -> None:
    """Issued before, unused; the twin without a password change pays."""
    dana = await server.guardian()
    twin = answer_of(await dana.consent())["code"]
    assert (await redeem(dana.web, twin)).status_code == 200
    code = answer_of(await dana.consent())["code"]
    await change_password(dana)
    reply = await redeem(dana.web, code)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")


async def test_an_approval_cannot_slip_in_after_it(server: Running) -> None:
    """A decision counts only while the browser session that made it lives."""
    dana = await server.guardian()
    code, auth = await device_code(dana.web), auth_of(server)
    old = await only_session(server, dana)
    await change_password(dana)
    late = device_page.Typed(
        code=code["user_code"],
        account_id=old.account_id,
        session_id=old.id,
        network="192.0.2.0/24",
        now=server.clock(),
        keys=auth.keys,
    )
    answer = await server.store.run(device_page.decide(late, "approve"))
    assert answer == Refusal(Reason.CODE_NOT_VALID, "/user_code")
    assert (await poll(dana.web, code)).json()["error"] == "authorization_pending"
