"""Whose yes a wish needs: one part per layer that stands in the way (product.md 6, algebra.md A8).

Asked again at each answer, with the policy and the day as they are then.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final, cast

from familypair.reasons import Reason, Refusal
from familypair.rules.layers.model import (
    CAP,
    DEFAULT,
    HOLD,
    Layer,
    LayerState,
    Policy,
    Source,
    SourceKind,
    Way,
)
from familypair.rules.layers.pairs import DAILY
from familypair.rules.layers.voices import cap_of, hold_of, source_of, speakers
from familypair.rules.layers.way import in_the_way, way_of
from familypair.rules.layers.write import is_frozen
from familypair.rules.requests.model import Facts, Need
from familypair.rules.requests.wishes import (
    ALLOW,
    ALLOWED,
    CONTACTS,
    Patched,
    contact_of,
    pack_path,
    values_of,
)
from familypair.rules.schedule import weekday_of
from familypair.rules.time.balance import DayBalance, seconds_in_the_way
from familypair.rules.time.blocks import BLOCKS, block_claims
from familypair.rules.time.gifts import Book, Wishes, wish_of, wishes_of
from familypair.rules.time.stretches import seconds_of
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
from familypair.schema.scopes import Scope
from familypair.settings import Contact, Value, field, pointer_of, say
from familypair.settings.orders.sets import keys

MINUTE: Final = 60
_LINKED: Final = frozenset({LayerState.ACTIVE, LayerState.PROBATION})


def needs(facts: Facts, wish: Wish) -> Need | Refusal:
    """The guardians who must answer.

    Refused: `nothing_in_the_way`, `cap_in_the_way` naming the cap, `frozen_in_the_way`.
    """
    match wish:
        case MoreTime():
            return _minutes(facts.book, wish)
        case LiftBlock():
            return _lift(facts, wish)
        case ChangeSettings():
            return _settings(facts.book, wish)
        case Plan():
            return _plan(facts.book, wish)
        case UnblockContact():
            return _unblock(facts.book, wish)
        case SearchFor():
            return _search(facts.book, wish)
        case ChangePlace():
            return _place(facts.book, wish)


def target_of(book: Book, wish: MoreTime) -> int:
    """The sum in seconds that the day must have."""
    return wish_of(book, None if wish.minutes is None else wish.minutes * MINUTE)


def targets_of(book: Book, wish: MoreTime) -> Wishes:
    """`target_of` for each sight of the day."""
    return wishes_of(book, None if wish.minutes is None else wish.minutes * MINUTE)


def linked(policy: Policy, scope: Scope | None = None) -> tuple[str, ...]:
    """Guardians whose link stands, with a scope where one is named, by link date."""
    return tuple(
        g.owner
        for g in policy.guardians
        if g.state in _LINKED and (scope is None or scope in g.scopes)
    )


def _minutes(book: Book, wish: MoreTime) -> Need | Refusal:
    found = book.balance()
    if found.limit is None:
        return Refusal(Reason.NOTHING_IN_THE_WAY)
    way = seconds_in_the_way(book.policy, found, target_of(book, wish), now=book.now)
    blocked = _impossible(book.policy, way, _daily(found))
    if blocked is not None:
        return blocked
    owners = _guardians(book.policy, way.owners)
    if owners:
        return Need(owners=owners)
    givers = givers_on_default(book) if DEFAULT in way.owners else ()
    return Need(owners=givers, any_one=True) if givers else Refusal(Reason.NOTHING_IN_THE_WAY)


def givers_on_default(book: Book) -> tuple[str, ...]:
    """Guardians with `set_time` whose minutes count on the starting value (A5)."""
    found = book.balance()
    sums = {who: found.sum_of(who) for who in linked(book.policy, Scope.SET_TIME)}
    return tuple(who for who, one in sums.items() if one is not None and one.source == DEFAULT)


def _daily(found: DayBalance) -> str:
    return DAILY + weekday_of(found.day.date)


def _impossible(policy: Policy, way: Way, path: str, pointer: str = "") -> Refusal | None:
    """What nobody can grant: a cap, or what is frozen or held since a link ended."""
    if way.cap is not None and way.cap == cap_of(policy, field(path)):
        return Refusal(Reason.CAP_IN_THE_WAY, pointer, {"cap": say(path, way.cap), "field": path})
    held = way.cap is not None or bool(way.frozen)
    return Refusal(Reason.FROZEN_IN_THE_WAY, pointer) if held else None


def _guardians(policy: Policy, sources: Iterable[Source]) -> tuple[str, ...]:
    """The guardians among some voices, by link date."""
    named = {one.id for one in sources if one.kind is SourceKind.GUARDIAN}
    return tuple(g.owner for g in policy.guardians if g.owner in named)


def _settings(book: Book, wish: Patched) -> Need | Refusal:
    found = _patched(book, wish)
    if isinstance(found, Refusal) or found:
        return found if isinstance(found, Refusal) else Need(owners=found)
    return Refusal(Reason.NOTHING_IN_THE_WAY)


def _plan(book: Book, wish: Plan) -> Need | Refusal:
    """A plan that loosens nobody's rule is agreed on with any guardian who has a say in it."""
    found = _patched(book, wish)
    if isinstance(found, Refusal) or found:
        return found if isinstance(found, Refusal) else Need(owners=found)
    scopes = {field(path).scope for path in values_of(wish)}
    partners = tuple(
        g.owner for g in book.policy.guardians if g.state in _LINKED and g.scopes & scopes
    )
    return Need(owners=partners, any_one=True) if partners else Refusal(Reason.NOTHING_IN_THE_WAY)


