"""Who may call what: every (caller, route, ownership) cell; absent is not told from not-yours."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from familypair_server.storage import Store
from support.attackers import Families, sign_in_now, two_families
from support.faults import digest
from support.operations import Operation, api

WITH_IDS = tuple(o for o in api() if o.ids)
TEEN_ONLY = frozenset(
    {
        "/v1/teens/{teen_id}/sharing",
        "/v1/teens/{teen_id}/access-log",
        "/v1/me/apps/{app_id}",
    }
)
TAKE = "/v1/grants/{grant_id}/accept"
"""The teen's yes."""
ENDS = ("/v1/links", "/v1/me")
DROP = "DELETE /v1/webhooks/{webhook_id}"
GUARDIAN_ONLY = frozenset({"/v1/codes/{code_id}", "/v1/teens/{teen_id}/codes"})
WITH_LIMITS = (
    "/v1/grants/",
    "/v1/codes/",
    "/v1/teens/{teen_id}/grants",
    "/v1/teens/{teen_id}/codes",
)
"""Where a former teen, whom nothing limits, has no business."""
LATER = ("/undo", "/keep-rules", "/disclosure", "/resume/confirm", "/drafts/copy")
"""Routes of later states; the journeys reach them."""


@pytest.fixture
async def families(store: Store, tmp_path: Path) -> AsyncGenerator[Families]:
    """Two families, everybody signed in."""
    async with two_families(store, tmp_path) as made:
        yield made


async def test_what_is_not_yours_answers_as_what_is_not_there(families: Families) -> None:
    """The same status, headers and bytes for a stranger's id and for one that nobody has."""
    before = await digest(families.home.store)
    odd: list[str] = []
    cells = 0
    for part, who in families.callers.items():
        mine = who in {families.ours.guardian, families.ours.teen, families.ours.host}
        foreign = families.theirs if mine else families.ours
        for operation in WITH_IDS:
            there = await families.send(who, operation, families.ids(foreign))
            absent = await families.send(who, operation, {})
            cells += 1
            same = (there.status_code, dict(there.headers), there.content) == (
                absent.status_code,
                dict(absent.headers),
                absent.content,
            )
            if not same or there.status_code not in _refusals(part, operation):
                odd.append(f"{part} {operation.name}: {there.status_code} / {absent.status_code}")
    assert odd == []
    assert cells == len(families.callers) * len(WITH_IDS)
    assert await digest(families.home.store) == before


def _refusals(part: str, operation: Operation) -> set[int]:
    """What a caller may hear about somebody else's thing."""
    if part == "anonymous":
        return {401}
    if operation.for_hosts != ("host" in part):
        return {403}
    kind_refused = part == "adult" and operation.path.startswith("/v1/invitations")
    kind_refused |= part == "adult" and operation.path.startswith(WITH_LIMITS)
    kind_refused |= "guardian" in part and operation.path in {*TEEN_ONLY, TAKE}
    kind_refused |= "teen" in part and operation.path in GUARDIAN_ONLY
    return {403} if kind_refused else {404}


async def test_the_owner_is_let_through(families: Families) -> None:
    """The good twin: on the same routes at least one of the two owners hears no 401, 403 or 404."""
    odd: list[str] = []
    # a route that ends the link, a sign-in or a webhook comes after those that need it
    ordered = sorted(WITH_IDS, key=lambda one: (one.name == DROP, one.path.startswith(ENDS)))
    for operation in ordered:
        if operation.path.endswith(LATER):
            continue
        heard: set[int] = set()
        people = (families.ours.guardian, families.ours.teen)
        for who in (families.ours.host,) if operation.for_hosts else people:
            if who in people:
                await sign_in_now(families.home, who)  # one of the routes ends the caller's sign-in
            ids = families.ids(families.ours, who if who in people else "")
            heard.add((await families.send(who, operation, ids)).status_code)
        if heard <= {401, 403, 404}:
            odd.append(f"{operation.name}: {heard}")
    assert odd == []


async def test_a_guardian_cannot_read_what_is_for_the_teen_alone(families: Families) -> None:
    """The linked guardian is refused by kind; the teen is not."""
    for operation in WITH_IDS:
        if operation.path in TEEN_ONLY:
            ids = families.ids(families.ours)
            assert (await families.send(families.ours.guardian, operation, ids)).status_code == 403
            assert (await families.send(families.ours.teen, operation, ids)).is_success


async def test_lists_hold_only_what_is_the_callers(families: Families) -> None:
    """No list route says anything about the other family."""
    other = {
        families.theirs.guardian,
        families.theirs.teen,
        families.theirs.link,
        families.theirs.invitation,
        families.home.sessions[families.theirs.teen],
        families.theirs.host,
        families.theirs.device,
        families.theirs.subject,
    }
    for operation in api():
        if operation.method != "GET" or operation.path == "/v1/events":
            continue
        for who in (families.ours.guardian, families.ours.teen):
            answer = await families.send(who, operation, families.ids(families.ours, who))
            assert not [one for one in other if one in answer.text], operation.name
