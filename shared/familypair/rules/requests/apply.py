"""What an approved wish changes, as values (algebra.md A7, A8, A10): each owner's own layer.

Every owner who stood in the way loosens their own layer just enough; the teen's own layer and
postings move with it. Nothing is written on anybody else's layer.
"""

from collections.abc import Iterator, Mapping
from typing import Final, cast

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import DEFAULT, Layer, Policy, Source, SourceKind
from familypair.rules.layers.pairs import MINUTE
from familypair.rules.layers.voices import source_of
from familypair.rules.layers.write import layer_of, may_write
from familypair.rules.requests.model import Asked, Facts, Given, PartState
from familypair.rules.requests.moves import wish_with
from familypair.rules.requests.parts import (
    blockers,
    blocking,
    givers_on_default,
    search_way,
    targets_of,
    way_for,
)
from familypair.rules.requests.wishes import (
    ALLOW,
    ALLOWED,
    CONTACTS,
    Patched,
    contact_of,
    pack_path,
    values_of,
)
from familypair.rules.time.balance import seconds_in_the_way
from familypair.rules.time.gifts import PROBATION_GIFT, Book, NewId, approve_minutes
from familypair.rules.time.model import Lifted, Posting, PostingKind
from familypair.rules.time.postings import given, of_day
from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    SearchFor,
    UnblockContact,
    Wish,
)
from familypair.settings import (
    Block,
    Contact,
    Kind,
    Owner,
    Patch,
    Value,
    encode_values,
    field,
    pointer_of,
)
from familypair.settings.orders.windows import mask_of, sorted_blocks
from familypair.settings.weekmask import mask_windows

Writes = dict[str, dict[str, Value | None]]
"""Owner to the fields of their own layer that change."""
_TEEN: Final = SourceKind.TEEN


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one approved request changes."""

    postings: tuple[Posting, ...] = ()
    lifted: tuple[Lifted, ...] = ()
    writes: tuple[tuple[str, Patch], ...] = ()
    """Owner and the patch of their own layer: guardians by link date, the teen last."""
    zone: str | None = None
    country: str | None = None
    agreed: tuple[str, ...] = ()
    """The paths of a plan."""


def effects(facts: Facts, request: Asked, ref: str, new_id: NewId) -> Effects | Refusal:
    """What an approved request changes now.

    Refused: `probation_gift_limit` and `probation_bound` for what a guardian in the first 24 hours
    cannot give (A10).
    """
    match wish_with(request):
        case MoreTime() as wish:
            return _minutes(facts.book, request, wish, ref, new_id)
        case LiftBlock() as wish:
            return Effects(lifted=_lifted(facts, wish, ref))
        case ChangeSettings() as wish:
            return _bounded(facts.book, Effects(writes=_settings(facts.book, wish)))
        case Plan() as wish:
            writes = _plan(facts.book, request, wish)
            return _bounded(facts.book, Effects(writes=writes, agreed=tuple(values_of(wish))))
        case UnblockContact() as wish:
            return _bounded(facts.book, Effects(writes=_unblock(facts.book, wish)))
        case SearchFor(words="") as wish:
            patch = encode_values({pack_path(wish): ALLOW})
            writes = _settings(facts.book, ChangeSettings(patch=patch))
            return _bounded(facts.book, Effects(writes=writes))
        case SearchFor() as wish:
            return Effects(writes=_allow(facts.book, wish))
        case ChangePlace() as wish:
            return Effects(zone=wish.zone, country=wish.country)


def refused_yes(facts: Facts, request: Asked, wish: Wish, owner: str) -> Refusal | None:
    """Why this owner's yes to a wish would be refused now: their first 24 hours (A10)."""
    layer = layer_of(facts.book.policy, owner)
    if layer is None or layer.kind is Owner.TEEN or not layer.in_probation(facts.book.now):
        return None
    yes = Given(owner=owner, state=PartState.APPROVED, at=facts.book.now)
    answers = (*(one for one in request.answers if one.owner != owner), yes)
    agreed = msgspec.structs.replace(request, wish=wish, counter=None, answers=answers)
    found = effects(facts, agreed, "", str)
    return found if isinstance(found, Refusal) else None


