"""Completeness for hosts: pages, what is gone, and nothing that two hosts could join."""

import msgspec

from familypair_server.ids import SystemRandom, new_id
from familypair_server.policies.building import help_for
from support.hosts import host_app
from support.policies import Bound, limit, synced

STRANGERS = "sub_" + "0" * 26


async def test_pages_hold_every_teen_once_and_name_who_is_gone(bound: Bound) -> None:
    """Three teens, pages by ids of the host; what it had and is not bound is `gone`, once."""
    home, app = bound.home, bound.app
    ids = {bound.subject, *[await app.bind(await home.teen(f"Teen {n}")) for n in range(2)]}
    everyone = sorted(ids)
    whole = await bound.sync()
    assert [one.teen for one in whole.teens] == everyone
    assert (whole.next, whole.gone, whole.now) == (None, (), home.clock())
    assert whole.help == help_for(home.app.context.settings.country)
    assert all([(await bound.opened(one)).version == 1 for one in whole.teens])
    end = "sub_zzz"
    for after, through in (("", everyone[0]), (everyone[0], everyone[1]), (everyone[1], end)):
        asked = {"have": {end: 3, STRANGERS: 1}, "after": after, "through": through}
        page = await synced(app, asked)
        assert [one.teen for one in page.teens] == [i for i in everyone if after < i <= through]
        assert page.gone == tuple(i for i in (STRANGERS, end) if after < i <= through)
    only = await synced(app, {"only": [everyone[2], STRANGERS, "x"], "have": {everyone[2]: 1}})
    assert [(one.teen, one.document) for one in only.teens] == [(everyone[2], None)]
    assert only.gone == (STRANGERS, "x")


async def test_two_hosts_of_one_teen_share_nothing_that_joins_them(bound: Bound) -> None:
    """Ids, versions, tags and documents differ; a host's id for the teen is nothing elsewhere."""
    home, other = bound.home, await host_app(bound.home, "Mail")
    await bound.sync()
    await home.write(bound.guardian, bound.teen, limit(45))
    mine, subject = await bound.policy(), await other.bind(bound.teen)
    (theirs,) = (await synced(other, {})).teens
    assert (mine.version, theirs.version, theirs.teen) == (2, 1, subject)
    assert subject != bound.subject
    answer = (await bound.get()).text + str(msgspec.json.encode(mine))
    for secret in (subject, other.id, bound.teen, bound.guardian, "Mia", "Dana", "Smith"):
        assert secret not in answer
    # not bound here, bound elsewhere and nobody's: one and the same answer
    absent = new_id(SystemRandom(), "sub")
    found = [await other.call("GET", f"/v1/policies/{one}") for one in (bound.subject, absent)]
    assert [one.status_code for one in found] == [404, 404]
    assert found[0].headers["content-length"] == found[1].headers["content-length"]
    gone = await synced(other, {"only": [bound.subject, absent], "have": {bound.subject: 1}})
    assert gone.gone == tuple(sorted((bound.subject, absent)))
    for one in (bound.subject, absent):
        body = {"device": "phone", "version": 1}
        said = await other.call("POST", f"/v1/policies/{one}/applied", json=body)
        assert (said.status_code, said.json()["code"]) == (404, "not_found")


async def test_what_a_host_declares_moves_its_versions_alone(bound: Bound) -> None:
    """Restricted search is a promise in the document; an action that there is not is refused."""
    other = await host_app(bound.home, "Mail")
    await other.bind(bound.teen)
    have = {one.teen: one.version for one in (await synced(other, {})).teens}
    assert not (await bound.policy()).restricted
    path = "/v1/host/capabilities"
    assert (await bound.app.call("GET", path)).json()["enforces"] == []
    said = {"enforces": ["search.query", "app.use"], "restricted_search": True}
    first = await bound.app.call("PUT", path, json=said)
    assert first.json()["enforces"] == ["app.use", "search.query"]
    assert (await bound.app.call("PUT", path, json=said)).json() == first.json()
    found = await bound.policy()
    assert (found.version, found.restricted) == (2, True)
    (theirs,) = (await synced(other, {"have": have})).teens
    assert (theirs.version, theirs.document) == (1, None)
    bad = await bound.app.call("PUT", path, json={"enforces": ["app.use", "app.abuse"]})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/enforces/1")
    assert (await bound.app.call("GET", path)).json() == first.json()


async def test_searches_that_a_host_stopped_are_counted_for_its_own_teens(bound: Bound) -> None:
    """They wait to be written with those that the server stopped; a stranger's are not counted."""
    stopped = bound.home.app.context.decisions.stopped
    await bound.sync(blocked={bound.subject: 3, STRANGERS: 5})
    assert {teen: count for (teen, _), count in stopped.take().items()} == {bound.teen: 3}
