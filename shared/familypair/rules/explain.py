"""Explain: what holds, who decided, what would change it and who could, for one viewer.

Law 1: every answer names the layer that decided. The sentences are plain text.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import DEFAULT, Effective, Policy, Said, Source, SourceKind, Step
from familypair.rules.layers.sight import (
    Seen,
    Viewer,
    as_seen_by,
    see,
    viewer_of,
    visible_fields,
)
from familypair.rules.layers.voices import cap_of
from familypair.rules.layers.write import may_write
from familypair.schema.settings import Explained, LayerValue, StepSeen
from familypair.settings import (
    Audience,
    Field,
    FieldClass,
    Kind,
    Value,
    encode,
    field,
    say,
    say_minutes,
)

_NO_NAME: Final = {
    SourceKind.CAP: "the platform",
    SourceKind.HOLD: "the platform",
    SourceKind.DEFAULT: "the starting value",
    SourceKind.TEEN: "the teen",
    SourceKind.GUARDIAN: "a guardian",
}


def explain(
    policy: Policy, path: str, viewer: str, *, now: datetime, names: Mapping[str, str] | None = None
) -> Explained | None:
    """One field for one person; None when it is not theirs to see.

    `names` maps owner ids to display names; names that the viewer may not know are not used.
    """
    found = explain_all(policy, viewer, now=now, fields=(path,), names=names)
    return found[0] if found else None


def explain_all(
    policy: Policy,
    viewer: str,
    *,
    now: datetime,
    fields: Iterable[str] | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[Explained, ...]:
    """The asked fields (all when None) that this person may see; empty for a stranger."""
    looking = viewer_of(policy, viewer, names)
    visible = visible_fields(policy, viewer)
    if looking is None or not visible:
        return ()
    asked = visible if fields is None else tuple(p for p in fields if p in set(visible))
    shown = as_seen_by(policy, looking, now)
    found = effective(shown, now=now, fields=asked)
    return tuple(_explain(shown, looking, one, now) for one in found.values())


def _explain(policy: Policy, viewer: Viewer, found: Effective, now: datetime) -> Explained:
    row = field(found.path)
    seen = [
        sight
        for said in found.says
        if not _is_idle(row, said)
        if (sight := see(policy, viewer, said, row.path)) is not None
    ]
    writable = may_write(policy, viewer.layer, row, now) is None
    value = _value(row, found, seen)
    words = _words(row, value, viewer, sum(s.hidden for s in seen))
    deciders = [s.said.source for s in seen if s.said.wins]
    blocking = _blocking(row, found, deciders, viewer, writable=writable)
    return Explained(
        path=row.path,
        title=row.title,
        value=encode(row.path, value),
        words=words,
        reason=_reason(policy, viewer, row, words, [s.said for s in seen if s.said.wins]),
        decided_by=_owners(viewer, deciders),
        starting_value=found.starting and not any(_carried(policy, row, s) for s in found.says),
        locked=bool(blocking) or not writable,
        writable=writable,
        mine=encode(row.path, viewer.layer.values.get(row.path)),
        layers=tuple(_layer(policy, viewer, row, s) for s in seen),
        change=_change(policy, viewer, row, blocking, writable=writable),
        ask=_ask(viewer, blocking),
        cap=encode(row.path, cap_of(policy, row)),
        hidden=sum(s.hidden for s in seen),
        steps=tuple(_step(policy, viewer, step) for step in found.steps),
    )


def _is_idle(row: Field, said: Said) -> bool:
    """A default that restricts nothing and decides nothing is not worth a line."""
    return said.source == DEFAULT and not said.wins and said.value == row.order.loosest


def _value(row: Field, found: Effective, seen: Sequence[Seen]) -> Value | None:
    """What this viewer may read of the value: lists are put together from what they may read."""
    if row.kind in {Kind.TERMS, Kind.CONTACTS} and row.meets:
        met: Value = row.order.meet([s.value for s in seen] or [row.order.loosest])
        return met
    return found.value


def _audience(viewer: Viewer) -> Audience:
    return Audience.TEEN if viewer.is_teen else Audience.GUARDIAN


def _words(row: Field, value: Value | None, viewer: Viewer, hidden: int) -> str:
    if not row.meets and value is None:
        return "each person's own"
    words = say(row.path, value, _audience(viewer))
    if not hidden:
        return words
    unread = f"{hidden} that you cannot read"
    return f"{words}, and {unread}" if value else unread


def voice_name(policy: Policy, viewer: Viewer, source: Source) -> str:
    """The owner of a value in words for this viewer, who may not know every name."""
    if source.kind is SourceKind.CAP:
        return f"platform rule for {policy.band.value}"
    if source.kind is SourceKind.HOLD:
        return "kept by the platform after a link ended"
    if source.kind is SourceKind.DEFAULT:
        return "starting value, you may change it" if viewer.is_teen else "starting value"
    if source.id == viewer.id:
        return "you"
    if source.kind is SourceKind.GUARDIAN and not viewer.knows(source.id):
        return "another guardian"
    return viewer.names.get(source.id, _NO_NAME[source.kind])


def _reason(policy: Policy, viewer: Viewer, row: Field, words: str, winners: Sequence[Said]) -> str:
    """The value, and everybody who decided: a fixed rule first, then people (A8)."""
    if not row.meets or not winners:
        return words
    fixed = [s for s in winners if s.source.kind <= SourceKind.DEFAULT]
    people = [s for s in winners if s.source.kind > SourceKind.DEFAULT and not s.completed]
    parts = [
        _CARRIED if _carried(policy, row, one) else voice_name(policy, viewer, one.source)
        for one in fixed[:1]
    ]
    if people:
        parts.append(f"{'also ' if fixed else ''}set by {_names(policy, viewer, people)}")
    if not parts:
        half = "the minutes" if row.choices else "what happens at the limit"
        parts = [f"starting value, {_names(policy, viewer, winners)} set only {half}"]
    return f"{words}: {'; '.join(parts)}"


_CARRIED = "as before, until the day ends"


def _carried(policy: Policy, row: Field, said: Said) -> bool:
    """Whether the default gives way to a rule that fell silent today (A3)."""
    return said.source == DEFAULT and said.value != row.default(policy.band)


def _names(policy: Policy, viewer: Viewer, said: Sequence[Said]) -> str:
    return _and(list(dict.fromkeys(voice_name(policy, viewer, one.source) for one in said)))


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _owners(viewer: Viewer, sources: Sequence[Source]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(viewer.owner_word(source) for source in sources))


def _layer(policy: Policy, viewer: Viewer, row: Field, seen: Seen) -> LayerValue:
    return LayerValue(
        owner=viewer.owner_word(seen.said.source),
        name=voice_name(policy, viewer, seen.said.source),
        value=encode(row.path, seen.value),
        wins=seen.said.wins,
        from_="end_of_probation" if seen.said.waits else None,
        hidden=seen.hidden,
        completed=seen.said.completed,
    )


def _step(policy: Policy, viewer: Viewer, step: Step) -> StepSeen:
    names = list(dict.fromkeys(voice_name(policy, viewer, source) for source in step.sources))
    words = f"{step.outcome} from {say_minutes(step.minutes)}: {_and(names)}"
    owners = _owners(viewer, step.sources)
    return StepSeen(minutes=step.minutes, outcome=step.outcome, words=words, decided_by=owners)


def _blocking(
    row: Field, found: Effective, deciders: Sequence[Source], viewer: Viewer, *, writable: bool
) -> list[Source]:
    """Whose voice keeps this viewer from loosening it alone. Nothing is looser than the loosest."""
    if not row.meets or found.value == row.order.loosest:
        return []
    own_default = writable and (viewer.is_teen or row.cls is FieldClass.REPLACE)
    mine = {viewer.id}
    return [s for s in deciders if s.id not in mine and not (s == DEFAULT and own_default)]


def _ask(viewer: Viewer, blocking: Sequence[Source]) -> tuple[str, ...]:
    """The owners who must agree; empty when nobody need be asked, or nobody could grant it."""
    if any(source.kind <= SourceKind.HOLD for source in blocking):
        return ()
    owners = ("teen" if s == DEFAULT else viewer.owner_word(s) for s in blocking)
    return tuple(dict.fromkeys(owners))


def _change(
    policy: Policy, viewer: Viewer, row: Field, blocking: Sequence[Source], *, writable: bool
) -> str:
    if blocking and blocking[0].kind is SourceKind.CAP:
        return f"Nobody can loosen it: platform rule for {policy.band.value}."
    if blocking and blocking[0].kind is SourceKind.HOLD:
        return "It ends by itself, 7 days after the link ended."
    if not blocking:
        return _unblocked(viewer, row, writable=writable)
    names = dict.fromkeys(
        _teen_name(viewer) if s == DEFAULT else voice_name(policy, viewer, s) for s in blocking
    )
    return f"To loosen it, ask {_and(list(names))}."


def _unblocked(viewer: Viewer, row: Field, *, writable: bool) -> str:
    if writable:
        return "You can change it."
    if viewer.layer.kind not in row.writers:
        return "Only the teen can change it."
    return "You can ask for a change." if row.by_request else "It cannot be changed now."


def _teen_name(viewer: Viewer) -> str:
    return "you" if viewer.is_teen else "the teen"


def wire_owner(source: Source) -> str:
    """The name of a voice in the ledger, before a projection hides others."""
    return "teen" if source.kind is SourceKind.TEEN else str(source)
