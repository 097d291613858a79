"""`decide`: may this teen do this now, by whom it is decided, and until when that holds.

Pure, and the same code for the server and for hosts. The time gate holds for the teen's own acts;
the strictest of it and of the action's own answer is given, the time gate named on a tie (R0).
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Final

import msgspec

from familypair.reasons import Reason
from familypair.rules.decide import parts
from familypair.rules.decide.actions import PARTS, TABLE, Special
from familypair.rules.decide.model import NOBODY, Decision, Question, Use, ms_of
from familypair.rules.decide.parts import Day, No, Rule, Who
from familypair.rules.decide.snapshot import PolicySnapshot, Times
from familypair.rules.search import Matcher, Packs
from familypair.rules.search import Text as Words
from familypair.rules.search.voices import ALLOW, DENY, Heard, Text, hear
from familypair.rules.time.warnings import EXACT_FROM, MORE
from familypair.schema.policies import By, Help

VALID_MS: Final = 60_000
"""An answer may be used again this long; longer only by who hears of every change."""
_EXACT: Final = EXACT_FROM * 60
"""Seconds left up to which a use is known exactly."""
_SECOND: Final = 1000
_MINUTE: Final = 60

_PLACES: Final = {action: place for place, action in enumerate(TABLE)}
"""Where an action's rule is in a snapshot; safety comes first."""
_PARTS: Final = {key: len(TABLE) + place for place, key in enumerate(PARTS)}
_SPECIAL: Final = {row.special: action for action, row in TABLE.items()}
SEARCH: Final = _SPECIAL[Special.SEARCH]
SAFETY: Final = _SPECIAL[Special.SAFETY]
_NONE: Final = -1
_SAFETY: Final = _PLACES[SAFETY]
_SEARCH: Final = _PLACES[SEARCH]
_VIEW: Final = _PLACES["profile.view"]
"""The only action that has parts."""
_PUSH: Final = _PLACES[_SPECIAL[Special.QUIET]]
_PLATFORM: Final = By.PLATFORM
_DAY_END: Final[Callable[[Day], int]] = attrgetter("end_ms")


def decide(
    snapshot: PolicySnapshot, use: Use, question: Question, now: datetime, *, live: bool = False
) -> Decision:
    """The answer at an aware instant; see `decide_at`."""
    return decide_at(snapshot, use, question, ms_of(now), live=live)


def decide_at(
    snapshot: PolicySnapshot, use: Use, question: Question, now_ms: int, *, live: bool = False
) -> Decision:
    """The answer at an instant in epoch milliseconds. Never raises.

    `use` of another day than the one of `now_ms` counts as none. For the same use the answer stays
    the same until its `valid_until_ms`: a minute at most, unless `live`, that is, unless the caller
    hears of every change. Outside of what the snapshot covers the strictest holds.
    """
    place = _PLACES.get(question.action, _NONE)
    times = snapshot.times
    if place <= _SAFETY or not times.start_ms <= now_ms < times.until_ms:
        return _apart(snapshot, place, question, now_ms)
    until = times.refresh_ms
    if not live and until > now_ms + VALID_MS:
        until = now_ms + VALID_MS
    elif until < now_ms:
        until = now_ms
    if place == _SEARCH:
        return _search(snapshot, use, question, now_ms, until)
    if place == _PUSH:
        return _push(snapshot, now_ms, until)
    if question.part and place == _VIEW:
        place = _PARTS.get((question.action, question.part), _NONE)
        if place == _NONE:
            return _plain(Reason.LIST_NOT_SHOWN, until, snapshot.version)
    rule = snapshot.settings.rules[place]
    own = _own(snapshot, rule, question) if rule.guards or rule.contacts else None
    if rule.timed:
        return _timed(snapshot, _gate(snapshot.times, use, now_ms, until), own)
    if own is None:
        return _plain(Reason.ALLOWED, until, snapshot.version)
    return Decision(
        outcome=own.outcome,
        reason=own.reason,
        decided_by=own.by,
        policy_version=snapshot.version,
        valid_until_ms=until,
        ask=own.ask,
        field=own.field,
    )


def _apart(snapshot: PolicySnapshot, place: int, question: Question, now_ms: int) -> Decision:
    """What does not depend on the rules: unknown actions, safety, and outside of their time."""
    if place == _NONE:
        return _plain(Reason.UNKNOWN_ACTION, now_ms + VALID_MS, snapshot.version)
    if place == _SAFETY:
        return _safety(now_ms, snapshot.help, snapshot.version)
    reason, packs = Reason.POLICY_TOO_OLD, snapshot.packs
    return strictest(question, now_ms, reason=reason, help=snapshot.help, packs=packs)


