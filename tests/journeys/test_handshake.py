"""The handshake over HTTP, whole, from both sides, on both engines."""

from datetime import timedelta

from support.server import Running


async def test_a_guardian_starts_and_the_teen_approves(server: Running) -> None:
    """Code, claim, disclosure, five seconds, password, phrase: then both have an active link."""
    guardian, teen = await server.guardian(), await server.teen()
    made = await guardian.web.post("/v1/invitations", json={}, headers=guardian.auth)
    assert made.status_code == 201, made.text
    code, inv = made.json()["code"], made.json()["id"]
    claimed = await teen.web.post("/v1/invitations/claim", json={"code": code}, headers=teen.auth)
    assert claimed.status_code == 200, claimed.text
    shown = await teen.web.post(f"/v1/invitations/{inv}/disclosure", headers=teen.auth)
    assert shown.status_code == 200, shown.text
    phrase = (await guardian.web.get(f"/v1/invitations/{inv}", headers=guardian.auth)).json()[
        "phrase"
    ]
    server.clock.tick(timedelta(seconds=5))
    await teen.step_up()
    scopes = [line["scope"] for line in shown.json()["scopes"]]
    done = await teen.web.post(
        f"/v1/invitations/{inv}/approve",
        json={"phrase": phrase, "scopes": scopes},
        headers=teen.auth,
    )
    assert done.status_code == 200, done.text
    for person in (guardian, teen):
        links = (await person.web.get("/v1/links", headers=person.auth)).json()["items"]
        assert [link["state"] for link in links] == ["active"]
