"""The sample app: no surface forgets to ask, a no stops it and is explained, safety stays open."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import httpx2
import pytest
from litestar import Litestar, get
from litestar.routes import HTTPRoute

from familypair.reasons import Reason
from familypair.rules.decide.actions import ACTIONS
from familypair.rules.decide.model import Question
from familypair.schema.decisions import AskHint, DecisionContext, Evaluated
from familypair.schema.policies import By, Help, HelpLine
from familypair_tui.demo.app_loop.acts import ACTS
from familypair_tui.demo.app_loop.app import create_app
from familypair_tui.demo.app_loop.gate import Answer, Watched
from familypair_tui.demo.app_loop.guard import ask_first
from familypair_tui.demo.app_loop.log import Log, Page
from familypair_tui.demo.app_loop.meter import LONGEST, Meter, Used
from familypair_tui.demo.app_loop.parts import Parts
from familypair_tui.demo.app_loop.reading import LogReader
from familypair_tui.demo.app_loop.sessions import Member
from familypair_tui.demo.app_loop.surfaces import OPEN, SURFACES, Surface
from familypair_tui.demo.app_loop.visiting import Visits
from familypair_tui.demo.app_loop.world import FRIEND

NOW = datetime(2026, 11, 21, 16, tzinfo=UTC)
HOME = "http://127.0.0.1:8099"
HOSTILE = "<script>alert(1)</script> [@click=app.boom]no[/] \"&amp;'"
MIA = Member("Mia", "sub_mia", ZoneInfo("Europe/Dublin"))
SEARCH = next(surface for surface in SURFACES if surface.name == "search")
SECRET_WORDS = "zebra-crossing-words"
FILLED = {"account": "ada", "post": "p1", "q": SECRET_WORDS, "text": SECRET_WORDS}


def answer(outcome: str = "allow", **more: Any) -> Evaluated:
    """What a gate says."""
    context: dict[str, Any] = {
        "outcome": outcome,
        "reason": Reason.ALLOWED if outcome == "allow" else Reason.LIMIT_REACHED,
        "explanation": HOSTILE,
        "decided_by": By.GUARDIAN,
        "policy_version": 7,
        "valid_until": NOW + timedelta(seconds=60),
        **more,
    }
    return Evaluated(decision=outcome == "allow", context=DecisionContext(**context))


@dataclass
class Says:
    """A gate that records what it is asked, and says what a test wants."""

    reply: Callable[[Question], Evaluated] = lambda _: answer()
    where: str = "cache"
    asked: list[tuple[str, Question]] = field(default_factory=list[tuple[str, Question]])

    async def ask(self, teen: str, question: Question) -> Answer:
        """Note it, then say it."""
        self.asked.append((teen, question))
        return Answer(self.reply(question), self.where, micros=12.34)


@dataclass
class Running:
    """The app with a browser in which Mia is signed in."""

    app: Litestar
    parts: Parts
    gate: Says
    web: httpx2.AsyncClient
    transport: httpx2.ASGITransport
    used: list[Used]

    async def do(self, surface: Surface, *, api: bool = False, **more: str) -> httpx2.Response:
        """Use a surface."""
        fields = {**FILLED, **more}
        path = surface.api if api else surface.path
        for name, value in fields.items():
            path = path.replace(f"{{{name}:str}}", value)
        sent: dict[str, Any] = {"params": fields} if surface.method == "GET" else {"json": fields}
        if surface.method == "POST" and not api:
            sent = {"data": fields}
        return await self.web.request(surface.method, path, **sent)


@asynccontextmanager
async def opened(gate: Says, *, signed_in: bool = True) -> AsyncGenerator[Running]:
    """The app over this gate."""
    used: list[Used] = []
    clock = iter(NOW + timedelta(seconds=n) for n in range(100_000))

    async def report(_: Member, one: Used) -> None:
        used.append(one)

    parts = Parts(
        issuer="https://pair.example",
        client_id="cli_loop",
        members={"mia": MIA},
        gate=Watched(gate, Log(), lambda: NOW),
        clock=lambda: next(clock),
        report=report,
        log_token="the-token",
        address=HOME,
    )
    app = create_app(parts)
    transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]  # an ASGI app with narrower scope types
    async with httpx2.AsyncClient(transport=transport, base_url=HOME, trust_env=False) as web:
        if signed_in:
            reply = await web.post("/enter", data={"teen": "mia"})
            assert (reply.status_code, reply.headers["location"]) == (303, "/feed")
        yield Running(app, parts, gate, web, transport, used)


def routes(app: Litestar) -> dict[str, dict[str, Any]]:
    """Every method and path of the app, with what its handler says of itself."""
    found: dict[str, dict[str, Any]] = {}
    for one in app.routes:
        assert isinstance(one, HTTPRoute), f"{one.path} is no ordinary route: the guard must see it"
        for handler in one.route_handlers:
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                path = next(path for path in handler.paths)
                found[f"{method} {path}"] = {**handler.opt, "at": one.path}
    return found


async def test_every_route_asks_or_is_marked_as_always_open() -> None:
    """A route that is in no table fails here; what is always open is for safety, sign-in, style."""
    async with opened(Says()) as it:
        found = routes(it.app)
        asking = {name for name, opt in found.items() if "surface" in opt}
        open_ones = {name: opt["open"] for name, opt in found.items() if "open" in opt}
        assert asking | set(open_ones) == set(found)
        table = {f"{s.method} {path}" for s in SURFACES for path in (s.path, s.api)}
        assert (asking, open_ones) == (table, dict(OPEN))
        assert set(OPEN.values()) == {"safety", "sign-in", "static", "log"}
        assert cast("Any", it.app).guards == [ask_first]
    asked = {action for surface in SURFACES for action in surface.asks}
    assert asked == ACTIONS - {"safety.use"}
    assert all(surface.asks for surface in SURFACES)
    assert {surface.name for surface in SURFACES} == set(ACTS)


async def test_a_route_that_is_in_no_table_is_closed() -> None:
    """Forgetting to ask closes a surface, it does not open one."""

    @get("/new-feature")
    async def forgotten() -> str:
        return "done"

    app = Litestar([forgotten], guards=[ask_first], openapi_config=None)
    transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]  # an ASGI app with narrower scope types
    async with httpx2.AsyncClient(transport=transport, base_url=HOME) as web:
        reply = await web.get("/new-feature")
    assert (reply.status_code, "done" in reply.text) == (403, False)


@pytest.mark.parametrize("outcome", ["deny", "ask"])
async def test_a_gate_that_says_no_lets_nothing_happen_and_everything_is_explained(
    outcome: str,
) -> None:
    """Every surface, as a page and as JSON: nothing changes; the words are shown, not as markup."""
    asks = AskHint(wish="minutes")
    async with opened(Says(lambda _: answer(outcome, ask=asks))) as it:
        for surface in SURFACES:
            page = await it.do(surface)
            assert page.status_code == 403, surface.name
            assert "&lt;script&gt;alert(1)&lt;/script&gt; [@click=app.boom]no[/]" in page.text
            assert "<script" not in page.text
            assert "Nobody can change this one" not in page.text
            assert "Ask for more time" in page.text
            said = await it.do(surface, api=True)
            assert (said.status_code, said.json()["shown"]) == (403, None)
            assert (said.json()["said"]["outcome"], said.json()["said"]["explanation"]) == (
                outcome,
                HOSTILE,
            )
            assert said.json()["said"]["ask"].startswith("https://pair.example/ask?")
        assert len(it.gate.asked) == 2 * len(SURFACES)  # the first no is enough
        assert (it.parts.world.acts, it.parts.world.spaces, it.used) == (0, {}, [])


async def test_every_surface_asks_what_its_row_says_before_it_works() -> None:
    """The teen's id, the actions in order, the account with its facts, the words of a search."""
    async with opened(Says()) as it:
        for surface in SURFACES:
            for api in (False, True):
                it.gate.asked.clear()
                reply = await it.do(surface, api=api)
                assert reply.status_code == 200, (surface.name, reply.text)
                assert [question.action for _, question in it.gate.asked] == list(surface.asks)
                for teen, question in it.gate.asked:
                    assert teen == "sub_mia"
                    assert question.account == ("ada" if surface.account else "")
                    assert question.facts.friend is bool(surface.account)
                    assert question.text == (SECRET_WORDS if surface.text else "")
                    assert question.part == surface.part
        log = (await it.web.get("/demo/decisions", headers=bearer())).text
        assert SECRET_WORDS not in log
        assert "ada" not in log
        assert it.parts.world.acts > 0
        assert {one.surface for one in it.used} <= {surface.used_as for surface in SURFACES}