def _own(snapshot: PolicySnapshot, rule: Rule, question: Question) -> No | None:
    """What the action's own settings say about this account."""
    if rule.contacts and snapshot.contacts is not None:
        by = snapshot.contacts.get(question.account)
        if by is not None:
            return parts.contact(by)
    facts = question.facts
    bits = 0
    if facts is not NOBODY:
        bits = facts.suggested + 2 * facts.follows_me + 4 * facts.i_follow + 8 * facts.has_messaged
    for guard in rule.guards:
        if not guard.passes >> bits & 1:
            return guard.no
    return None


_Gate = tuple[No | None, int, int | str | None, int | None, int | None, bool]
"""The time gate: what it says, until when, minutes left, as of when, end of the block, calm."""


def _gate(times: Times, use: Use, now_ms: int, until: int) -> _Gate:
    """Blocked time and the limit of the day."""
    start_ms = times.start_ms
    second = (now_ms - start_ms) // _SECOND
    track = times.open_time
    cuts = track.cuts
    place = bisect_right(cuts, second)
    here = track.moments[track.codes[place - 1]]
    if place < len(cuts) and (cut := start_ms + cuts[place] * _SECOND) < until:
        until = cut
    day = times.days[0]
    if now_ms >= day.end_ms:
        day = times.days[bisect_right(times.days, now_ms, key=_DAY_END)]
    if day.end_ms < until:  # noqa: PLR1730 - a call less on the hot path
        until = day.end_ms
    used, as_of = 0, None
    if use.day_start_ms == day.start_ms:
        used, as_of = use.seconds, use.as_of_ms
    said = None
    minutes: int | str | None = 0 if day.rungs else None
    for rung in day.rungs:
        left = rung.seconds - used
        if left > 0:
            minutes = -(-left // _MINUTE) if left <= _EXACT else MORE
            if (at := now_ms + _SECOND * _at_least(left)) < until:
                until = at
            break
        said = rung.no
    if here.no is None:
        return said, until, minutes, as_of, None, here.calm
    return here.no, until, minutes, as_of, start_ms + track.end_of(second) * _SECOND, here.calm


def _at_least(left: int) -> int:
    """Seconds that are left for certain: above 15 minutes a use is known in steps of 15."""
    if left <= _EXACT:
        return left
    return left - _EXACT if left > 2 * _EXACT else _EXACT


def _timed(
    snapshot: PolicySnapshot, gate: _Gate, own: No | None, limited: No | None = None
) -> Decision:
    """The strictest of the time gate and the action's own answer.

    `limited` is the rule by which an open search shows only what suits the age.
    """
    said, until, minutes, as_of, ends, calm = gate
    if said is None or (own is not None and own.rank > said.rank):
        said = own
    if said is None:
        return Decision(
            outcome="allow",
            reason=Reason.ALLOWED,
            decided_by=_PLATFORM if limited is None else limited.by,
            policy_version=snapshot.version,
            valid_until_ms=until,
            minutes_left=minutes,
            use_as_of_ms=as_of,
            restricted=limited is not None,
            calm=calm,
        )
    return Decision(
        outcome=said.outcome,
        reason=said.reason,
        decided_by=said.by,
        policy_version=snapshot.version,
        valid_until_ms=until,
        minutes_left=minutes,
        use_as_of_ms=as_of,
        until_ms=ends if said.reason is Reason.BLOCKED_TIME else None,
        restricted=limited is not None and said.rank == ALLOW,
        calm=calm,
        kind=said.kind,
        ask=said.ask,
        field=said.field,
    )


def _search(
    snapshot: PolicySnapshot, use: Use, question: Question, now_ms: int, until: int
) -> Decision:
    """Help first, before everything; what is too long to be read is no search.

    What packs match counts for the weekly band before anything opens or stops it: so it tells
    nothing of allowed terms, of anybody's own words, or of the hours.
    """
    text = snapshot.packs.read(question.text)
    if text.too_long:
        return _plain(Reason.TOO_LONG, until, snapshot.version, snapshot.help)
    if snapshot.packs.is_help(text):
        return _help(snapshot, text, until)
    found = snapshot.packs.categories(text)
    gate = _gate(snapshot.times, use, now_ms, until)
    answer = _worded(snapshot, text, found, gate)
    if found and any(one.packs.get(category) for one in snapshot.voices for category in found):
        return msgspec.structs.replace(answer, counted=True)
    return answer


def _worded(snapshot: PolicySnapshot, text: Words, found: frozenset[str], gate: _Gate) -> Decision:
    """The time gate, the switch, the words, restricted mode."""
    said = gate[0]
    if said is not None and said.rank == DENY:
        return _timed(snapshot, gate, None)
    settings = snapshot.settings
    if settings.search_off is not None:
        return _timed(snapshot, gate, settings.search_off)
    heard = _heard(snapshot, text, found)
    if heard is None:
        if settings.limits:
            return _timed(snapshot, gate, None, settings.limited)
        return _timed(snapshot, gate, settings.limited)
    if heard.is_term:
        own = parts.word(heard.named, named=bool(heard.term))
    else:
        own = parts.category(heard.named, heard.rank, heard.category)
    answer = _timed(snapshot, gate, own)
    if answer.reason is not own.reason:
        return answer
    return msgspec.structs.replace(answer, term=heard.term, category=heard.category)


def _help(snapshot: PolicySnapshot, text: Words, until: int) -> Decision:
    """Always open. Where other words stand beside the help, it is no way round the rules."""
    lists = (one for voice in snapshot.voices for one in (voice.shown, voice.hidden) if one)
    mixed = snapshot.packs.beside_help(text, lists)
    return _for_help(snapshot.help, until, snapshot.version, mixed=mixed)


def _for_help(help_: Help, until: int, version: int, *, mixed: bool) -> Decision:
    found = _plain(Reason.HELP_QUERY, until, version, help_)
    return msgspec.structs.replace(found, restricted=True) if mixed else found


def _heard(snapshot: PolicySnapshot, words: Words, found: frozenset[str]) -> Heard[Who] | None:
    """What the voices say; most searches hold no word of any list, and then nobody is asked.

    `found` are the categories that match, whatever is allowed.
    """
    packs = snapshot.packs
    said = {
        terms: terms.hits(words)
        for one in snapshot.voices
        for terms in (one.shown, one.hidden)
        if terms is not None
    }
    if not found and not any(said.values()):
        return None

    def categories(allowed: Matcher | None) -> frozenset[str]:
        return packs.categories(words, allowed) if found and allowed is not None else found

    return hear(snapshot.voices, Text(said.__getitem__, categories))


def _push(snapshot: PolicySnapshot, now_ms: int, until: int) -> Decision:
    """Quiet time; help and reports notify through nobody's quiet."""
    track, start_ms = snapshot.times.quiet_time, snapshot.times.start_ms
    second = (now_ms - start_ms) // _SECOND
    place = bisect_right(track.cuts, second)
    here = track.moments[track.codes[place - 1]].no
    if place < len(track.cuts):
        until = min(until, start_ms + track.cuts[place] * _SECOND)
    if here is None:
        return _plain(Reason.ALLOWED, until, snapshot.version)
    return Decision(
        outcome=here.outcome,
        reason=here.reason,
        decided_by=here.by,
        policy_version=snapshot.version,
        valid_until_ms=until,
        until_ms=start_ms + track.end_of(second) * _SECOND,
        ask=here.ask,
        field=here.field,
    )


_OPEN: Final = frozenset({Reason.ALLOWED, Reason.ALWAYS_ALLOWED, Reason.HELP_QUERY})


def _plain(reason: Reason, until: int, version: int, help_: Help | None = None) -> Decision:
    """An answer of the platform's."""
    return Decision(
        outcome="allow" if reason in _OPEN else "deny",
        reason=reason,
        decided_by=_PLATFORM,
        policy_version=version,
        valid_until_ms=until,
        help=help_,
    )


def _safety(now_ms: int, help_: Help, version: int = 0) -> Decision:
    """Help, report, block, leave, export, emergency: whatever else holds (section 9)."""
    return _plain(Reason.ALWAYS_ALLOWED, now_ms + VALID_MS, version, help_)


def unknown_subject(question: Question, now_ms: int, help: Help) -> Decision:  # noqa: A002 - the field's name
    """The answer for a teen that is unknown, or not bound to this host: nobody can tell which."""
    if question.action == SAFETY:
        return _safety(now_ms, help)
    return _plain(Reason.UNKNOWN_SUBJECT, now_ms + VALID_MS, 0, help)


def strictest(
    question: Question,
    now_ms: int,
    *,
    reason: Reason,
    help: Help,  # noqa: A002 - the field's name
    packs: Packs | None = None,
) -> Decision:
    """The answer without rules that can be relied on: a no, but for safety and help queries.

    It holds for now only: the rules may come at any time.
    """
    if question.action == SAFETY:
        return _safety(now_ms, help)
    if packs is not None and question.action == SEARCH:
        text = packs.read(question.text)
        if packs.is_help(text):
            return _for_help(help, now_ms, 0, mixed=packs.beside_help(text))
    return _plain(reason, now_ms, 0, help)
