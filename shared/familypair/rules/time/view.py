"""A day's balance for one viewer, in wire form: what is theirs to know, and no more (section 8).

The teen reads every layer and every line. A guardian reads their own lines, the starting value's,
the platform's, and the sum that binds; of another guardian only that sum, and nobody's name whom
they do not know.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import cast

import msgspec

from familypair.rules.explain import voice_name
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import Policy, SourceKind
from familypair.rules.layers.pairs import MINUTE, Rung
from familypair.rules.layers.sight import ANOTHER, ME, Viewer
from familypair.rules.time.balance import DayBalance, LayerSum
from familypair.rules.time.coarse import stepped
from familypair.rules.time.gifts import Book, is_waiting, undoable
from familypair.rules.time.model import Posting, PostingKind, Use
from familypair.rules.time.warnings import in_force
from familypair.rules.time.words import Name, balance_words, posting_words
from familypair.schema.scopes import Scope
from familypair.schema.settings import StepSeen
from familypair.schema.time import Balance, PostingView, SumView
from familypair.settings import say_minutes

WARNINGS = "screen_time.warnings"
BREAKS = "screen_time.break_every"
_TELLING = frozenset({PostingKind.CODE, PostingKind.ACCEPTED, PostingKind.WRITE_OFF})
"""Lines whose minute would say when the teen was there."""


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """One viewer with one teen's day, as far as they may know its use."""

    policy: Policy
    viewer: Viewer
    book: Book
    """The day with the use and the lines that this viewer reads."""
    use: Use
    found: DayBalance
    """The arithmetic as this viewer reads it."""
    used: int | None
    """Seconds of use that this viewer reads; None where they see none, or none is known."""

    @property
    def remaining(self) -> int | None:
        """Seconds left, as far as the viewer may know."""
        return None if self.used is None else self.found.remaining

    @property
    def outcome(self) -> str:
        """What holds at the use that this viewer reads; empty where they do not see use."""
        return self.found.outcome() if self.sees_use else ""

    @property
    def sees_use(self) -> bool:
        """Whether this viewer may read use at all."""
        return sees_use(self.viewer)

    def named(self, account: str) -> str:
        """An account as this viewer may know it."""
        return name_of(self.viewer, account, self.policy.teen.owner)


def looking(book: Book, use: Use, viewer: Viewer) -> Looking:
    """The day for one viewer: exact for the teen, else in steps of 15 minutes or not at all."""
    sees = sees_use(viewer)
    if not viewer.is_teen:
        book = book.as_told(sees_use=sees)
    used = book.use_seconds if use.known and sees else None
    return Looking(
        policy=book.policy, viewer=viewer, book=book, use=use, found=book.balance(), used=used
    )


def sees_use(viewer: Viewer) -> bool:
    """Whether this viewer may read use: the teen, and a guardian with `see_time`."""
    return viewer.is_teen or Scope.SEE_TIME in viewer.layer.scopes


def balance_view(look: Looking, now: datetime) -> Balance:
    """The balance with its arithmetic, as this viewer may read it."""
    found = look.found
    rung = found.next_rung if look.sees_use else next(iter(found.rungs), None)
    settings = effective(look.policy, now=now, fields=(WARNINGS, BREAKS))
    return Balance(
        day=found.day.date,
        used_seconds=look.used,
        limit_seconds=found.limit,
        remaining_seconds=look.remaining,
        outcome=look.outcome,
        words=words_of(look),
        sums=tuple(_sums(look)),
        steps=tuple(_step(look, rung) for rung in found.rungs if _may_read(look, rung)),
        next_outcome="" if rung is None else rung.outcome,
        as_of=as_of(look),
        exact=look.viewer.is_teen,
        warning=in_force(cast("frozenset[int]", settings[WARNINGS].value), look.remaining),
        break_every=cast("int | str | None", settings[BREAKS].value),
    )


def words_of(look: Looking) -> str:
    """The arithmetic of the layer that binds."""
    return balance_words(look.found, look.used, binds_of(look), _names(look))


