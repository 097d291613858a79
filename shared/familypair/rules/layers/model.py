"""The values that the rules of layers take and give. All immutable, none knows a clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, cast

import msgspec

from familypair.rules.days import Regime, Regimes, day_at
from familypair.rules.schedule import MIDNIGHT
from familypair.schema.scopes import Scope
from familypair.settings import Band, Contact, Field, Owner, Value

DAY_STARTS_AT: Final = "screen_time.day_starts_at"
_ONE_DAY: Final = timedelta(days=1)


class LayerState(StrEnum):
    """Where the link of a guardian's layer stands; the teen's layer is always active."""

    ACTIVE = "active"
    PROBATION = "probation"
    ENDING = "ending"
    ENDED = "ended"


class Outgoing(msgspec.Struct, frozen=True):
    """An old value that stays in force until an instant (A20)."""

    value: Value
    until: datetime


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One owner's wishes. `values` has the fields that are set; silence is absence (A1)."""

    owner: str
    kind: Owner
    values: Mapping[str, Value] = {}
    scopes: frozenset[Scope] = frozenset()
    """Granted to a guardian now. The teen needs none."""
    state: LayerState = LayerState.ACTIVE
    probation_ends: datetime | None = None
    frozen: Mapping[Scope, datetime] = {}
    """Scopes taken back or ending: in force until then, and nobody can write them (A23)."""
    outgoing: Mapping[str, Outgoing] = {}
    """Old values that are still in force: only the teen's start of day changes so late (A20)."""
    known_to: frozenset[str] = frozenset()
    """Owner ids of guardians with whom both sides agreed to be known to each other."""

    def in_probation(self, now: datetime) -> bool:
        """Whether the first 24 hours still run (A10)."""
        if self.state is not LayerState.PROBATION:
            return False
        return self.probation_ends is None or now < self.probation_ends

    def may_speak(self, field: Field, now: datetime) -> bool:
        """Whether the layer has a say in the field: its own teen, a scope, or a frozen scope."""
        if self.kind is Owner.TEEN:
            return True
        if self.state is LayerState.ENDED:
            return False
        if field.scope in self.scopes and self.state is not LayerState.ENDING:
            return True
        until = self.frozen.get(field.scope)
        return until is not None and now < until


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's hold of contact, privacy and search after the end of a link."""

    values: Mapping[str, Value]
    until: datetime
    link: str = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides one teen's settings, as a value."""

    band: Band
    zone: str
    """The home zone in force."""
    teen: Layer
    guardians: tuple[Layer, ...] = ()
    """In the order in which the links became active."""
    holds: tuple[Hold, ...] = ()
    caps: Mapping[str, Value] = {}
    """The operator's own caps, beside those of the band."""
    country: str = ""
    clock: tuple[Regime, ...] = ()
    """How the days were and will be cut, where zone or start of day have ever changed."""

    def regimes(self) -> Regimes:
        """By which zone and start of day the days are cut, for `familypair.rules.days`."""
        return self.clock or _regimes(self.zone, self.teen)


def _regimes(zone: str, teen: Layer) -> Regimes:
    """From the teen's own start of day, with the one that is still in force (A20)."""
    mine = Regime(zone=zone, day_starts_at=cast("str", teen.values.get(DAY_STARTS_AT, MIDNIGHT)))
    old = teen.outgoing.get(DAY_STARTS_AT)
    if old is None:
        return (mine,)
    before = (Regime(zone=zone, day_starts_at=cast("str", old.value)),)
    held = day_at(before, old.until - _ONE_DAY).start
    return (*before, msgspec.structs.replace(mine, start=old.until, held_from=held))


class SourceKind(IntEnum):
    """Who says something, in the order in which tied names are shown (A8)."""

    CAP = 0
    HOLD = 1
    DEFAULT = 2
    TEEN = 3
    GUARDIAN = 4


class Source(msgspec.Struct, frozen=True):
    """One voice. `str` of it is the wire form: `cap`, `hold`, `default`, `teen` or an owner id."""

    kind: SourceKind
    id: str = ""

    def __str__(self) -> str:
        return self.id if self.kind is SourceKind.GUARDIAN else self.kind.name.lower()


CAP = Source(SourceKind.CAP)
HOLD = Source(SourceKind.HOLD)
DEFAULT = Source(SourceKind.DEFAULT)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One layer's completed answer for one field."""

    source: Source
    value: Value
    wins: bool = False
    completed: bool = False
    """The other half of a pair, not written by the owner (A4)."""
    waits: bool = False
    """Looser than the default and in probation: in force from its end (A10)."""


class Step(msgspec.Struct, frozen=True):
    """From `minutes` of use on, `outcome` holds, by these sources (A4)."""

    minutes: int
    outcome: str
    sources: tuple[Source, ...]


class Effective(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one field, who decided, and what every layer says.

    For a field that does not meet (`Field.meets` is false) `value` is None, or the teen's own
    where only the teen can write it.
    """

    path: str
    value: Value | None
    decided_by: tuple[Source, ...]
    says: tuple[Said, ...]
    starting: bool = False
    """The default holds and nobody has made it a rule (A2)."""
    steps: tuple[Step, ...] = ()
    """For the limit and `at_limit`: what happens from which minute on."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands in the way of a wish (A8). `owners` is the least set that can grant it."""

    owners: tuple[Source, ...] = ()
    cap: Value | None = None
    """The cap or hold that is stricter than the wish: nobody can grant it."""
    frozen: tuple[Source, ...] = ()
    """Owners in the way whose layer cannot be changed now."""

    @property
    def possible(self) -> bool:
        """Whether the owners could grant the wish today."""
        return self.cap is None and not self.frozen


def contacts(value: Iterable[Contact]) -> frozenset[Contact]:
    """Contacts without their owner's marks."""
    return frozenset(Contact(c.host, c.account) for c in value)
