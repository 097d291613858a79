"""One call: what is retried, what is not, and which exception says what."""

import httpx2
import msgspec
import pytest

from familypair.client import BadAnswer, ClientError, FamilyPairing, ProblemError, StepUpNeeded
from familypair.client import Unreachable as Away
from familypair.client.http import retry_after
from familypair.reasons import Reason
from familypair.schema.accounts import Kind
from familypair.schema.invitations import Invitation, InvitationForm, InvitationState
from familypair.schema.settings import LayerDocument, LayerSaved

from .fake import DANA, START, answer, problem, world

INVITATION = Invitation(
    id="inv_1",
    state=InvitationState.OFFERED,
    form=InvitationForm.CODE,
    started_by=Kind.GUARDIAN,
    mine=True,
    created_at=START,
    expires_at=START,
    code="BCDF-GHJK",
)
NEW = ("POST", "/v1/invitations")
LAYER = LayerSaved(layer=LayerDocument(teen="acc_mia", values={}, etag='"2"'), changes=())


async def test_a_get_is_tried_again_with_growing_pauses() -> None:
    """Three lost answers are survived; the pauses double."""
    here = world()
    lost = httpx2.ReadError("cut")
    here.server.will("GET", "/v1/me", lost, lost, lost, answer(DANA))
    assert await here.client.me() == DANA
    assert here.waits.asked == [0.2, 0.4, 0.8]


async def test_a_get_gives_up_as_unreachable() -> None:
    """Four lost answers are enough; the sentence names the server."""
    here = world()
    here.server.will("GET", "/v1/me", httpx2.ConnectError("refused"))
    with pytest.raises(Away, match=r"No answer from http://127\.0\.0\.1:8085"):
        await here.client.me()
    assert here.server.count("GET", "/v1/me") == 4


async def test_a_creating_post_repeats_with_one_key() -> None:
    """The second try carries the same Idempotency-Key, so it cannot create twice."""
    here = world()
    here.server.will(*NEW, httpx2.ReadError("cut"), answer(INVITATION, 201))
    assert await here.client.create_invitation() == INVITATION
    keys = [r.headers["idempotency-key"] for r in here.server.requests]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_first_try_that_still_runs_is_waited_for() -> None:
    """409 for a key in use is asked again after Retry-After, with the same key."""
    here = world()
    running = problem(409, Reason.KEY_IN_USE, headers={"Retry-After": "1"})
    here.server.will("POST", "/v1/invitations", running, answer(INVITATION, 201))
    assert await here.client.create_invitation() == INVITATION
    assert here.waits.asked == [1.0]
    assert len({r.headers["idempotency-key"] for r in here.server.requests}) == 1


async def test_a_409_that_says_no_is_not_repeated() -> None:
    """A state that says no is an answer."""
    here = world()
    here.server.will("POST", "/v1/invitations", problem(409, Reason.TOO_MANY_PENDING))
    with pytest.raises(ProblemError):
        await here.client.create_invitation()
    assert len(here.server.requests) == 1


async def test_two_acts_have_two_keys() -> None:
    """Asking twice for an invitation is two acts."""
    here = world()
    here.server.will(*NEW, answer(INVITATION, 201))
    await here.client.create_invitation()
    await here.client.create_invitation()
    assert len({r.headers["idempotency-key"] for r in here.server.requests}) == 2


async def test_a_patch_whose_answer_was_lost_is_not_repeated() -> None:
    """It may have taken effect; the caller looks before trying again."""
    here = world()
    path = "/v1/teens/acc_mia/layers/mine"
    here.server.will("PATCH", path, httpx2.ReadError("cut"), answer(LAYER))
    with pytest.raises(Away):
        await here.client.patch_layer("acc_mia", {}, etag='"1"')
    assert here.server.count("PATCH", path) == 1