async def test_the_second_question_stops_it_too() -> None:
    """A picture is a message and media: a no to either sends nothing."""
    picture = next(surface for surface in SURFACES if surface.name == "send_picture")
    for stopped, asked in (("message.send", 1), ("message.media", 2)):
        gate = Says(lambda q, stopped=stopped: answer("deny" if q.action == stopped else "allow"))  # type: ignore[misc]  # a default binds the loop's value
        async with opened(gate) as it:
            assert (await it.do(picture)).status_code == 403
            assert (len(gate.asked), it.parts.world.acts) == (asked, 0)


async def test_safety_is_open_whatever_the_gate_does() -> None:
    """Help, reports and blocks ask nobody: not at a no, not when asking fails, not for nobody."""

    def broken(_: Question) -> Evaluated:
        raise RuntimeError("the gate is broken")

    for signed_in in (True, False):
        async with opened(Says(broken), signed_in=signed_in) as it:
            for name, kind in OPEN.items():
                if kind == "safety":
                    method, path = name.split(" ")
                    reply = await it.web.request(method, path.replace("{account:str}", "robin"))
                    assert reply.status_code == 200, name
            assert it.gate.asked == []


async def test_nobody_is_asked_about_who_is_not_signed_in() -> None:
    """The start page, or 401; a wrong cookie is nobody's."""
    async with opened(Says(), signed_in=False) as it:
        it.web.cookies.set("loop_session", "guessed")
        for surface in SURFACES:
            assert (await it.do(surface)).headers["location"] == "/"
            assert (await it.do(surface, api=True)).status_code == 401
        assert it.gate.asked == []
        assert (await it.web.post("/enter", data={"teen": "sam"})).headers["location"] == "/"


