"""What the next answer says after something has changed, and what nobody can tell apart."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from familypair_server.decisions.running import write_stopped
from familypair_server.hosts.binding import unbind
from familypair_server.ids import new_id
from familypair_server.storage import Statement, open_store
from support.hosts import SECRET, basic, host_app
from support.questions import FEED, MANY, ONE, STRANGER, Scene
from support.timed import daily
from support.uses import MINUTE, as_json, used

GAMBLING = "online casino"
HOUR = timedelta(hours=1)
BESIDE = ("host_token", "word_pack_head")
"""Who asks, and whether the word packs are the same: asked whatever the subject is."""


def search(query: str) -> dict[str, Any]:
    """A search as a resource and a context."""
    return {"resource": {"type": "query", "id": "q"}, "context": {"query": query}}


async def test_the_next_answer_has_every_change_in_it(here: Scene) -> None:
    """A rule, use, a gift, a block, what the host declares, an end: each at once on this node."""
    home, teen = here.home, here.teen
    assert (await here.ask())["reason"] == "allowed"
    blocks = {"contacts": {"blocked": [{"host": here.host.id, "account": STRANGER["id"]}]}}
    await home.write(here.guardian, teen, daily(60))
    said = await here.ask()
    assert (said["minutes_left"], said["policy_version"]) == ("more_than_15", 2)
    reply = await here.host.put_device("phone", here.subject)
    assert reply.status_code == 200
    now = home.clock.tick(HOUR)
    taken = as_json([used(now - HOUR, now)])
    await here.host.sign_in()
    assert (await here.host.call("POST", "/v1/usage", json=taken)).status_code == 200
    said = await here.ask()
    assert (said["decision"], said["reason"], said["minutes_left"]) == (False, "limit_reached", 0)
    await home.sign_in_again()
    gift = await home.post(here.guardian, f"/v1/teens/{teen}/grants", {"minutes": 10})
    assert gift.status_code == 201, gift.text
    said = await here.ask()
    assert (said["decision"], said["minutes_left"]) == (True, 10)
    assert (await here.ask("message.receive", resource=STRANGER))["reason"] != "blocked_contact"
    await home.write(teen, teen, blocks)
    assert (await here.ask("message.receive", resource=STRANGER))["reason"] == "blocked_contact"
    assert (await here.ask("search.query", **search("dinosaurs")))["reason"] == "restricted_mode"
    declared = {"enforces": ["search.query"], "restricted_search": True}
    assert (await here.host.call("PUT", "/v1/host/capabilities", json=declared)).status_code == 200
    assert (await here.ask("search.query", **search("dinosaurs")))["restricted"] is True
    gone = await home.web.delete(f"/v1/me/apps/{here.host.id}", headers=home.headers(teen))
    assert gone.is_success
    assert (await here.ask())["reason"] == "unknown_subject"


async def test_a_revoked_token_is_refused_with_the_next_question(here: Scene) -> None:
    """And a token without the scope, a person's token, and none; nothing is said beside that."""
    host = here.host
    assert (await here.post(here.question())).status_code == 200
    token = host.headers["Authorization"].partition(" ")[2]
    form = {"token": token}
    reply = await here.home.web.post("/oauth/revoke", data=form, headers=basic(host.id, SECRET))
    assert reply.status_code == 200, reply.text
    await host.sign_in("usage:write")
    scopeless = dict(host.headers)
    person = here.home.headers(here.guardian)
    for headers, status, code, challenge in (
        (
            {"Authorization": f"Bearer {token}"},
            401,
            "invalid_token",
            'Bearer error="invalid_token"',
        ),
        ({}, 401, "unauthenticated", "Bearer"),
        (scopeless, 403, "wrong_scope", 'Bearer error="insufficient_scope"'),
        (person, 403, "wrong_caller", None),
    ):
        for path in (ONE, MANY):
            reply = await here.home.web.post(path, headers=headers, json=here.question())
            assert (reply.status_code, reply.json()["code"]) == (status, code)
            assert reply.headers.get("www-authenticate") == challenge
    for method in ("GET", "PUT", "DELETE"):
        reply = await host.call(method, ONE)
        assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