def _patched(book: Book, wish: Patched) -> tuple[str, ...] | Refusal:
    owners: set[str] = set()
    for path, value in values_of(wish).items():
        way = way_for(book, path, value)
        blocked = _impossible(book.policy, way, path, f"/patch{pointer_of(path)}")
        if blocked is not None:
            return blocked
        owners |= {one.id for one in way.owners if one.kind is SourceKind.GUARDIAN}
    return tuple(g.owner for g in book.policy.guardians if g.owner in owners)


def way_for(book: Book, path: str, value: Value) -> Way:
    """Who stands in the way of one value; of the teen's own start of day every time guardian."""
    policy = book.policy
    if not field(path).by_request:
        return in_the_way(policy, path, value, now=book.now)
    if policy.teen.values.get(path) == value:
        return Way()
    held = tuple(source_of(one) for one in policy.guardians if _holds_time(book, one))
    time_guardians = linked(policy, Scope.SET_TIME)
    owners = tuple(Source(SourceKind.GUARDIAN, who) for who in time_guardians)
    return Way(owners=owners, frozen=held)


def _search(book: Book, wish: SearchFor) -> Need | Refusal:
    """Every guardian whose packs stop it (A12); the teen's own and the starting ones do not."""
    way = search_way(book, wish)
    blocked = _impossible(book.policy, way, pack_path(wish), "/category")
    if blocked is not None:
        return blocked
    owners = _guardians(book.policy, way.owners)
    return Need(owners=owners) if owners else Refusal(Reason.NOTHING_IN_THE_WAY)


def search_way(book: Book, wish: SearchFor) -> Way:
    """Who asks or denies in the category; a layer that lets the words pass is in nobody's way."""
    way = in_the_way(book.policy, pack_path(wish), ALLOW, now=book.now)
    layers = {source_of(one): one for one in (book.policy.teen, *book.policy.guardians)}
    passing = [s for s in way.owners if wish.words and s in layers and _passes(layers[s], wish)]
    return Way(
        owners=tuple(s for s in way.owners if s not in passing),
        cap=way.cap,
        frozen=tuple(s for s in way.frozen if s not in passing),
    )


def _passes(layer: Layer, wish: SearchFor) -> bool:
    return wish.words in cast("frozenset[str]", layer.values.get(ALLOWED, frozenset()))


def _unblock(book: Book, wish: UnblockContact) -> Need | Refusal:
    """Every guardian with an entry for the contact (A19); the teen's own goes with the request."""
    way = way_of(book.policy, field(CONTACTS), blockers(book, contact_of(wish)), book.now)
    blocked = _impossible(book.policy, way, CONTACTS)
    if blocked is not None:
        return blocked
    owners = _guardians(book.policy, way.owners)
    return Need(owners=owners) if owners else Refusal(Reason.NOTHING_IN_THE_WAY)


def blockers(book: Book, contact: Contact) -> tuple[Source, ...]:
    """Every voice with an entry for the contact: cap, hold, the teen, guardians."""
    row = field(CONTACTS)
    bounds = ((CAP, cap_of(book.policy, row)), (HOLD, hold_of(book.policy, row, book.now)))
    platform = tuple(
        source
        for source, value in bounds
        if value is not None and contact in keys(cast("frozenset[Contact]", value))
    )
    layers = speakers(book.policy, row, book.now)
    return (*platform, *(source_of(one) for one in layers if has_blocked(one, contact)))


def has_blocked(layer: Layer, contact: Contact) -> bool:
    """Whether this layer has an entry for the contact, marks aside."""
    return contact in keys(cast("frozenset[Contact]", layer.values.get(CONTACTS, frozenset())))


def _place(book: Book, wish: ChangePlace) -> Need | Refusal:
    """Zone: every linked guardian with `set_time`; country: every linked guardian."""
    policy, owners = book.policy, set[str]()
    if wish.zone is not None and wish.zone != policy.regimes()[-1].zone:
        if any(map(partial(_holds_time, book), policy.guardians)):
            return Refusal(Reason.FROZEN_IN_THE_WAY, "/zone")
        owners |= set(linked(policy, Scope.SET_TIME))
    if wish.country is not None and wish.country != policy.country:
        if any(g.state is LayerState.ENDING for g in policy.guardians):
            return Refusal(Reason.FROZEN_IN_THE_WAY, "/country")
        owners |= set(linked(policy))
    if not owners:
        return Refusal(Reason.NOTHING_IN_THE_WAY)
    return Need(owners=tuple(who for who in linked(policy) if who in owners))


def _holds_time(book: Book, layer: Layer) -> bool:
    """Whether time rules of a guardian stand that nobody can change now (A23)."""
    return is_frozen(layer, Scope.SET_TIME, book.now)


def _lift(facts: Facts, wish: LiftBlock) -> Need | Refusal:
    policy = facts.book.policy
    way = way_of(policy, field(BLOCKS), blocking(facts, wish), facts.book.now)
    blocked = _impossible(policy, way, BLOCKS)
    if blocked is not None:
        return blocked
    owners = _guardians(policy, way.owners)
    return Need(owners=owners) if owners else Refusal(Reason.NOTHING_IN_THE_WAY)


def blocking(facts: Facts, wish: LiftBlock) -> tuple[Source, ...]:
    """Every layer with a block in the asked span that is not open already."""
    book = facts.book
    start = max(wish.start or book.now, book.now)
    claims = block_claims(book.policy, facts.lifted, seconds_of(start), seconds_of(wish.end))
    return tuple(dict.fromkeys(claim.source for _, _, claim in claims))