async def test_a_yes_can_say_more() -> None:
    """Minutes left, the calm screen, restricted results and help lines are shown."""
    lines = Help(country="IE", lines=(HelpLine(name="Childline", contact="1800 66 66 66"),))
    more: dict[str, Any] = {"minutes_left": 12, "calm": True, "restricted": True, "help": lines}
    async with opened(Says(lambda _: answer(**more))) as it:
        page = (await it.web.get("/search?q=the+best+poker+hands")).text
        assert "12 minutes left today" in page
        assert '<body class="calm">' in page
        assert "Only posts that suit your age are shown." in page
        assert "poker" not in page
        assert "1800 66 66 66" in page
    async with opened(Says()) as it:
        assert "poker" in (await it.web.get("/search?q=poker")).text


async def test_from_a_no_to_asking_and_back() -> None:
    """The way to the pairing server names wish, teen and our own address; a state works once."""
    asks = AskHint(wish="unblock")
    async with opened(Says(lambda _: answer("deny", ask=asks))) as it:
        page = await it.web.get("/search?q=a%20b")
        assert "Ask to unblock this account" in page.text
        chat = next(surface for surface in SURFACES if surface.name == "send")
        said = await it.do(chat, api=True, account="kim")
        asked = query(said)
        state = asked.pop("state")
        assert asked == {
            "app": "cli_loop",
            "wish": "unblock",
            "field": "kim",
            "teen": "sub_mia",
            "redirect_uri": f"{HOME}/asked",
        }
        back = await it.web.get("/asked", params={"asked": "sent", "state": state})
        assert "Your request is on its way" in back.text
        assert 'href="/messages"' in back.text
        again = await it.web.get("/asked", params={"asked": "sent", "state": state})
        assert again.headers["location"] == "/feed"
        foreign = await it.web.get("/asked", params={"state": "https://evil.example"})
        assert foreign.headers["location"] == "/feed"
        searched = query(await it.do(SEARCH, api=True))
        state = searched["state"]
        assert SECRET_WORDS not in str(searched)
        kept = await it.web.get("/asked", params={"asked": "no", "state": state})
        assert "Nothing was sent." in kept.text
        assert 'href="/search?' in kept.text


