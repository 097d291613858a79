"""When the database cannot answer, people and programs are told so, and nothing else happens."""

from datetime import timedelta

import pytest

from familypair_server.storage import StoreUnavailable
from support.server import PASSWORD, Running, device_code


async def _away(*_: object) -> None:
    raise StoreUnavailable("gone")


async def test_a_missing_database_is_said(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 everywhere: JSON for the API and OAuth, a readable page for people; then it goes on."""
    dana = await server.guardian()
    page = await dana.web.get("/signin")
    with monkeypatch.context() as broken:
        for name in ("run", "read"):
            broken.setattr(type(server.store), name, _away)
        server.clock.tick(timedelta(seconds=2))
        replies = [
            await dana.web.post("/oauth/device_authorization", data=_form()),
            await dana.web.get("/v1/me/sessions", headers=dana.auth),
            await dana.web.get("/account"),
            await dana.send(page, {"login": dana.login, "password": PASSWORD}),
        ]
    assert [reply.status_code for reply in replies] == [503] * 4
    assert [reply.json()["code"] for reply in replies[:2]] == ["unavailable"] * 2
    assert ["try again soon" in reply.text for reply in replies[2:]] == [True, True]
    assert "gone" not in "".join(reply.text for reply in replies)
    await device_code(dana.web)


def _form() -> dict[str, str]:
    return {"client_id": "familypair-cli", "scope": "family"}
