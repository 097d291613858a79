"""Wishes: checked and cleaned when they are made, and compared with each other afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.search import Matcher
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
    CATEGORIES,
    Contact,
    Value,
    decode_values,
    encode_values,
    field,
    parse_patch,
    pointer_of,
)
from familypair.settings.text import clean
from familypair.text import clean_line

MOST_TITLE: Final = 60
_DAY: Final = 1440
CONTACTS: Final = "contacts.blocked"
ALLOWED: Final = "search.allowed_terms"
ALLOW: Final = "allow"
"""Of a category of word packs: it is open."""
Patched = ChangeSettings | Plan
"""Wishes for settings."""
_CATEGORIES: Final = frozenset(one.name for one in CATEGORIES)
OF_TODAY: Final = (MoreTime, LiftBlock)
"""Wishes that end with the local day."""


def kind_of(wish: Wish) -> str:
    """The tag on the wire: `minutes lift_block settings unblock place plan search`."""
    return str(wish.__struct_config__.tag)


def values_of(wish: Patched) -> dict[str, Value]:
    """The values that should hold, by path. Only of a wish that `checked` has passed."""
    return decode_values(wish.patch)


def contact_of(wish: UnblockContact) -> Contact:
    """The contact that should be free."""
    return Contact(wish.host, wish.account)


def checked(wish: Wish, now: datetime, day_ends: datetime) -> Wish | tuple[Refusal, ...]:
    """The wish in its one canonical form, or what is wrong with it, by pointer into the wish."""
    match wish:
        case MoreTime():
            return _minutes(wish)
        case LiftBlock():
            return _lift(wish, now, day_ends)
        case ChangeSettings() | Plan():
            return _patched(wish)
        case UnblockContact():
            return _contact(wish)
        case SearchFor():
            return _search(wish)
        case ChangePlace():
            if wish.zone is None and wish.country is None:
                return (Refusal(Reason.MISSING_FIELD, "/zone"),)
            return wish


def _minutes(wish: MoreTime) -> Wish | tuple[Refusal, ...]:
    if (wish.minutes is None) is not wish.rest_of_day:
        return (Refusal(Reason.OUT_OF_RANGE, "/minutes", {"expected": "minutes or rest_of_day"}),)
    return wish


def _lift(wish: LiftBlock, now: datetime, day_ends: datetime) -> Wish | tuple[Refusal, ...]:
    start = now if wish.start is None else max(wish.start, now)
    if wish.end <= start or wish.end > day_ends:
        return (Refusal(Reason.OUT_OF_RANGE, "/end", {"expected": "a later time of today"}),)
    return msgspec.structs.replace(wish, start=start)


def _patched(wish: Patched) -> Wish | tuple[Refusal, ...]:
    parsed = parse_patch(wish.patch)
    if isinstance(parsed, tuple):
        return tuple(
            msgspec.structs.replace(fault, pointer=f"/patch{fault.pointer}") for fault in parsed
        )
    if not parsed.changes:
        return (Refusal(Reason.MISSING_FIELD, "/patch"),)
    values: dict[str, Value] = {}
    for path, value in parsed.changes.items():
        expected = "a wish of type unblock" if path == CONTACTS else "the value to hold"
        if value is None or path == CONTACTS:
            pointer = f"/patch{pointer_of(path)}"
            return (Refusal(Reason.OUT_OF_RANGE, pointer, {"expected": expected}),)
        values[path] = value
    whole = msgspec.structs.replace(wish, patch=encode_values(values))
    return _titled(whole) if isinstance(whole, Plan) else whole


def _titled(wish: Plan) -> Wish | tuple[Refusal, ...]:
    if not wish.title:
        return wish
    title = clean_line(wish.title, pointer="/title", limit=MOST_TITLE)
    if isinstance(title, Refusal):
        return (title,)
    return msgspec.structs.replace(wish, title=title)


def _contact(wish: UnblockContact) -> Wish | tuple[Refusal, ...]:
    host, account = clean(wish.host), clean(wish.account)
    if host is None or account is None:
        return (Refusal(Reason.BAD_TEXT, "/host" if host is None else "/account"),)
    return msgspec.structs.replace(wish, host=host, account=account)


def _search(wish: SearchFor) -> Wish | tuple[Refusal, ...]:
    if wish.category not in _CATEGORIES:
        expected = ", ".join(sorted(_CATEGORIES))
        return (Refusal(Reason.OUT_OF_RANGE, "/category", {"expected": expected}),)
    if not wish.words.strip():
        return msgspec.structs.replace(wish, words="")
    words = clean(wish.words)
    if words is None or not Matcher.of([words]):
        return (Refusal(Reason.BAD_TEXT, "/words"),)
    return msgspec.structs.replace(wish, words=words)


def pack_path(wish: SearchFor) -> str:
    """The setting of the wish's category."""
    return f"search.packs.{wish.category}"


def amount_of(wish: MoreTime) -> int:
    """Minutes as a number to compare: the rest of the day is more than any number."""
    return _DAY + 1 if wish.minutes is None else wish.minutes


def covered(wish: Wish, granted: Wish) -> bool:
    """Whether a yes to `granted` is also a yes to `wish`: the same kind, and nothing looser."""
    match wish, granted:
        case MoreTime(), MoreTime():
            return amount_of(wish) <= amount_of(granted)
        case LiftBlock(), LiftBlock():
            return wish.end <= granted.end and _starts(wish) >= _starts(granted)
        case SearchFor(), SearchFor():
            return wish.category == granted.category and granted.words in {"", wish.words}
        case ((ChangeSettings() | Plan()), (ChangeSettings() | Plan())):
            return _no_looser(values_of(wish), values_of(granted))
        case _:
            return wish == granted


def _starts(wish: LiftBlock) -> float:
    return 0.0 if wish.start is None else wish.start.timestamp()


def _no_looser(wanted: Mapping[str, Value], granted: Mapping[str, Value]) -> bool:
    return all(
        path in granted and field(path).order.covers(value, granted[path])
        for path, value in wanted.items()
    )


def repeats(wish: Wish, declined: Wish) -> bool:
    """Whether a wish asks again for what was declined: the same kind, as much or more of it.

    Of settings one field of it is enough, or the rest of a list would be a way around; a plan is
    a new one when it gives more for what it takes.
    """
    if kind_of(wish) != kind_of(declined):
        return False
    match wish, declined:
        case ChangeSettings(), ChangeSettings():
            wanted, refused = values_of(wish), values_of(declined)
            return any(
                field(path).order.covers(refused[path], value)
                for path, value in wanted.items()
                if path in refused
            )
        case ChangePlace(), ChangePlace():
            same_zone = wish.zone is not None and wish.zone == declined.zone
            return same_zone or (wish.country is not None and wish.country == declined.country)
        case LiftBlock(), LiftBlock():
            return wish.end >= declined.end
        case _:
            return covered(declined, wish)
