"""`/ask`: from an app's no, the teen sees what is asked of whom, sends it, and goes back there."""

from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from familypair.testing.forms import read_forms
from familypair_server.auth import sessions
from familypair_server.ids import SystemRandom
from support.asking import House, limit
from support.hosts import HostApp, host_app

CALLBACK = "https://loop.example/cb"
pytestmark = pytest.mark.engine("sqlite")
"""About the page: what a request does is tested on both engines beside it."""


@dataclass
class Sat:
    """Somebody at a browser, signed in on the pages, whom the app sends there."""

    house: House
    app: HostApp
    who: str
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    async def arrive(self, **query: str) -> httpx2.Response:
        """Open the page as the app's link does."""
        return await self.get("/ask", params={"app": self.app.id, **query})

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        """Open a page."""
        return await self.house.home.web.get(path, headers=self._headers(), **more)

    async def send(self, page: httpx2.Response, **typed: str) -> httpx2.Response:
        """Fill in the page's form and send it."""
        fields = {**read_forms(page.text)[0].fields, **typed}
        return await self.house.home.web.post("/ask", headers=self._headers(), data=fields)

    def _headers(self) -> dict[str, str]:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": held} if held else {}


async def sits(house: House, who: str, app: HostApp) -> Sat:
    """Sign this person in on the pages."""
    work = sessions.start(
        account_id=who, network="192.0.2.0/24", now=house.home.clock(), random=SystemRandom()
    )
    cookie = await house.home.store.run(work)
    return Sat(house, app, who, {"__Host-fp_session": cookie})


async def mia(house: House) -> Sat:
    """The teen, who has connected the app."""
    app = await host_app(house.home)
    await app.bind(house.teen)
    return await sits(house, house.teen, app)


def words(page: httpx2.Response) -> str:
    """What the page says, on one line."""
    return " ".join(unescape(page.text).split())