async def test_nobody_can_tell_why_a_subject_is_unknown(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unbound, another host's, made up, no id at all, a guardian: the same bytes and statements."""
    other = await host_app(here.home, "Other")
    theirs = await other.bind(here.teen)
    former = await here.home.teen("Former")
    subject = await here.host.bind(former)
    assert (await here.ask(subject={"type": "teen", "id": subject}))["reason"] == "allowed"
    people = here.home.people
    work = unbind(
        former, here.host.id, now=here.home.clock(), keys=people.keys, random=people.random
    )
    await here.home.store.run(work)
    made_up = new_id(people.random, "sub")
    asked = [subject, theirs, made_up, "x", "", "a\x00b", here.guardian, here.teen, "'; --"]
    ran: list[str] = []
    name = "_command"  # every statement is made there
    made: Any = getattr(Statement, name)

    def counted(self: Statement[Any], kind: Any, params: Any) -> Any:
        ran.append(self.source[0])
        return made(self, kind, params)

    monkeypatch.setattr(Statement, name, counted)
    seen: set[Any] = set()
    for action in ("app.use", "search.query", "message.receive", "safety.use", "no.such"):
        for one in asked:
            ran.clear()
            here.home.app.context.decisions.shelf.clear()
            question = here.question(
                action, subject={"type": "teen", "id": one}, **search("who is there")
            )
            reply = await here.post(question, **{"X-Request-ID": "same"})
            statements = tuple(s for s in ran if not any(name in s for name in BESIDE))
            seen.add((action, reply.content, tuple(sorted(reply.headers.items())), statements))
    assert len(seen) == 5
    assert {len(one[3]) for one in seen} == {1}
    user = await here.ask(subject={"type": "user", "id": here.subject})
    assert (user["reason"], user["decision"]) == ("unknown_subject", False)


@pytest.mark.engine("pg")
async def test_what_another_node_wrote_is_in_the_answers_a_second_later(
    here: Scene, database_url: str
) -> None:
    """A node that was told nothing looks again, with one look while nothing has moved."""
    assert (await here.ask())["decision"] is True
    elsewhere = await open_store(database_url)
    people = here.home.people
    work = unbind(
        here.teen, here.host.id, now=here.home.clock(), keys=people.keys, random=people.random
    )
    await elsewhere.run(work)
    await elsewhere.close()
    assert (await here.ask())["decision"] is True
    here.home.clock.tick(timedelta(seconds=1))
    assert (await here.ask())["reason"] == "unknown_subject"


async def test_searches_with_a_word_of_a_pack_are_counted_once(here: Scene) -> None:
    """Not help, not an own term; written after the answer, and read when the day is over."""
    home, teen = here.home, here.teen
    await home.write(teen, teen, {"search": {"blocked_terms": ["zebra"]}})
    for query in ("dinosaurs", "childline", "zebra"):
        await here.ask("search.query", **search(query))
    assert len(home.app.context.decisions.stopped) == 0
    said = await here.ask("search.query", **search(GAMBLING))
    assert (said["reason"], said["category"]) == ("blocked_category", "gambling")
    item = {"action": {"name": "search.query"}, **search(GAMBLING)}
    await here.post({"subject": here.who, "evaluations": [item] * 8}, MANY)
    await home.write(here.guardian, here.teen, {"search": {"blocked_terms": ["zebra", "casino"]}})
    said = await here.ask("search.query", **search(GAMBLING))
    assert (said["reason"], said["term"], said["category"]) == (
        "blocked_term",
        "casino",
        "gambling",
    )
    before = await _band(here)
    await write_stopped(home.app.context)
    assert await _band(here) == before == {"this_week": "0", "last_week": "0"}
    await write_stopped(home.app.context)
    assert len(home.app.context.decisions.stopped) == 0
    home.clock.tick(timedelta(days=1))
    await home.sign_in_again()
    assert await _band(here) == {"this_week": "10+", "last_week": "0"}


@pytest.mark.engine("sqlite")
async def test_a_search_that_is_too_long_is_refused_by_its_place(here: Scene) -> None:
    """Whoever is asked about; blanks make nothing long; other actions have no words."""
    long = search("x " * 251)
    for subject in (here.who, {"type": "teen", "id": "nobody"}):
        body = {**here.question("search.query", **long), "subject": subject}
        reply = await here.host.call("POST", ONE, json=body)
        found = [(one["code"], one["pointer"]) for one in reply.json()["errors"]]
        assert (reply.status_code, found) == (400, [("too_long", "/context/query")])
    assert (await here.ask("app.use", **long))["reason"] == "allowed"
    said = await here.ask("search.query", **search(" " * 500 + GAMBLING))
    assert said["reason"] == "blocked_category"
    items = [{"action": {"name": "search.query"}, **one} for one in (search("frogs"), long)]
    reply = await here.post({"subject": here.who, "evaluations": items}, MANY)
    first, second = reply.json()["evaluations"]
    assert "error" not in first["context"]
    assert second["context"]["reason"] == "too_long"
    assert second["context"]["error"]["pointer"] == "/evaluations/1/context/query"


@pytest.mark.engine("sqlite")
async def test_accounts_that_cannot_be_read_are_answered_one_by_one(here: Scene) -> None:
    """In a batch too: another type of resource is not the post beside it."""
    blocks = {"contacts": {"blocked": [{"host": here.host.id, "account": "4711"}]}}
    await here.home.write(here.teen, here.teen, blocks)
    action = {"action": {"name": "message.send"}}
    friend = {"properties": {"follows_me": True, "i_follow": True, "has_messaged": True}}
    items = [
        {**action, "resource": {"type": kind, "id": "4711", **friend}} for kind in ("post", "user")
    ]
    reply = await here.post({"subject": here.who, "evaluations": items}, MANY)
    assert [one["context"]["reason"] for one in reply.json()["evaluations"]] == [
        "not_in_audience",
        "blocked_contact",
    ]


async def _band(here: Scene) -> dict[str, Any]:
    answer = await here.home.get(here.guardian, f"/v1/teens/{here.teen}")
    return dict(answer.json()["search"])


@pytest.mark.engine("sqlite")
async def test_a_batch_ends_where_its_semantic_says(here: Scene) -> None:
    """`&&` ends with the first no, also a fault; `||` with the first yes (section 7.1.2.1)."""
    use, view = {"action": {"name": "app.use"}}, {"action": {"name": "profile.view"}}

    async def decisions(semantic: str, *items: Any) -> list[bool]:
        options = {"evaluations_semantic": semantic}
        body = {"subject": here.who, "resource": STRANGER, "options": options}
        reply = await here.post({**body, "evaluations": list(items)}, MANY)
        assert reply.status_code == 200, reply.text
        return [one["decision"] for one in reply.json()["evaluations"]]

    assert await decisions("execute_all", use, view, use) == [True, False, True]
    assert await decisions("deny_on_first_deny", use, view, use) == [True, False]
    assert await decisions("deny_on_first_deny", use, {}, use) == [True, False]
    assert await decisions("deny_on_first_deny", use, use) == [True, True]
    assert await decisions("permit_on_first_permit", view, use, view) == [False, True]
    assert await decisions("permit_on_first_permit", view, {"action": 1}, view) == [False] * 3
    body = {"evaluations": [use], "options": {"evaluations_semantic": "any"}}
    reply = await here.post({**here.question(), **body}, MANY)
    places = [one["pointer"] for one in reply.json()["errors"]]
    assert (reply.status_code, places) == (400, ["/options/evaluations_semantic"])


@pytest.mark.engine("sqlite")
async def test_a_question_with_a_fault_says_where_and_stops_no_other(here: Scene) -> None:
    """`context.error` has what the question alone would have been told (section 7.2.1)."""
    faults: dict[str, Any] = {
        "/evaluations/0/subject": {"subject": "alice"},
        "/evaluations/1/action/name": {"action": {"name": 1}},
        "/evaluations/2/resource/id": {"resource": {"type": "post"}},
        "/evaluations/3/context": {"context": []},
    }
    items: list[Any] = [*faults.values(), {}]
    reply = await here.post({**here.question(), "evaluations": items}, MANY)
    answers = reply.json()["evaluations"]
    said = [one["context"]["error"] for one in answers[:-1]]
    assert [one["pointer"] for one in said] == list(faults)
    assert {(one["status"], bool(one["message"])) for one in said} == {(400, True)}
    assert [one["decision"] for one in answers] == [False] * 4 + [True]
    broken: tuple[Any, ...] = (["x"], [[]], [None], {}, "x")
    for bad in broken:
        reply = await here.post({**here.question(), "evaluations": bad}, MANY)
        assert reply.status_code == 400, bad


@pytest.mark.engine("sqlite")
async def test_what_is_too_much_is_refused_whole(here: Scene) -> None:
    """Over 50 questions, over 64 KiB, too deep, a name twice, half a surrogate; 50 are fine."""
    item = {"resource": FEED}
    fifty = {**here.question(), "evaluations": [item] * 50}
    reply = await here.post(fifty, MANY)
    assert (reply.status_code, len(reply.json()["evaluations"])) == (200, 50)
    reply = await here.post({**fifty, "evaluations": [item] * 51}, MANY)
    said = reply.json()["errors"][0]
    assert (reply.status_code, said["pointer"]) == (400, "/evaluations")
    assert "50" in said["detail"]
    start = b'{"subject":{"type":"teen","id":"x"},"action":{"name":"app.use"},'
    asked = start + b'"resource":{"type":"surface","id":"feed"%b}}'
    for more, status, code in (
        (b',"x":"' + b"y" * 66_000 + b'"', 413, "body_too_large"),
        (b',"x":' + b"[" * 20_000 + b"]" * 20_000, 400, "too_deep"),
        (b',"id":"other"', 400, "duplicate_field"),
        (b',"x":{"a":1, "a":2}', 400, "duplicate_field"),
        (b',"x":"\\ud800"', 400, "malformed_json"),
        (b',"x":NaN', 400, "malformed_json"),
        (b',"x":"\xff"', 400, "malformed_json"),
        (b' , "x" : [1e3, "\\u00e9\\/", 10000000000000000000000, -0.0]', 200, ""),
    ):
        for path in (ONE, MANY):
            reply = await here.post(asked % more, path)
            assert (reply.status_code, reply.json().get("code", "")) == (status, code), more[:40]


@pytest.mark.engine("sqlite")
async def test_one_host_can_use_up_its_own_minute_only(here: Scene) -> None:
    """429 with `Retry-After`; a batch costs as many as it asks; another host is not slowed."""
    ctx = here.home.app.context
    most = ctx.settings.questions_per_minute
    now = here.home.clock()
    assert ctx.decisions.budget.take(here.host.id, most - 49, most=most, now=now) == 0
    fifty: dict[str, Any] = {**here.question(), "evaluations": [{}] * 50}
    reply = await here.post(fifty, MANY)
    assert (reply.status_code, reply.json()["code"]) == (429, "too_many_requests")
    assert reply.headers["retry-after"] == "1"
    assert (await here.post(here.question())).status_code == 200
    other = await host_app(here.home, "Other")
    assert (await other.call("POST", MANY, json=fifty)).status_code == 200
    here.home.clock.tick(MINUTE)
    assert (await here.post(fifty, MANY)).status_code == 200


@pytest.mark.engine("sqlite")
async def test_a_batch_answers_as_single_questions_do(here: Scene) -> None:
    """Answers that a batch reuses are those that each question would have got alone."""
    blocks = {"contacts": {"blocked": [{"host": here.host.id, "account": "acct-2"}]}}
    await here.home.write(here.teen, here.teen, blocks)
    random = Random(11)  # noqa: S311 - test data
    facts = (True, False, 1, "true", None, [True])
    items: list[dict[str, Any]] = []
    for _ in range(150):
        named = random.sample(("follows_me", "i_follow", "suggested", "has_messaged"), 2)
        properties: dict[str, Any] = {name: random.choice(facts) for name in named}
        if random.random() < 0.2:
            properties[random.choice(("part", "account"))] = random.choice(("liked_list", "acct-2"))
        kind = random.choice(("account", "post"))
        item: dict[str, Any] = {
            "action": {"name": random.choice(("profile.view", "message.receive", "app.use", "x"))},
            "resource": {"type": kind, "id": random.choice(("acct-1", "acct-2"))},
        }
        item["resource"]["properties"] = properties
        if random.random() < 0.2:
            item["context"] = {"follows_me": True, "part": "following_list"}
        if random.random() < 0.1:
            item["subject"] = {"type": random.choice(("teen", "user")), "id": here.subject}
        items.append(item)
    together: list[Any] = []
    for first in range(0, len(items), 50):
        reply = await here.post(
            {"subject": here.who, "evaluations": items[first : first + 50]}, MANY
        )
        together += reply.json()["evaluations"]
    alone = [(await here.post({"subject": here.who, **item})).json() for item in items]
    assert together == alone
    assert len({one["context"]["reason"] for one in alone}) >= 5