async def test_a_patch_that_never_left_is_tried_again() -> None:
    """No connection means no effect, so the same request is safe to send."""
    here = world()
    path = "/v1/teens/acc_mia/layers/mine"
    here.server.will("PATCH", path, httpx2.ConnectError("refused"), answer(LAYER))
    assert await here.client.patch_layer("acc_mia", {"x": None}, etag='"1"') == LAYER
    request = here.server.requests[-1]
    assert request.headers["if-match"] == '"1"'
    assert request.headers["content-type"] == "application/merge-patch+json"
    assert msgspec.json.decode(request.content) == {"x": None}


async def test_retry_after_is_honoured() -> None:
    """A 429 with Retry-After: 3 is asked again after 3 seconds."""
    here = world()
    slow = problem(429, Reason.TOO_MANY_REQUESTS, headers={"Retry-After": "3"})
    here.server.will("GET", "/v1/me", slow, answer(DANA))
    assert await here.client.me() == DANA
    assert here.waits.asked == [3.0]


async def test_a_long_retry_after_is_the_callers_decision() -> None:
    """Nobody waits an hour in front of a terminal: the refusal comes with the seconds."""
    here = world()
    slow = problem(429, Reason.TOO_MANY_REQUESTS, headers={"Retry-After": "3600"})
    here.server.will("GET", "/v1/me", slow)
    with pytest.raises(ProblemError) as caught:
        await here.client.me()
    assert caught.value.retry_after == 3600
    assert here.waits.asked == []


async def test_a_refusal_carries_the_problem_clean() -> None:
    """The problem document is the exception's value; its detail is the sentence, without ESC."""
    here = world()
    here.server.will("GET", "/v1/me", problem(404, Reason.NOT_FOUND, "Not\x1b[31m here."))
    with pytest.raises(ProblemError) as caught:
        await here.client.me()
    assert caught.value.problem.code is Reason.NOT_FOUND
    assert str(caught.value) == "Not[31m here."


async def test_step_up_is_its_own_exception_and_costs_no_refresh() -> None:
    """A 401 that asks for a fresh sign-in is not a stale token."""
    here = world()
    code = Reason.INSUFFICIENT_USER_AUTHENTICATION
    asked = {"WWW-Authenticate": f'Bearer error="{code.value}", max_age=300'}
    here.server.will("POST", "/v1/invitations/inv_1/approve", problem(401, code, headers=asked))
    with pytest.raises(StepUpNeeded):
        await here.client.approve("inv_1", phrase="calm fox 42", scopes=())
    assert here.server.refreshes == 0


async def test_what_is_no_problem_document_is_a_bad_answer() -> None:
    """A proxy's error page does not crash the client."""
    here = world()
    here.server.will("GET", "/v1/me", httpx2.Response(500, content=b"<h1>Oops</h1>"))
    with pytest.raises(BadAnswer, match="500"):
        await here.client.me()


async def test_an_answer_of_another_shape_is_a_bad_answer() -> None:
    """A 200 that is not what was promised is told as such."""
    here = world()
    here.server.will("GET", "/v1/me", httpx2.Response(200, json={"id": 1}))
    with pytest.raises(BadAnswer, match="too old"):
        await here.client.me()


async def test_an_id_is_one_segment_whatever_it_holds() -> None:
    """An id with a slash or dots never reaches another route."""
    here = world()
    with pytest.raises(ProblemError):
        await here.client.teen("../me?x=1#y")
    assert here.server.requests[-1].url.raw_path == b"/v1/teens/..%2Fme%3Fx%3D1%23y"


@pytest.mark.parametrize(
    "issuer",
    ["http://pair.example", "ftp://x", "pair.example", "", "http://127.0.0.1.evil.example"],
)
def test_tokens_do_not_travel_in_clear(issuer: str) -> None:
    """Only https, or http to this machine, is accepted as an issuer."""
    with pytest.raises(ClientError, match="not a server address"):
        FamilyPairing(issuer)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        ("Sun, 22 Nov 2026 12:00:09 GMT", 9.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("-1", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    """Both forms of RFC 9110 are read; nonsense is no instruction."""
    assert retry_after(value, now="Sun, 22 Nov 2026 12:00:00 GMT") == seconds
