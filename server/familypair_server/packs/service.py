"""Which word packs are in force: the project's, and the operator's over those of the same name."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from familypair.packs import folding, shipped
from familypair.reasons import Reason
from familypair.rules.search import Pack, Packs
from familypair.rules.search.packs import HELP
from familypair.schema import packs as wire
from familypair_server.packs import statements as sql
from familypair_server.problems import refuse
from familypair_server.storage import Txn, transaction
from familypair_server.times import millis

KEPT: Final = timedelta(days=7)
"""How long a pack that is out of force can be fetched: longer than any rules are used offline."""
_pack = msgspec.json.Decoder(Pack)


class InForce(msgspec.Struct, frozen=True, kw_only=True):
    """The packs of one revision."""

    revision: int
    packs: tuple[Pack, ...]
    """By name."""

    def compiled(self) -> Packs:
        """The packs, ready to look for."""
        return Packs.of(self.packs, folding())


@transaction
def current(known: int | None = None) -> Txn[InForce | None]:
    """The packs in force; None when `known` is their revision already (one cheap statement)."""
    revision = yield from sql.revision.get()
    if revision == known:
        return None
    rows = yield from sql.live.all()
    return InForce(revision=revision, packs=in_force(map(_pack.decode, rows)))


def in_force(added: Iterable[Pack]) -> tuple[Pack, ...]:
    """The project's packs and the operator's, by name; what `add` refuses is left out."""
    named = {pack.name: pack for pack in shipped()}
    named |= {pack.name: pack for pack in added if _fault(pack) is None}
    return tuple(named[name] for name in sorted(named))


def usable(pack: Pack) -> None:
    """Raises `Refused(PACK_NOT_USABLE)` for a pack that would take searches for help away."""
    fault = _fault(pack)
    if fault is not None:
        raise refuse(Reason.PACK_NOT_USABLE, fault=fault)


def _fault(pack: Pack) -> str | None:
    over = next((one for one in shipped() if one.name == pack.name), None)
    if over is None:
        return None
    if over.category == HELP:
        return f"{pack.name} ships with the searches for help, and nothing takes its place"
    if pack.category == HELP:
        return f"{pack.name} ships with another category; give the searches for help a new name"
    return None


@transaction
def listed() -> Txn[wire.Packs]:
    """What there is, without the terms."""
    found = yield from current()
    packs = () if found is None else found.packs
    return wire.Packs(items=tuple(map(info, packs)))


@transaction
def one(digest: str) -> Txn[wire.WordPack]:
    """A pack by its digest, also one that went out of force lately. Raises `no_such_pack`."""
    pack = next((one for one in shipped() if one.digest == digest), None)
    if pack is None:
        row = yield from sql.by_digest.one(digest=digest)
        if row is None:
            raise refuse(Reason.NO_SUCH_PACK)
        pack = _pack.decode(row)
    return wire.WordPack(**msgspec.structs.asdict(pack))


@transaction
def add(pack: Pack, now: datetime) -> Txn[None]:
    """Put a pack in force, over one of the same name. Raises `Refused` like `usable`."""
    usable(pack)
    yield from sql.bump.run()
    yield from sql.retire.run(name=pack.name, now=millis(now))
    yield from sql.put.run(
        digest=pack.digest,
        name=pack.name,
        category=pack.category,
        severity=pack.severity,
        language=pack.language,
        terms=len(pack.terms),
        doc=msgspec.json.encode(pack).decode(),
        now=millis(now),
    )
    yield from sql.forget.run(before=millis(now - KEPT))


@transaction
def remove(name: str, now: datetime) -> Txn[bool]:
    """Take an operator's pack out of force; one that ships under its name holds again."""
    yield from sql.bump.run()
    gone = yield from sql.retire.run(name=name, now=millis(now))
    yield from sql.forget.run(before=millis(now - KEPT))
    return bool(gone)


def info(pack: Pack) -> wire.PackInfo:
    """A pack without its terms."""
    return wire.PackInfo(
        name=pack.name,
        category=pack.category,
        severity=pack.severity,
        language=pack.language,
        licence=pack.licence,
        source=pack.source,
        version=pack.version,
        digest=pack.digest,
        terms=len(pack.terms),
    )
