"""What a teen can ask for on the page of an app's visit: each choice, whose yes, what it would do.

Each choice is judged like the request that it would become, so the page promises nothing that a
request does not hold.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.days import Day
from familypair.rules.layers import effective
from familypair.rules.requests.parts import needs
from familypair.rules.requests.wishes import CONTACTS, checked
from familypair.rules.requests.words import effect_words, wish_words
from familypair.schema.requests import (
    ChangeSettings,
    LiftBlock,
    MoreTime,
    SearchFor,
    UnblockContact,
    Wish,
)
from familypair.settings import FIELDS, Contact, encode_values
from familypair_server.hosts import statements as hosts
from familypair_server.requests import views
from familypair_server.requests.app_asks import AppAsk
from familypair_server.requests.standing import Asker, Standing, standing_of
from familypair_server.settings_api.policies import must_load
from familypair_server.storage import Txn, transaction

MINUTES: Final = (15, 30, 60)
OPEN_FOR: Final = (30, 60, 120)
"""Minutes for which a block can be lifted."""
MOST_WORDS: Final = 100
"""Characters of the words of a search, as in the API."""
REST: Final = "rest"
ONLY: Final = "only"
"""The key of a choice that is the only one there is."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to ask for."""

    key: str
    """Its value in the form."""
    wish: Wish
    words: str
    effect: str = ""
    asked: tuple[str, ...] = ()
    """The names of those who would be asked."""
    any_one: bool = False
    """One yes is enough."""
    refusal: Refusal | None = None
    """Why it cannot be asked for now."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a teen stands with the app that sent them."""

    subject: str = ""
    """Their id at the app; empty when they have not connected it."""
    offers: tuple[Offer, ...] = ()


@transaction
def look(ask: Asker, asked: AppAsk) -> Txn[Look]:
    """What the calling teen can ask for here."""
    bound = yield from hosts.binding_of.one(teen=ask.caller_id, host=asked.app)
    if bound is None:
        return Look()
    state = yield from must_load(ask.caller_id, ask.caller_id, ask.desk.keys, ask.now)
    standing = yield from standing_of(state, ask.now)
    found = (_offer(standing, key, wish) for key, wish in _wishes(standing, asked))
    return Look(subject=bound.subject, offers=tuple(found))


def _wishes(standing: Standing, asked: AppAsk) -> Iterator[tuple[str, Wish]]:
    match asked.wish:
        case "minutes":
            yield from ((str(n), MoreTime(minutes=n)) for n in MINUTES)
            yield REST, MoreTime(rest_of_day=True)
        case "lift_block":
            yield from _openings(standing.now, standing.facts.book.day)
        case "settings":
            yield from _looser(standing, asked.field)
        case "search":
            yield ONLY, SearchFor(category=asked.field)
        case "unblock" if asked.field:
            yield ONLY, _unblocking(standing, asked)
        case _:
            return


def _openings(now: datetime, day: Day) -> Iterator[tuple[str, Wish]]:
    at = now.replace(second=0, microsecond=0)
    ends = ((str(n), at + timedelta(minutes=n)) for n in OPEN_FOR)
    for key, end in ends:
        if end < day.end:
            yield key, LiftBlock(end=end)
    yield REST, LiftBlock(end=day.end)


def _looser(standing: Standing, path: str) -> Iterator[tuple[str, Wish]]:
    """Every value of a setting that is looser than what holds, the nearest first."""
    row = FIELDS.get(path)
    if row is None or not row.choices or not row.meets:
        return
    holds = effective(standing.state.policy, now=standing.now, fields=(path,))[path].value
    for value in reversed(row.choices):
        if value != holds and row.order.covers(cast("str", holds), value):
            yield value, ChangeSettings(patch=encode_values({path: value}))


def _unblocking(standing: Standing, asked: AppAsk) -> UnblockContact:
    """The blocked account as it is written in the rules: by the app's id or by its name."""
    now, policy = standing.now, standing.state.policy
    blocked = effective(policy, now=now, fields=(CONTACTS,))[CONTACTS].value
    names = {asked.app, asked.name.casefold()}
    for one in cast("frozenset[Contact]", blocked):
        if one.account == asked.field and {one.host, one.host.casefold()} & names:
            return UnblockContact(host=one.host, account=one.account)
    return UnblockContact(host=asked.name, account=asked.field)


def _offer(standing: Standing, key: str, wish: Wish) -> Offer:
    facts, teen = standing.facts, standing.state.teen.id
    reader = views.reader_of(standing.state, teen)
    whole = checked(wish, standing.now, facts.book.day.end)
    if isinstance(whole, tuple):
        return Offer(key=key, wish=wish, words="", refusal=whole[0])
    words = wish_words(whole, reader)
    need = needs(facts, whole)
    if isinstance(need, Refusal):
        return Offer(key=key, wish=wish, words=words, refusal=need)
    names = [views.name_for(standing.state, teen, who)[1] for who in need.owners]
    return Offer(
        key=key,
        wish=wish,
        words=words,
        effect=effect_words(facts.book, whole, reader),
        asked=tuple(names),
        any_one=need.any_one and len(names) > 1,
    )


def with_words(wish: Wish, words: str) -> Wish:
    """A search with the words that the teen adds; any other wish as it is."""
    return msgspec.structs.replace(wish, words=words) if isinstance(wish, SearchFor) else wish


def first_refusal(found: Look) -> Refusal:
    """Why nothing can be asked for; what there is no wish for cannot be asked for either."""
    faults = [one.refusal for one in found.offers if one.refusal is not None]
    return faults[0] if faults else Refusal(Reason.BAD_REQUEST)
