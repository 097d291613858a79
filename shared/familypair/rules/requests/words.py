"""Wishes, effects and outcomes in words: plain text for one reader, never markup."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import Policy
from familypair.rules.layers.sight import as_seen_by, viewer_of
from familypair.rules.requests.parts import target_of
from familypair.rules.requests.table import RequestState
from familypair.rules.requests.wishes import kind_of, pack_path, values_of
from familypair.rules.time.blocks import NextBlock
from familypair.rules.time.gifts import Book
from familypair.rules.zones import zone as zone_of
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
from familypair.settings import CATEGORIES, Audience, encode_values, field, say, say_minutes

SHOWN: Final = 3
MINUTE: Final = 60
_LEAST: Final = 5
"""Minutes below which nothing is suggested."""
_HOUR: Final = 60


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads: which fields they may see, and in which voice."""

    audience: Audience
    id: str = ""
    """The account that reads."""
    zone: str
    may_see: Callable[[str], bool]
    step: int = 1
    """Seconds to which the use of the open day is rounded down for this reader."""

    @property
    def is_teen(self) -> bool:
        """Whether the teen reads."""
        return self.audience is Audience.TEEN


def seen(wish: Wish, reader: Reader) -> Wish:
    """The wish without the fields that the reader may not see."""
    if isinstance(wish, SearchFor) and not reader.may_see(pack_path(wish)):
        return msgspec.structs.replace(wish, words="")
    if not isinstance(wish, ChangeSettings | Plan):
        return wish
    return msgspec.structs.replace(wish, patch=visible_patch(wish, reader))


def visible_patch(wish: ChangeSettings | Plan, reader: Reader) -> dict[str, Any]:
    """What of a patch the reader may see."""
    found = values_of(wish).items()
    return encode_values({path: value for path, value in found if reader.may_see(path)})


def wish_words(wish: Wish, reader: Reader) -> str:
    """`+30 min today`."""
    match wish:
        case MoreTime(minutes=minutes):
            return "the rest of the day" if minutes is None else f"+{say_minutes(minutes)} today"
        case LiftBlock():
            start = "now" if wish.start is None else clock(wish.start, reader.zone)
            return f"open {start}-{clock(wish.end, reader.zone)} today"
        case ChangeSettings():
            return _some(_changes(wish, reader))
        case Plan():
            title = f"{wish.title}: " if wish.title else ""
            return f"{title}{_some(_changes(wish, reader))}"
        case UnblockContact():
            return f"unblock {wish.account} on {wish.host}"
        case SearchFor():
            return _search(wish, reader)
        case ChangePlace():
            places = (wish.zone and f"zone {wish.zone}", wish.country and f"country {wish.country}")
            return ", ".join(one for one in places if one)


TITLES: Final = {one.name: one.title.lower() for one in CATEGORIES}
"""Categories of searches in words, inside a sentence."""


def _search(wish: SearchFor, reader: Reader) -> str:
    words = seen(wish, reader)
    title = TITLES[wish.category]
    if isinstance(words, SearchFor) and words.words:
        return f"search for \u201c{words.words}\u201d ({title})"
    return f"searches: {title}"


def _opens(wish: SearchFor, reader: Reader) -> str:
    if wish.words:
        return f"{_search(wish, reader)} works; the rest of the category stays as it is"
    return f"all {_search(wish, reader)}, allowed for good"


def plan_words(wish: Plan, reader: Reader) -> tuple[str, ...]:
    """Every field of a plan in words."""
    return tuple(_changes(wish, reader))


def _changes(wish: ChangeSettings | Plan, reader: Reader) -> list[str]:
    return [
        f"{field(path).title} {say(path, value, reader.audience)}"
        for path, value in values_of(wish).items()
        if reader.may_see(path)
    ]