def yes_of(request: Asked) -> tuple[str, ...]:
    """Who agreed."""
    return tuple(one.owner for one in request.answers if one.state is PartState.APPROVED)


def _minutes(
    book: Book, request: Asked, wish: MoreTime, ref: str, new_id: NewId
) -> Effects | Refusal:
    targets = targets_of(book, wish)
    way = seconds_in_the_way(book.policy, book.balance(), targets[0], now=book.now)
    rules = {one.owner for one in request.answers if one.rule}
    lines: list[Posting] = []
    for owner in _posters(book, request, way.owners):
        made = approve_minutes(book, owner, targets, ref=ref, new_id=new_id)
        if _too_much(book, owner, made):
            return Refusal(Reason.PROBATION_GIFT_LIMIT)
        lines += [_kind(line) if owner in rules else line for line in made]
    return Effects(postings=tuple(lines))


def _kind(line: Posting) -> Posting:
    if line.kind is not PostingKind.REQUEST:
        return line
    return msgspec.structs.replace(line, kind=PostingKind.AUTO_RULE)


def _posters(book: Book, request: Asked, way: tuple[Source, ...]) -> Iterator[str]:
    """Who posts: the owners in the way; on the starting value who said yes, else the teen (A7)."""
    guardians = [one.id for one in way if one.kind is SourceKind.GUARDIAN]
    teen = book.policy.teen.owner
    yield from guardians
    if any(one.kind is _TEEN for one in way):
        yield teen
    elif DEFAULT in way:
        able = () if guardians else givers_on_default(book)
        yield next((who for who in yes_of(request) if who in able), teen)


def _too_much(book: Book, owner: str, lines: tuple[Posting, ...]) -> bool:
    layer = layer_of(book.policy, owner)
    if layer is None or layer.kind is Owner.TEEN or not layer.in_probation(book.now):
        return False
    before = given(of_day(book.postings, book.day.date), owner)
    more = sum(line.seconds for line in lines if line.kind is PostingKind.REQUEST)
    return before + more > PROBATION_GIFT * MINUTE


def _lifted(facts: Facts, wish: LiftBlock, ref: str) -> tuple[Lifted, ...]:
    start = max(wish.start or facts.book.now, facts.book.now)
    return tuple(
        Lifted(owner=source.id, start=start, end=wish.end, ref=ref)
        for source in blocking(facts, wish)
        if source.id
    )


def _settings(book: Book, wish: Patched) -> tuple[tuple[str, Patch], ...]:
    writes: Writes = {}
    for path, value in values_of(wish).items():
        way = way_for(book, path, value)
        for source in way.owners:
            if source.kind is SourceKind.GUARDIAN and not field(path).by_request:
                _put(writes, source.id, path, _loosened(book, source, path, value))
        if _teen_writes(book, path, value, way.owners):
            mine = next((one for one in way.owners if one.kind is _TEEN), None)
            moved = value if mine is None else _loosened(book, mine, path, value)
            _put(writes, book.policy.teen.owner, path, moved)
    return _ordered(book.policy, writes)


def _teen_writes(book: Book, path: str, value: Value, way: tuple[Source, ...]) -> bool:
    """The teen's layer moves where it or the starting value stands in the way, or alone speaks."""
    row = field(path)
    if not row.meets or row.by_request or any(s.kind <= _TEEN for s in way):
        return True
    return not way and effective(book.policy, now=book.now, fields=(path,))[path].value != value


def _put(writes: Writes, owner: str, path: str, value: Value | None) -> None:
    writes.setdefault(owner, {})[path] = value


def _loosened(book: Book, source: Source, path: str, value: Value) -> Value:
    """The owner's value, loosened just enough: no stricter than theirs was, nor than the wish."""
    said = effective(book.policy, now=book.now, fields=(path,))[path].says
    own = next((one.value for one in said if one.source == source), value)
    row = field(path)
    if row.order.covers(own, value):
        return value
    if row.kind is Kind.BLOCKS:
        return _shared_time(cast("Blocks", own), cast("Blocks", value))
    loosened: Value = row.order.join([own, value])
    return loosened


Blocks = tuple[Block, ...]


