"""A host app's client: its token, batches in order, and safe repeats."""

import asyncio
import base64
from datetime import timedelta
from typing import Any

import httpx2
import msgspec
import pytest

from familypair.client import ClientError, HostClient, ProblemError, SignInFailed, Unreachable
from familypair.reasons import Reason
from familypair.schema.usage import Device, Interval, UsageItem, UsageLeft, UsageTaken
from familypair.testing import ManualClock

from .fake import ISSUER, START, FakeServer, Waits, answer, oauth_error, problem, surroundings

TOKEN = ("POST", "/oauth/token")
USAGE = ("POST", "/v1/usage")
GIVEN = {"access_token": "fph_1", "token_type": "Bearer", "expires_in": 600}


class Here:
    """A host client, the server it talks to, and manual time."""

    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.waits = Waits(self.clock)
        self.server = FakeServer(self.clock)
        self.server.will(*TOKEN, httpx2.Response(200, json=GIVEN))
        self.server.will(*USAGE, self.take)
        self.host = HostClient(
            ISSUER,
            "cli_1",
            "s3cret:%",
            transport=httpx2.MockTransport(self.server),
            around=surroundings(self.clock, self.waits),
        )

    def take(self, request: httpx2.Request) -> httpx2.Response:
        """Count everything, and say how many of the batch."""
        asked: list[Any] = msgspec.json.decode(request.content)["intervals"]
        items = tuple(UsageItem(index=n, status="counted") for n in range(len(asked)))
        left = UsageLeft(teen="mia", outcome="allow", minutes_left=15 - len(self.batches()))
        return answer(UsageTaken(items=items, teens=(left,), received_at=self.clock()))

    def batches(self) -> list[list[int]]:
        """The numbers of the intervals of every report, in the order of arrival."""
        reports = [r for r in self.server.requests if (r.method, r.url.path) == USAGE]
        return [[i["seq"] for i in msgspec.json.decode(r.content)["intervals"]] for r in reports]


def intervals(count: int, first: int = 0) -> list[Interval]:
    """One second of use each."""
    second = timedelta(seconds=1)
    return [
        Interval(device="tab-1", seq=n, start=START + n * second, end=START + (n + 1) * second)
        for n in range(first, first + count)
    ]


async def test_the_secret_travels_in_one_header_and_the_token_is_kept() -> None:
    """Client credentials by HTTP Basic, form-encoded as RFC 6749 wants; one exchange for many."""
    here = Here()
    await asyncio.gather(*(here.host.report_usage(intervals(1, n)) for n in range(5)))
    exchange = here.server.requests[0]
    basic = base64.b64decode(exchange.headers["authorization"].removeprefix("Basic "))
    assert basic == b"cli_1:s3cret%3A%25"
    assert exchange.content == b"grant_type=client_credentials&scope=usage%3Awrite"
    assert here.server.count(*TOKEN) == 1
    assert here.server.requests[1].headers["authorization"] == "Bearer fph_1"
    here.clock.tick(timedelta(seconds=571))  # 29 s before the end
    await here.host.report_usage(intervals(1))
    assert here.server.count(*TOKEN) == 2


async def test_many_intervals_go_in_order_as_batches_of_a_thousand() -> None:
    """2,500 make three reports; places count through, and the last word on a teen holds."""
    here = Here()
    taken = await here.host.report_usage(intervals(2500))
    assert [len(batch) for batch in here.batches()] == [1000, 1000, 500]
    assert [seq for batch in here.batches() for seq in batch] == list(range(2500))
    assert [item.index for item in taken.items] == list(range(2500))
    assert [left.minutes_left for left in taken.teens] == [12]


async def test_reports_of_two_tasks_do_not_mix() -> None:
    """The batches of one report stay together, as the server clips by the order of receipt."""
    here = Here()
    await asyncio.gather(
        here.host.report_usage(intervals(1500)), here.host.report_usage(intervals(1500, 5000))
    )
    assert [batch[0] for batch in here.batches()] == [0, 1000, 5000, 6000]


async def test_a_lost_answer_is_asked_for_again_with_the_same_batch() -> None:
    """The numbers make a repeat harmless; after the last try the caller may hand it over again."""
    here = Here()
    here.server.will(
        *USAGE, httpx2.ReadError("cut"), problem(503, Reason.TOO_MANY_REQUESTS), here.take
    )
    assert len((await here.host.report_usage(intervals(2))).items) == 2
    assert here.batches() == [[0, 1]] * 3
    here.server.will(*USAGE, httpx2.ReadError("cut"))
    with pytest.raises(Unreachable):
        await here.host.report_usage(intervals(2))
    here.server.will(*USAGE, here.take)
    assert len((await here.host.report_usage(intervals(2))).items) == 2


async def test_a_stale_token_is_renewed_and_a_wrong_secret_is_told() -> None:
    """A 401 costs one exchange; a busy token endpoint is asked again; a wrong secret is not."""
    here = Here()
    here.server.will(*USAGE, problem(401, Reason.UNAUTHENTICATED), here.take)
    fresh = httpx2.Response(200, json=GIVEN | {"access_token": "fph_2"})
    here.server.will(*TOKEN, httpx2.Response(200, json=GIVEN), httpx2.ReadError("cut"), fresh)
    await here.host.report_usage(intervals(1))
    assert here.server.requests[-1].headers["authorization"] == "Bearer fph_2"
    here = Here()
    here.server.will(*TOKEN, oauth_error("invalid_client"))
    with pytest.raises(SignInFailed) as caught:
        await here.host.report_usage(intervals(1))
    assert (caught.value.error, here.server.count(*TOKEN)) == ("invalid_client", 1)


async def test_a_device_is_bound_by_its_name() -> None:
    """PUT is safe to repeat, a refusal is the server's sentence, and nothing is no report."""
    here = Here()
    path = "/v1/host/devices/tab~1"
    bound = Device(device="tab~1", teen="mia", bound_at=START)
    here.server.will("PUT", path, httpx2.ReadError("cut"), answer(bound))
    assert await here.host.bind_device("tab~1", "mia") == bound
    assert msgspec.json.decode(here.server.requests[-1].content) == {"teen": "mia"}
    here.server.will("PUT", path, problem(409, Reason.DEVICE_TAKEN, "Taken."))
    with pytest.raises(ProblemError, match="Taken"):
        await here.host.bind_device("tab~1", "max")
    with pytest.raises(ClientError, match="nothing to report"):
        await here.host.report_usage(())
