"""Ledgers to test with: a teen, two guardians who do not know each other, entries of many kinds."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from familypair.rules.projection import Viewer
from familypair.schema.accounts import Kind
from familypair.schema.ledger import (
    AccountChanged,
    AnyEntry,
    EffectiveChange,
    FieldChange,
    LayerChanged,
    LinkActivated,
    LinkEnding,
)
from familypair.schema.scopes import Scope
from familypair_server.records import ledger
from familypair_server.storage import Transaction, Txn, transaction

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEEN = "acc_teen"
ANNE = "acc_anne"
BEN = "acc_ben"

TEEN_VIEWER = Viewer(id=TEEN, kind=Kind.TEEN)
ANNE_VIEWER = Viewer(
    id=ANNE, kind=Kind.GUARDIAN, link="lnk_anne", scopes=frozenset({Scope.SEE_SETTINGS})
)
BEN_VIEWER = Viewer(
    id=BEN, kind=Kind.GUARDIAN, link="lnk_ben", scopes=frozenset({Scope.SEE_SETTINGS})
)
VIEWERS = (TEEN_VIEWER, ANNE_VIEWER, BEN_VIEWER)

BY_TEEN = ledger.Actor("teen", TEEN)
BY_ANNE = ledger.Actor("guardian", ANNE, "Anne")
BY_PLATFORM = ledger.Actor("platform")


class SeededRandom:
    """The same bytes for the same seed."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = str(seed).encode()
        self._drawn = 0

    def bytes(self, n: int) -> bytes:
        """The next `n` bytes."""
        self._drawn += 1
        return hashlib.shake_128(self._seed + b"/" + str(self._drawn).encode()).digest(n)


def activated(guardian: str = ANNE, name: str = "Anne") -> LinkActivated:
    """A link of one guardian begins; only that guardian and the teen may know."""
    link = f"lnk_{name.lower()}"
    return LinkActivated(
        link=link,
        guardian=guardian,
        guardian_name=name,
        scopes=(Scope.SEE_SETTINGS,),
        probation_until=START + timedelta(hours=24),
    )


def layer_changed(owner: str = ANNE, minutes: int = 90) -> LayerChanged:
    """A guardian sets the daily limit; the other guardian sees the effect."""
    path = "screen_time.daily_minutes.mon"
    return LayerChanged(
        owner=owner,
        owner_kind="guardian",
        owner_name="Anne",
        changes=(FieldChange(path=path, before=120, after=minutes),),
        effective=(EffectiveChange(path=path, before=120, after=minutes, decided_by=(owner,)),),
    )


def ending() -> LinkEnding:
    """The teen ends the link with Anne."""
    return LinkEnding(
        link="lnk_anne",
        guardian=ANNE,
        guardian_name="Anne",
        notice_until=START + timedelta(hours=48),
    )


def moved() -> AccountChanged:
    """The teen's zone changes."""
    return AccountChanged(what="zone", before="Europe/Dublin", after="Europe/Madrid")


ENTRIES: tuple[tuple[AnyEntry, ledger.Actor], ...] = (
    (activated(), BY_TEEN),
    (activated(BEN, "Ben"), BY_TEEN),
    (layer_changed(), BY_ANNE),
    (moved(), BY_PLATFORM),
    (ending(), BY_TEEN),
)


def append(
    entry: AnyEntry,
    actor: ledger.Actor = BY_TEEN,
    *,
    teen: str = TEEN,
    at: datetime = START,
    viewers: Sequence[Viewer] = VIEWERS,
    seed: int = 0,
) -> Transaction[int]:
    """`ledger.append` with everything filled in."""
    random = SeededRandom(seed)
    return ledger.append(
        teen_id=teen, entry=entry, actor=actor, now=at, viewers=viewers, random=random
    )


@transaction
def write_ledger(rounds: int = 1, teen: str = TEEN) -> Txn[int]:
    """Open a teen's ledger and write every kind of entry `rounds` times; the last number."""
    yield from ledger.open_teen(teen)
    seq = 0
    for turn in range(rounds):
        for number, (entry, actor) in enumerate(ENTRIES):
            at = START + timedelta(minutes=10 * turn + number)
            seq = yield from append(entry, actor, teen=teen, at=at, seed=10 * turn + number)
    return seq