def _shared_time(own: Blocks, wished: Blocks) -> Blocks:
    """The owner's own blocks where the wish is blocked too, of whatever kind it calls them."""
    mask = mask_of(wished)
    kinds = {one.kind for one in own}
    return sorted_blocks(
        {
            Block(kind, window.days, window.start, window.end)
            for kind in kinds
            for window in mask_windows(mask & mask_of([b for b in own if b.kind is kind]))
        }
    )


def _ordered(policy: Policy, writes: Writes) -> tuple[tuple[str, Patch], ...]:
    owners = (*(g.owner for g in policy.guardians), policy.teen.owner)
    return tuple((owner, Patch(writes[owner])) for owner in owners if owner in writes)


def _plan(book: Book, request: Asked, wish: Plan) -> tuple[tuple[str, Patch], ...]:
    """Everybody who agreed takes the plan's values into their own layer, as far as they may."""
    writes: Writes = {}
    agreed = yes_of(request)
    for path, value in values_of(wish).items():
        way = {source.id for source in way_for(book, path, value).owners}
        for layer in book.policy.guardians:
            if layer.owner in agreed and _may(book, layer, path):
                source = source_of(layer)
                moved = _loosened(book, source, path, value) if layer.owner in way else value
                _put(writes, layer.owner, path, moved)
        _put(writes, book.policy.teen.owner, path, value)
    return _ordered(book.policy, writes)


def _may(book: Book, layer: Layer, path: str) -> bool:
    row = field(path)
    return row.meets and may_write(book.policy, layer, row, book.now) is None


def _unblock(book: Book, wish: UnblockContact) -> tuple[tuple[str, Patch], ...]:
    """Each owner's own entry is removed, the teen's with the request (A19)."""
    writes: Writes = {}
    contact = contact_of(wish)
    for source in blockers(book, contact):
        layer = layer_of(book.policy, source.id)
        if layer is not None:
            found = cast("frozenset[Contact]", layer.values[CONTACTS])
            left = frozenset(c for c in found if Contact(c.host, c.account) != contact)
            _put(writes, layer.owner, CONTACTS, left)
    return _ordered(book.policy, writes)


def _allow(book: Book, wish: SearchFor) -> tuple[tuple[str, Patch], ...]:
    """The words into the allow list of every layer in the way, and into the teen's own (A12).

    An allow list opens the packs of its own layer only, so it loosens nobody else's.
    """
    writes: Writes = {}
    owners = [s.id for s in search_way(book, wish).owners if s.kind is SourceKind.GUARDIAN]
    for owner in (*owners, book.policy.teen.owner):
        layer = layer_of(book.policy, owner)
        if layer is not None:
            known = cast("frozenset[str]", layer.values.get(ALLOWED, frozenset()))
            _put(writes, owner, ALLOWED, known | {wish.words})
    return _ordered(book.policy, writes)


def _bounded(book: Book, found: Effects) -> Effects | Refusal:
    """Nothing becomes looser than the policy without the link of a guardian in probation (A10)."""
    paths = {path for _, patch in found.writes for path in patch.changes}
    after = _written(book.policy, dict(found.writes))
    for layer in book.policy.guardians:
        if not layer.in_probation(book.now) or layer.owner not in dict(found.writes):
            continue
        others = tuple(g for g in book.policy.guardians if g is not layer)
        without = msgspec.structs.replace(book.policy, guardians=others)
        bound = effective(without, now=book.now, fields=paths)
        holds = effective(after, now=book.now, fields=paths)
        for path in sorted(paths):
            row, value, most = field(path), holds[path].value, bound[path].value
            if value is None or most is None or row.order.covers(value, most):
                continue
            return Refusal(Reason.PROBATION_BOUND, pointer_of(path))
    return found


def _written(policy: Policy, writes: Mapping[str, Patch]) -> Policy:
    return msgspec.structs.replace(
        policy,
        teen=_with(policy.teen, writes),
        guardians=tuple(_with(g, writes) for g in policy.guardians),
    )


def _with(layer: Layer, writes: Mapping[str, Patch]) -> Layer:
    patch = writes.get(layer.owner)
    if patch is None:
        return layer
    values = {**layer.values, **patch.changes}
    return msgspec.structs.replace(
        layer, values={path: value for path, value in values.items() if value is not None}
    )