def binds_of(look: Looking) -> str:
    """Who decided the limit, in words; empty without one."""
    binding = look.found.binding
    return voice_name(look.policy, look.viewer, binding[0].source) if binding else ""


def as_of(look: Looking) -> datetime | None:
    """Until when use is known; for a guardian in steps, as the instant says who was online when."""
    at = look.use.as_of
    if at is None or not look.sees_use or look.viewer.is_teen:
        return at if look.sees_use else None
    return datetime.fromtimestamp(stepped(int(at.timestamp())), at.tzinfo)


def _names(look: Looking) -> Name:
    return look.named


def name_of(viewer: Viewer, account: str, teen: str) -> str:
    """Somebody in words for this viewer: `you`, a name, `another guardian`."""
    if not account:
        return "the platform"
    if account == viewer.id:
        return "you"
    if account == teen or viewer.knows(account):
        return viewer.names.get(account, "the teen" if account == teen else "a guardian")
    return "another guardian"


def _sums(look: Looking) -> Iterator[SumView]:
    binding = {one.source for one in look.found.binding}
    for one in look.found.sums:
        word = look.viewer.owner_word(one.source)
        binds = one.source in binding
        if look.viewer.is_teen or word == ME or one.source.kind <= SourceKind.DEFAULT:
            yield _sum(look, one, word, binds=binds, lines=True)
        elif binds:
            yield _sum(look, one, word, binds=True, lines=False)


def _sum(look: Looking, one: LayerSum, word: str, *, binds: bool, lines: bool) -> SumView:
    total = one.seconds
    shown = (line for line in one.lines if _may_read_line(look, line))
    limit = one.limit if lines or total is None else total // MINUTE
    return SumView(
        owner=word,
        name=voice_name(look.policy, look.viewer, one.source),
        limit=limit,
        at_limit=one.at,
        total_seconds=total,
        postings=tuple(posting_view(look, line) for line in shown) if lines else (),
        binds=binds,
        starting_value=one.source.kind is SourceKind.DEFAULT,
    )


def _may_read_line(look: Looking, line: Posting) -> bool:
    """Of another's layer that fell silent nobody but the teen reads what it said before."""
    changed = line.kind is PostingKind.CHANGED
    return look.viewer.is_teen or not changed or line.owner == look.viewer.id


def posting_view(look: Looking, line: Posting) -> PostingView:
    """One line for this viewer."""
    mine = line.by == look.viewer.id and line.kind is PostingKind.GRANT
    telling = line.kind in _TELLING or line.by == look.policy.teen.owner
    return PostingView(
        id=line.id,
        kind=line.kind,
        seconds=line.seconds,
        words=posting_words(line, look.named),
        by=_by(look, line.by),
        at=line.at if look.viewer.is_teen or not telling else None,
        before=line.before,
        after=line.after,
        undoable=mine and undoable(look.book, line) > 0,
        waiting=is_waiting(look.book, line),
    )


def _by(look: Looking, account: str) -> str:
    if account == look.viewer.id:
        return ME
    if account in {"", look.policy.teen.owner}:
        return "teen" if account else "platform"
    return account if look.viewer.knows(account) else ANOTHER


def _may_read(look: Looking, rung: Rung) -> bool:
    """A step of another guardian is shown where their sum binds, the rest is theirs (section 8)."""
    if look.viewer.is_teen or rung.seconds == look.found.limit:
        return True
    known = (s for s in rung.sources if s.kind <= SourceKind.DEFAULT or s.id == look.viewer.id)
    return any(True for _ in known)


def _step(look: Looking, rung: Rung) -> StepSeen:
    names = dict.fromkeys(voice_name(look.policy, look.viewer, s) for s in rung.sources)
    minutes = rung.seconds // MINUTE
    return StepSeen(
        minutes=minutes,
        outcome=rung.outcome,
        words=f"{rung.outcome} from {say_minutes(minutes)}: {', '.join(names)}",
        decided_by=tuple(dict.fromkeys(look.viewer.owner_word(s) for s in rung.sources)),
    )
