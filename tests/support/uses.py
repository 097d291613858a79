"""Use for tests: a teen's device at a host without HTTP, and batches of intervals."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from familypair.rules.days import day_at, day_named
from familypair.rules.time.model import Use
from familypair.schema.usage import Interval, UsageTaken
from familypair_server.days.service import regimes_of
from familypair_server.hosts import statements as hosts
from familypair_server.storage import Store, Txn, transaction
from familypair_server.times import millis
from familypair_server.usage.reads import use_of
from familypair_server.usage.service import Batch, take
from support.pairs import People

HOST = "cli_" + "h" * 26
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday without a clock change near it."""


def used(
    start: datetime,
    end: datetime,
    *,
    seq: int = 0,
    device: str = "phone",
    surface: str = "feed",
    teen: str | None = None,
) -> Interval:
    """One interval as a host sends it."""
    return Interval(device=device, seq=seq, start=start, end=end, surface=surface, teen=teen)


def session(start: datetime, minutes: Iterable[int], device: str = "phone") -> list[Interval]:
    """A minute of use at each of these minutes after the start, numbered by them."""
    return [
        used(start + minute * MINUTE, start + (minute + 1) * MINUTE, seq=minute, device=device)
        for minute in minutes
    ]


class Reporter:
    """A host that reports a teen's devices to the service itself."""

    def __init__(self, people: People, teen: str, host: str = HOST) -> None:
        self.people, self.teen, self.host = people, teen, host
        self.store: Store = people.store
        self.subject = f"sub_{host[-2:]}_{teen[-8:]}"

    @classmethod
    async def of(
        cls, people: People, *devices: str, teen: str = "", host: str = HOST
    ) -> "Reporter":
        """Devices of a teen (a new one unless given), bound now."""
        made = cls(people, teen or await people.teen(), host)
        await made.bind(*devices or ("phone",))
        return made

    async def bind(self, *devices: str) -> None:
        """Bind more devices."""
        for device in devices:
            await self.store.run(_bound(self, device))

    async def send(self, *intervals: Interval, host: str = "") -> UsageTaken:
        """Send a batch now."""
        batch = Batch(host or self.host, intervals)
        return await take(self.store, self.people.desk, batch, self.people.now)

    async def statuses(self, *intervals: Interval) -> list[str]:
        """Send a batch now; what became of each item: its status, or its code when refused."""
        return [str(item.code or item.status) for item in (await self.send(*intervals)).items]

    async def use(self, day: str = "") -> Use:
        """What is known of a day, or of today."""
        return await self.store.read(_use(self.teen, day, self.people.now))

    async def seconds(self, day: str = "") -> int | None:
        """The use of a day; None is unknown."""
        use = await self.use(day)
        return use.seconds if use.known else None


@transaction
def _bound(reporter: Reporter, device: str) -> Txn[None]:
    yield from hosts.take_device.run(
        teen=reporter.teen,
        host=reporter.host,
        device=device,
        subject=reporter.subject,
        now=millis(reporter.people.now),
    )


@transaction
def _use(teen_id: str, day: str, now: datetime) -> Txn[Use]:
    regimes = yield from regimes_of(teen_id)
    named = (
        day_at(regimes, now) if not day else day_named(regimes, datetime.fromisoformat(day).date())
    )
    assert named is not None
    return (yield from use_of(teen_id, named, now))


def as_json(intervals: Sequence[Interval]) -> dict[str, Any]:
    """The body of a report."""
    return {
        "intervals": [
            {
                "device": one.device,
                "seq": one.seq,
                "start": one.start.isoformat().replace("+00:00", "Z"),
                "end": one.end.isoformat().replace("+00:00", "Z"),
                "surface": one.surface,
            }
            for one in intervals
        ]
    }
