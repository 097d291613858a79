"""Today at a glance: the teens that I may see (guardian), or myself (teen)."""

from typing import Any

from familypair.schema.base import Answer, Instant
from familypair.schema.links import Link
from familypair.schema.scopes import Scope
from familypair.schema.time import TimeGlance


class Highlight(Answer, frozen=True, kw_only=True):
    """One setting worth a line on the overview card, with its reason."""

    path: str
    title: str
    value: Any
    words: str
    reason: str
    locked: bool = False


class SearchBand(Answer, frozen=True, kw_only=True):
    """How many searches had a word of a pack that somebody asks about or denies.

    `0`, `1-9` or `10+`, whether or not they were stopped; never what was searched for.
    """

    this_week: str
    """The ISO week of the teen's own day, until the end of yesterday."""
    last_week: str


class TeenCard(Answer, frozen=True, kw_only=True):
    """One teen as this viewer sees them now."""

    id: str
    name: str
    band: str
    zone: str
    local_time: str
    """Wall clock in the teen's home zone, `YYYY-MM-DDTHH:MM`."""
    weekday: str
    """`mon` .. `sun` in the home zone. Like band, zone and time empty while `unavailable`."""
    link: Link | None = None
    """The viewer's own link; absent for the teen."""
    scopes: tuple[Scope, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    guardians: int = 0
    """How many guardians are linked; for the teen only, a guardian reads 0."""
    head: int = 0
    """The newest entry's number in this viewer's inbox."""
    unread: int = 0
    time: TimeGlance | None = None
    """Today's use and balance; absent where it is not shared with this viewer."""
    search: SearchBand | None = None
    """Searches with a word of a pack; absent where it is not shared with this viewer."""
    waiting: int = 0
    """How many requests wait for this viewer's answer."""
    unavailable: bool = False
    """Nothing can be shown at the moment; try again later."""


class Teens(Answer, frozen=True, kw_only=True):
    """The teens that I may see, in order of linking."""

    items: tuple[TeenCard, ...]


class SharedItem(Answer, frozen=True, kw_only=True):
    """One line of "what they can see": what, and an example of today's value."""

    title: str
    example: str = ""
    scope: Scope | None = None


class SharedWith(Answer, frozen=True, kw_only=True):
    """What one guardian sees and can change; generated from the link's scopes."""

    link: Link
    sees: tuple[SharedItem, ...]
    changes: tuple[SharedItem, ...]
    last_viewed_at: Instant | None = None


class Sharing(Answer, frozen=True, kw_only=True):
    """The teen's page "what they can see": every guardian, and what nobody sees."""

    guardians: tuple[SharedWith, ...]
    never: tuple[str, ...]


class Access(Answer, frozen=True, kw_only=True):
    """Somebody looked: who, at what, when."""

    viewer: str
    name: str
    what: str
    at: Instant


class AccessLog(Answer, frozen=True, kw_only=True):
    """Who looked at a teen's pages, newest first; teen only."""

    items: tuple[Access, ...]
