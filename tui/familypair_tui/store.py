"""What the client knows now. Workers write it, screens read it, widgets get parts of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from familypair.schema.accounts import Kind, Me
from familypair.schema.invitations import Invitation, InvitationState
from familypair.schema.ledger import InboxEntry
from familypair.schema.links import Link, LinkPhase, LinkState
from familypair.schema.policies import AppliedRules
from familypair.schema.requests import Agreement, Request
from familypair.schema.settings import EffectiveSettings, Explained
from familypair.schema.teens import Access, Sharing, TeenCard
from familypair.schema.time import Calendar, Time
from familypair.schema.usage import App
from familypair_tui.faults import Fault

_OVER = frozenset(
    {
        InvitationState.APPROVED,
        InvitationState.DECLINED,
        InvitationState.CANCELLED,
        InvitationState.EXPIRED,
    }
)


END_TOLD = timedelta(days=7)
"""So long the overview says that a link has ended."""


def end_of(link: Link) -> datetime:
    """When somebody ended a link; its start when nobody did."""
    return link.ending_at or link.ended_at or link.activated_at


class Stage(StrEnum):
    """How far the first reading is."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Live(StrEnum):
    """How live the picture is."""

    CONNECTING = "connecting"
    LIVE = "live"
    OFFLINE = "offline"


_ANSWERS = frozenset({"approve", "decline", "accept"})


def waits(request: Request) -> bool:
    """Whether this request waits for my answer: to a question, or to a counter-offer."""
    return bool(_ANSWERS.intersection(request.may))


def is_open(request: Request) -> bool:
    """Whether a request is not closed yet."""
    return request.state in {"open", "countered"}


@dataclass(slots=True)
class TeenData:
    """One teen as this viewer knows them."""

    card: TeenCard
    settings: EffectiveSettings | None = None
    entries: list[InboxEntry] = field(default_factory=list[InboxEntry])
    """Newest first."""
    seen: int = 0
    """The newest entry that was on a history screen, or was there at sign-in and counted read."""
    fault: Fault | None = None
    time: Time | None = None
    """Today's arithmetic and the days before, once a screen asked for them."""
    time_fault: Fault | None = None
    time_at: datetime | None = None
    """When `time` was read."""
    calendar: Calendar | None = None
    """The next 7 days, once a screen asked for them."""
    requests: tuple[Request, ...] = ()
    """Newest first; the open ones live, older ones once a screen asked for them."""
    agreements: tuple[Agreement, ...] = ()
    applied: AppliedRules | None = None
    """How the bound apps stand with the rules; live."""

    def field_of(self, path: str) -> Explained | None:
        """One explained setting, if this viewer may see it."""
        fields = self.settings.fields if self.settings else ()
        return next((item for item in fields if item.path == path), None)

    @property
    def unseen(self) -> int:
        """Entries newer than what was looked at."""
        return max(0, self.card.head - self.seen)


@dataclass(slots=True)
class Store:
    """Everything, by subject."""

    me: Me | None = None
    teens: dict[str, TeenData] = field(default_factory=dict[str, TeenData])
    invitations: dict[str, Invitation] = field(default_factory=dict[str, Invitation])
    links: tuple[Link, ...] = ()
    sharing: Sharing | None = None
    access: tuple[Access, ...] = ()
    stage: Stage = Stage.LOADING
    fault: Fault | None = None
    apps: tuple[App, ...] | None = None
    """A teen's connected apps; None while they were not read."""
    live: Live = Live.CONNECTING
    live_changed: datetime | None = None
    read_at: datetime | None = None

    @property
    def is_teen(self) -> bool:
        """Whether the person at the keys is a teen (or was one)."""
        return self.me is not None and self.me.kind is not Kind.GUARDIAN

    @property
    def name(self) -> str:
        """My name."""
        return self.me.name if self.me else ""

    def open_invitations(self) -> list[Invitation]:
        """Invitations that are not over, newest first."""
        items = [item for item in self.invitations.values() if item.state not in _OVER]
        return sorted(items, key=lambda item: item.created_at, reverse=True)

    def present_links(self) -> list[Link]:
        """Links that still matter: active, ending, or in the seven days after the end."""
        return [link for link in self.links if link.phase is not LinkPhase.ENDED]

    def ends(self, now: datetime) -> list[Link]:
        """Links that somebody ended in the last seven days, the newest end first."""
        over = [link for link in self.links if link.state is not LinkState.ACTIVE]
        recent = [link for link in over if now - end_of(link) < END_TOLD]
        return sorted(recent, key=end_of, reverse=True)

    def standing_links(self) -> list[Link]:
        """Links under which somebody has rights now: active, or ending with a notice."""
        return [link for link in self.links if link.state is not LinkState.ENDED]

    def all_requests(self) -> list[Request]:
        """Requests of all teens: those that wait for me first, then the newest."""
        found = [item for data in self.teens.values() for item in data.requests]
        found.sort(key=lambda item: item.created_at, reverse=True)
        return sorted(found, key=lambda item: (not waits(item), not is_open(item)))

    def waiting(self) -> int:
        """How many requests wait for me."""
        return sum(1 for item in self.all_requests() if waits(item))

    def put_requests(self, teen: str, items: Iterable[Request]) -> None:
        """Take over requests of one teen; older ones that are known stay."""
        data = self.teens.get(teen)
        if data is None:
            return
        known = {item.id: item for item in data.requests} | {item.id: item for item in items}
        data.requests = tuple(
            sorted(known.values(), key=lambda item: item.created_at, reverse=True)
        )

    def recent(self, limit: int) -> list[InboxEntry]:
        """The newest entries over all teens."""
        found = [entry for teen in self.teens.values() for entry in teen.entries[:limit]]
        return sorted(found, key=lambda entry: entry.at, reverse=True)[:limit]

    def colour_of(self, teen: str) -> int:
        """The place of a teen, which is also their chip colour."""
        ids = list(self.teens)
        return ids.index(teen) if teen in ids else len(ids)

    def put_cards(self, cards: Iterable[TeenCard]) -> None:
        """Take over the list of teens; what is known about each stays."""
        teens: dict[str, TeenData] = {}
        for card in cards:
            known = self.teens.get(card.id)
            if known is None:
                teens[card.id] = TeenData(card, seen=card.head - card.unread)
            else:
                known.card = card
                teens[card.id] = known
        self.teens = teens
