"""The families of the case corpus as accounts, links, layers and use behind a running server."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from familypair.rules.time.model import Lifted, Posting, PostingKind
from familypair.schema.accounts import Band
from familypair.settings import Patch, decode_values
from familypair.testing.decisions import Case, authzen
from familypair_server.links.service import settled
from familypair_server.requests import lifted as opened
from familypair_server.settings_api import edits
from familypair_server.storage import Txn, together, transaction
from familypair_server.time.postings import writing
from support.homes import PROBATION, Home
from support.hosts import HostApp, host_app
from support.uses import Reporter, used

Json = Mapping[str, Any]
BATCH = 50


@dataclass
class Lived:
    """One family of the corpus with so much use a day: a teen at an app."""

    host: HostApp
    teen: str
    subject: str
    phone: Reporter
    reported: set[date] = field(default_factory=set[date])


class Served:
    """The cases that can be asked over HTTP, in the order of their instants."""

    def __init__(self, home: Home, families: Mapping[str, Json], cases: Sequence[Case]) -> None:
        self.home, self.families = home, families
        self.cases = [case for case in cases if not case.only]
        self.hosts: dict[bool, HostApp] = {}
        self.lived: dict[tuple[str, float], Lived] = {}

    async def move_in(self) -> None:
        """Accounts, links and rules; afterwards everybody's first 24 hours are over."""
        for limits in (True, False):
            host = self.hosts[limits] = await host_app(self.home, f"App {limits}")
            body = {"enforces": ["app.use"], "restricted_search": limits}
            await host.call("PUT", "/v1/host/capabilities", json=body)
        owners: dict[tuple[str, float], dict[str, str]] = {}
        for key in dict.fromkeys((case.policy, case.minutes) for case in self.cases):
            owners[key] = await self._people(self.families[key[0]])
        people = self.home.people
        people.clock.tick(PROBATION)
        teens = [found["teen"] for found in owners.values()]
        await settled(people.store, teens, people.now, people.random, people.keys)
        for key, found in owners.items():
            await self._rules(key, self.families[key[0]], found)

    async def _people(self, family: Json) -> dict[str, str]:
        band = Band.YOUNGER if family["band"] == "unknown" else Band(family["band"])
        people = self.home.people
        teen = await people.teen(band=band)
        await self._write(family, teen, teen, family.get("teen", {}))
        owners = {"teen": teen}
        for one in family["guardians"]:
            owners[one["id"]] = await people.guardian()
            await people.linked(owners[one["id"]], teen)
        return owners

    async def _rules(self, key: tuple[str, float], family: Json, owners: dict[str, str]) -> None:
        teen = owners["teen"]
        for one in family["guardians"]:
            await self._write(family, owners[one["id"]], teen, one["values"])
        people = self.home.people
        await people.store.run(_given(teen, family, owners, people.now))
        host = self.hosts[family.get("restricted", True)]
        subject = await host.bind(teen)
        phone = Reporter(people, teen, host.id)
        phone.subject = subject
        await phone.bind(f"phone-{subject[-12:]}")
        self.lived[key] = Lived(host, teen, subject, phone)

    async def _write(self, family: Json, who: str, teen: str, values: Json) -> None:
        if not values:
            return
        host = self.hosts[family.get("restricted", True)]
        text = msgspec.json.encode(values).replace(b"$host", host.id.encode())
        patch = Patch(dict(decode_values(msgspec.json.decode(text))))
        people = self.home.people
        parts = edits.Parts(keys=people.keys, random=people.random, writes_per_hour=1000)
        ask = edits.Write(teen_id=teen, caller_id=who)
        await people.store.run(edits.write(parts, ask, edits.by_patch(patch), people.now))

    async def instants(self) -> AsyncIterator[list[Case]]:
        """Every instant at which something is asked: the clock stands there, use is reported."""
        for now in sorted({case.now for case in self.cases}):
            self.home.clock.set(now)
            here = [case for case in self.cases if case.now == now]
            for key in dict.fromkeys((case.policy, case.minutes) for case in here):
                await self._use(self.lived[key], key[1], now)
            for host in self.hosts.values():
                await host.sign_in()
            yield here

    async def _use(self, lived: Lived, minutes: float, now: datetime) -> None:
        day = now.date()
        if minutes and day not in lived.reported:
            lived.reported.add(day)
            start = now - timedelta(minutes=minutes)
            device = f"phone-{lived.subject[-12:]}"
            taken = await lived.phone.send(used(start, now, seq=len(lived.reported), device=device))
            assert str(taken.items[0].status) in {"counted", "late"}, taken.items

    async def answers(self, cases: Sequence[Case]) -> AsyncIterator[tuple[Case, Json]]:
        """Each case with its answer over HTTP, asked in batches."""
        by_host: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            by_host[self.host(case).id].append(case)
        for found in by_host.values():
            host = self.host(found[0])
            for batch in _parts(found):
                asked = [self.question(case) for case in batch]
                reply = await host.call(
                    "POST", "/access/v1/evaluations", json={"evaluations": asked}
                )
                assert reply.status_code == 200, reply.text
                for case, answer in zip(batch, reply.json()["evaluations"], strict=True):
                    yield case, answer

    def question(self, case: Case) -> dict[str, Any]:
        """What the app sends."""
        return authzen(case.question, self.subject(case))

    def host(self, case: Case) -> HostApp:
        """The app that asks."""
        return self._lived(case).host

    def subject(self, case: Case) -> str:
        """The teen's id at the app."""
        return self._lived(case).subject

    def _lived(self, case: Case) -> Lived:
        return self.lived[case.policy, case.minutes]


def _parts(cases: Sequence[Case]) -> Iterator[Sequence[Case]]:
    for start in range(0, len(cases), BATCH):
        yield cases[start : start + BATCH]


@transaction
def _given(teen: str, family: Json, owners: Mapping[str, str], now: datetime) -> Txn[None]:
    """Postings and openings, as approved requests leave them."""
    for number, one in enumerate(family.get("postings", ())):
        posting = Posting(
            id=f"pst_{teen[-20:]}{number}",
            owner=owners[one["owner"]],
            day=date.fromisoformat(one["day"]),
            seconds=one["minutes"] * 60,
            kind=PostingKind.GRANT,
            at=now,
        )
        yield from together(writing(teen, posting))
    for one in family.get("lifted", ()):
        start, end = (datetime.fromisoformat(one[key]) for key in ("start", "end"))
        hole = Lifted(owner=owners[one["owner"]], start=start, end=end, ref=f"req_{teen[-20:]}")
        yield from opened.put(teen, hole)