def answer(reply: httpx2.Response, address: str = CALLBACK) -> dict[str, str]:
    """What the app hears; it must be at this address of it."""
    assert reply.status_code == 303, reply.text
    parts = urlsplit(reply.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == address
    return dict(parse_qsl(parts.query))


async def test_minutes_are_asked_of_exactly_those_in_the_way(house: House) -> None:
    """Each choice says of whom; what is sent is a request like any other; the app hears no more."""
    teen = await mia(house)
    await house.sets(house.dana, limit(60))
    await house.sets(house.sam, limit(80))
    page = await teen.arrive(wish="minutes", state="s 1&x=2")
    said = words(page)
    assert page.status_code == 200
    assert '+15 min today</label> <p class="hint" id="about-1">Goes to Dana Smith. ' in said
    assert '+30 min today</label> <p class="hint" id="about-2">Goes to Dana Smith and Sam' in said
    assert "limit 60 min to 1 h 15, today only" in said
    assert "does not learn what you asked for" in said
    assert "script" not in page.text
    assert page.headers["content-security-policy"].endswith(
        "form-action 'self' https://loop.example"
    )
    sent = await teen.send(page, choice="30", reason="one more <b>round</b>")
    assert answer(sent) == {"asked": "sent", "state": "s 1&x=2", "iss": "https://pair.example"}
    listed = (await house.home.get(house.dana, f"/v1/teens/{house.teen}/requests")).json()["items"]
    assert [(one["words"], one["reason"]) for one in listed] == [
        ("+30 min today", "one more <b>round</b>")
    ]
    assert await house.waits(house.sam) == 1
    twice = await teen.send(page, choice="30")
    assert answer(twice)["asked"] == "sent"
    assert await house.waits(house.dana) == 1


async def test_every_kind_of_wish_has_its_choices(house: House) -> None:
    """A block, a setting, a blocked account; each becomes the wish that it says."""
    teen = await mia(house)
    blocked = [{"host": "Loop", "account": "kim"}]
    school = [{"kind": "school", "days": ["mon"], "start": "06:00", "end": "23:00"}]
    await house.sets(
        house.dana,
        {
            "schedule": {"blocks": school},
            "interactions": {"mentions": "no_one"},
            "contacts": {"blocked": blocked},
        },
    )
    asked = (
        ({"wish": "lift_block"}, "60", "lift_block", 4),
        ({"wish": "settings", "field": "interactions.mentions"}, "friends", "settings", 2),
        ({"wish": "unblock", "field": "kim"}, "only", "unblock", 1),
    )
    for query, choice, kind, count in asked:
        page = await teen.arrive(**query)
        assert page.text.count('name="choice"') == count, query
        answer(await teen.send(page, choice=choice))
        path = f"/v1/teens/{house.teen}/requests"
        (newest, *_) = (await house.home.get(house.teen, path)).json()["items"]
        assert newest["wish"]["type"] == kind
        house.home.clock.tick(timedelta(seconds=1))


async def test_a_search_is_asked_for_with_the_words_or_without(house: House) -> None:
    """Without, those who are asked read the category; with, the words, and a yes opens these."""
    teen = await mia(house)
    await house.sets(house.dana, {"search": {"packs": {"gambling": "ask"}}})
    page = await teen.arrive(wish="search", field="gambling")
    assert "Searches: gambling" in words(page)
    assert "Goes to Dana Smith." in words(page)
    assert "Without, only \u201cgambling\u201d is sent, and a yes opens all of it." in words(page)
    odd = await teen.send(page, words="x" * 101)
    assert (odd.status_code, 'id="words-problem"' in odd.text) == (400, True)
    answer(await teen.send(page))
    house.home.clock.tick(timedelta(seconds=1))
    answer(await teen.send(page, words="poker rules"))
    listed = (await house.home.get(house.dana, f"/v1/teens/{house.teen}/requests")).json()["items"]
    assert [one["wish"].get("words") for one in listed] == ["poker rules", ""]
    unknown = await teen.arrive(wish="search", field="nonsense")
    assert "This cannot be asked for now" in words(unknown)


async def test_what_nobody_has_to_grant_or_nobody_can_is_said(house: House) -> None:
    """No request, no form: a sentence and the way back."""
    teen = await mia(house)
    own = await teen.arrive(wish="settings", field="interactions.mentions", state="s")
    assert "You need nobody for this" in words(own)
    assert "familypair set me interactions.mentions" in words(own)
    words_of_a_list = await teen.arrive(wish="settings", field="search.blocked_terms")
    assert "familypair ask set search.blocked_terms" in words(words_of_a_list)
    capped = await teen.arrive(wish="settings", field="live.host")
    assert "This cannot be asked for now" in words(capped)
    free = await teen.arrive(wish="lift_block")
    assert "You need nobody for this" in words(free)
    for page in (own, words_of_a_list, capped, free):
        assert read_forms(page.text) == []
        assert f'href="{CALLBACK}?asked=no' in page.text
    for odd in (
        {"wish": "settings", "field": "nonsense"},
        {"wish": "unblock"},
        {"wish": "place"},
        {},
    ):
        page = await teen.arrive(**odd)
        assert (page.status_code, "cannot be used" in page.text) == (400, True), odd


async def test_it_goes_back_to_a_registered_address_and_never_to_another(house: House) -> None:
    """Open redirects: neither the query, nor the form, nor a seal of something else leads away."""
    teen = await mia(house)
    await house.sets(house.dana, limit(60))
    for uri in (
        "https://evil.example/cb",
        "https://loop.example/cb/",
        "https://loop.example.evil.example/cb",
        "https://loop.example/cb?x=1",
        "https://loop.example@evil.example/cb",
        "//evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost/cb",
    ):
        page = await teen.arrive(wish="minutes", redirect_uri=uri)
        assert (page.status_code, "location" in page.headers) == (400, False), uri
        assert "evil" not in page.text
    page = await teen.arrive(wish="minutes", redirect_uri="http://127.0.0.1:5005/cb")
    sent = await teen.send(page, choice="15", redirect_uri="https://evil.example/", back="//evil")
    assert answer(sent, "http://127.0.0.1:5005/cb")["asked"] == "sent"
    forged = await teen.send(page, choice="15", request="00" * 40)
    assert (forged.status_code, "expired" in forged.text) == (400, True)
    doubled = await teen.get(f"/ask?app={teen.app.id}&app=x&wish=minutes")
    assert doubled.status_code == 400
    house.home.clock.tick(timedelta(minutes=11))
    late = await teen.send(page, choice="15")
    assert (late.status_code, "expired" in late.text) == (400, True)


async def test_only_a_teen_who_connected_the_app_asks_there(house: House) -> None:
    """A stranger's app, an app that is not connected, a guardian, a sibling: a clear page each."""
    teen = await mia(house)
    await house.sets(house.dana, limit(60))
    for app in ("", "cli_unknown", "familypair-cli", "é\x00"):
        page = await teen.get("/ask", params={"app": app, "wish": "minutes"})
        assert (page.status_code, "cannot be used" in page.text) == (400, True), app
    other = await sits(house, house.teen, await host_app(house.home, "Mail"))
    page = await other.arrive(wish="minutes")
    assert (page.status_code, "not connected this app" in words(page)) == (403, True)
    guardian = await sits(house, house.dana, teen.app)
    page = await guardian.arrive(wish="minutes")
    assert (page.status_code, "Only a teen can ask here" in words(page)) == (403, True)
    good = await teen.arrive(wish="minutes")
    stolen = read_forms(good.text)[0].fields["request"]
    page = await guardian.get("/ask", params={"request": stolen})
    assert page.status_code == 403
    page = await teen.arrive(wish="minutes", teen="sub_somebody_else")
    assert (page.status_code, "somebody else" in words(page)) == (403, True)
    mine = await teen.app.bind(house.teen)
    assert (await teen.arrive(wish="minutes", teen=mine)).status_code == 200
    assert await house.waits(house.dana) == 0


async def test_a_sign_in_on_the_way_changes_nothing(house: House) -> None:
    """Nobody signed in: the sealed visit goes through the sign-in page, and only there."""
    teen = await mia(house)
    await house.sets(house.dana, limit(60))
    nobody = Sat(house, teen.app, "")
    away = await nobody.arrive(wish="minutes", state="s")
    where = away.headers["location"]
    assert where.startswith("/signin?next=a.")
    signin = await nobody.get(where)
    kept = read_forms(signin.text)[0].fields["next"]
    page = await teen.get(f"/ask?request={kept.removeprefix('a.')}")
    assert answer(await teen.send(page, choice="15"))["state"] == "s"
    for odd in ("a.https://evil.example", "a.", "a.xyz", "b.00"):
        fields = read_forms((await nobody.get(f"/signin?next={odd}")).text)[0].fields
        assert fields["next"] == "account", odd


async def test_a_form_of_another_site_and_a_refusal_send_nothing(house: House) -> None:
    """CSRF, no choice, hostile words and too much asking: nothing is asked, all of it is said."""
    teen = await mia(house)
    await house.sets(house.dana, limit(60))
    page = await teen.arrive(wish="minutes")
    assert (await teen.send(page, choice="15", csrf="0" * 64)).status_code == 403
    none = await teen.send(page, choice="1440")
    assert (none.status_code, "Choose one of these." in none.text) == (400, True)
    long = await teen.send(page, choice="15", reason="x" * 141)
    assert (long.status_code, 'id="reason-problem"' in long.text) == (400, True)
    assert await house.waits(house.dana) == 0
    request = await house.asked({"type": "minutes", "minutes": 15})
    await house.did(house.dana, request, "decline")
    again = await teen.send(page, choice="15")
    assert (again.status_code, 'id="answer-problem"' in again.text) == (429, True)
