"""What a running service holds; routes receive it, services only receive the parts they need."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from familypair_server.decisions.state import Decisions
from familypair_server.hosts.budget import Budget
from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.live.hub import Hub
from familypair_server.packs.kept import PacksKept
from familypair_server.settings import Settings
from familypair_server.storage import Store

Clock = Callable[[], datetime]
"""The only source of time; aware and in UTC."""


@dataclass(frozen=True)
class Context:
    """Injected parts of one application."""

    settings: Settings
    store: Store
    clock: Clock
    random: Random
    keys: Keys
    hub: Hub
    packs: PacksKept = field(default_factory=PacksKept)
    """The word packs in force."""
    budget: Budget = field(default_factory=Budget)
    """What host apps may still send to this process."""
    decisions: Decisions = field(default_factory=Decisions)
    """Compiled rules, and what host apps may still ask of this process."""