async def test_other_sites_cannot_act_here() -> None:
    """A form of another site, and another name for this machine's address, reach nothing."""
    async with opened(Says()) as it:
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ):
            for path in ("/posts", "/report", "/enter", "/leave"):
                reply = await it.web.post(path, data={"text": "x"}, headers=headers)
                assert reply.status_code == 403, (path, headers)
        reply = await it.web.get("/feed", headers={"Host": "evil.example"})
        assert (reply.status_code, it.gate.asked) == (400, [])
        assert (await it.web.get("/feed")).status_code == 200


def query(said: httpx2.Response) -> dict[str, str]:
    """What goes along to the pairing server from a no."""
    return dict(parse_qsl(urlsplit(str(said.json()["said"]["ask"])).query))


def bearer(token: str = "the-token") -> dict[str, str]:
    """The header of who reads the log."""
    return {"Authorization": f"Bearer {token}"}


async def test_the_log_is_for_who_has_the_token_and_goes_on_from_where_one_was() -> None:
    """Figures of all that is kept; items only once."""
    async with opened(Says()) as it:
        for headers in ({}, bearer("guessed"), {"Authorization": "the-token"}):
            assert (await it.web.get("/demo/decisions", headers=headers)).status_code == 401
        reader = LogReader(HOME, "the-token", it.transport)
        assert await reader.read() == Page()
        await it.web.get("/feed")
        await it.web.get("/live")
        first = await reader.read()
        assert [(one.surface, one.action, one.outcome) for one in first.items] == [
            ("feed", "app.use", "allow"),
            ("watch_live", "live.watch", "allow"),
        ]
        assert (first.asked, first.by_cache) == (2, 2)
        assert (first.p50, first.p99) == (12.3, 12.3)
        assert (await reader.read()).items == ()
        reader.from_start()
        assert (await reader.read()).items == first.items
        await reader.close()


@pytest.mark.parametrize("body", [b"{", b'{"text": "\\ud800"}', b"\xff", b"[1]", b""])
async def test_a_body_that_cannot_be_read_is_no_fault_of_the_app(body: bytes) -> None:
    """A plain answer, and the app goes on."""
    async with opened(Says()) as app:
        headers = {"content-type": "application/json"}
        said = await app.web.post("/api/posts", content=body, headers=headers)
        assert said.status_code < 500
        for after in ("²", "-1", "x"):
            page = await app.web.get("/demo/decisions", params={"after": after}, headers=bearer())
            assert page.status_code == 200


async def test_made_up_visits_ask_what_the_surfaces_ask() -> None:
    """One thing after the other, each a real question about the teen that uses the app."""
    gate = Says()
    async with opened(gate) as app:
        visit = Visits(app.parts)
        for _ in range(24):
            await visit(MIA.teen)
    asked = {question.action for _, question in gate.asked}
    assert {"app.use", "search.query", "message.receive", "live.host", "profile.view"} <= asked
    assert {teen for teen, _ in gate.asked} == {MIA.teen}


def test_a_page_counts_until_the_next_one() -> None:
    """Five minutes at most, and nothing before the first page or at a clock that stands still."""
    meter = Meter()
    minute = timedelta(minutes=1)
    assert meter.look("feed", NOW) is None
    assert meter.look("search", NOW) is None
    assert meter.look("feed", NOW + minute) == Used("search", NOW, NOW + minute)
    long = meter.look("feed", NOW + 61 * minute)
    assert long == Used("feed", NOW + minute, NOW + minute + LONGEST)


def test_friends_are_friends_on_both_sides() -> None:
    """The made-up facts mean what the rules mean by them."""
    assert FRIEND.friend