def _some(parts: list[str]) -> str:
    rest = len(parts) - SHOWN
    return ", ".join(parts[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def clock(at: datetime, zone: str) -> str:
    """The wall clock of a zone, `HH:MM`."""
    return f"{at.astimezone(zone_of(zone)):%H:%M}"


def effect_words(book: Book, wish: Wish, reader: Reader) -> str:
    """What a yes of everybody would do now."""
    match wish:
        case MoreTime():
            return _more(book, wish, reader)
        case LiftBlock():
            return f"blocked times open until {clock(wish.end, reader.zone)}, today only"
        case ChangeSettings() | Plan():
            return _some(_before_and_after(_readable(book, reader), wish, reader, book.now))
        case UnblockContact():
            return f"{wish.account} on {wish.host} is free again"
        case SearchFor():
            return _opens(wish, reader)
        case ChangePlace():
            return f"{wish_words(wish, reader)} from the next day on"


def _more(book: Book, wish: MoreTime, reader: Reader) -> str:
    sees_use = reader.may_see(USE)
    if not reader.is_teen:
        book = book.as_told(sees_use=sees_use)
    limit = book.balance().limit
    if limit is None:
        return ""
    if wish.minutes is None and not sees_use:
        return "no limit until the day ends, today only"
    target = target_of(book, wish)
    words = f"limit {_minutes(limit)} to {_minutes(target)}, today only"
    left = target - book.use_seconds
    if left <= 0 or not sees_use:
        return words
    ends = min(book.now.timestamp() + left, book.day.end.timestamp())
    end = datetime.fromtimestamp(ends, book.now.tzinfo)
    about = "" if reader.is_teen else "about "
    return f"{words}; would end at {about}{clock(end, reader.zone)}"


USE: Final = "use"
"""Asked of `Reader.may_see` for the use of the open day."""


def _minutes(seconds: int) -> str:
    return say_minutes(seconds // MINUTE)


def _readable(book: Book, reader: Reader) -> Policy:
    """The policy without what this reader must not read in it, as the titles of others' blocks."""
    looking = viewer_of(book.policy, reader.id)
    return book.policy if looking is None else as_seen_by(book.policy, looking, book.now)


def _before_and_after(
    policy: Policy, wish: ChangeSettings | Plan, reader: Reader, now: datetime
) -> list[str]:
    wanted = {path: value for path, value in values_of(wish).items() if reader.may_see(path)}
    found = effective(policy, now=now, fields=wanted)
    return [
        f"{field(path).title} {say(path, found[path].value, reader.audience)}"
        f" to {say(path, value, reader.audience)}"
        for path, value in wanted.items()
    ]


_BLOCKS: Final = {"sleep": "bedtime", "school": "school", "away": "time away"}


def context_words(
    *, used: int | None, next_block: NextBlock | None, asks: int, granted: int, reader: Reader
) -> str:
    """`1 h 35 used, bedtime 21:00, 2 asks this week, 1 granted`; `used` is in seconds."""
    parts: list[str] = []
    if used is not None:
        parts.append(f"{_minutes(used - used % reader.step)} used")
    if next_block is not None:
        what = _BLOCKS.get(next_block.kind, "blocked from")
        parts.append(f"{what} {clock(next_block.start, reader.zone)}")
    parts.append(f"{asks} {'ask' if asks == 1 else 'asks'} this week, {granted} granted")
    return ", ".join(parts)


def suggested(wish: Wish, now: datetime, ends: Iterable[datetime]) -> int | None:
    """Minutes of a wish that fit before the next block and the end of the day, in fives.

    For the rest of the day an hour: a yes at one key should not be all of an evening.
    """
    if not isinstance(wish, MoreTime):
        return None
    room = min((int((end - now).total_seconds()) // MINUTE for end in ends), default=0)
    fits = room - room % _LEAST
    amount = min(_HOUR if wish.minutes is None else wish.minutes, fits)
    return amount if amount >= _LEAST else None


_DONE: Final = {
    RequestState.APPROVED: "approved",
    RequestState.DECLINED: "declined",
    RequestState.WITHDRAWN: "withdrew",
}


def outcome_words(
    state: RequestState,
    *,
    who: str,
    wish: Wish,
    minutes: int | None,
    at: datetime,
    zone: str,
    offer: str = "",
) -> str:
    """`Sam approved 15 min at 16:41`, without a full stop; empty while it is open.

    `offer` is whose offer the teen took: `your`, `Dana's`, or `the` where that is not told.
    """
    if state is RequestState.EXPIRED:
        return f"it ran out of time at {clock(at, zone)}"
    if state not in _DONE:
        return ""
    what = "it"
    if state is RequestState.APPROVED and minutes is not None:
        what = say_minutes(minutes)
    elif state is RequestState.APPROVED and kind_of(wish) == "minutes":
        what = "the rest of the day"
    if state is RequestState.APPROVED and offer:
        said = "" if what == "it" else f": {what}"
        return f"{who} took {offer} offer{said} at {clock(at, zone)}"
    return f"{who} {_DONE[state]} {what} at {clock(at, zone)}"
