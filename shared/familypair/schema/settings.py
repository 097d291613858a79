"""Settings on the wire: effective values with reasons, my own layer, undo and preview."""

from datetime import date
from typing import Any

from familypair.schema.base import Answer, Ask, Instant


class LayerValue(Answer, frozen=True, kw_only=True):
    """What one layer says, as far as this viewer may know."""

    owner: str
    """`cap`, `default`, `teen`, `me`, a guardian's id, `another_guardian` or `hold`."""
    name: str
    """The owner in words for this viewer."""
    value: Any
    wins: bool = False
    from_: str | None = None
    """`end_of_probation` when the value is accepted but not yet in force."""
    hidden: int = 0
    """How many entries of this layer's list the viewer may not read."""
    completed: bool = False
    """Not written by the owner: the starting value for the other half of a pair (A4)."""


class StepSeen(Answer, frozen=True, kw_only=True):
    """What happens from a minute of use on (algebra.md A4): "stop from 180: another guardian"."""

    minutes: int
    outcome: str
    words: str
    decided_by: tuple[str, ...] = ()


class Explained(Answer, frozen=True, kw_only=True):
    """One field: what holds, who decided, what each layer says, and who could change it."""

    path: str
    title: str
    value: Any
    words: str
    """The value in words."""
    reason: str
    """One sentence: "60 min: set by Dana"."""
    decided_by: tuple[str, ...]
    starting_value: bool = False
    """Nobody's rule yet: the default of the age band (algebra.md A2)."""
    locked: bool = False
    """Whether this viewer cannot loosen it by a write of their own layer."""
    writable: bool = False
    """Whether this viewer has a layer with a say in this field."""
    mine: Any = None
    """What the viewer's own layer says; null is silence."""
    layers: tuple[LayerValue, ...] = ()
    change: str = ""
    """What would change it, in words."""
    ask: tuple[str, ...] = ()
    """Whose yes it needs to loosen it: the least set of owners (algebra.md A8)."""
    cap: Any = None
    """The platform's bound of this age band; null where there is none."""
    hidden: int = 0
    """How many entries of lists this viewer may not read; that they exist is always said."""
    steps: tuple[StepSeen, ...] = ()
    """For the daily limit and `at_limit`: the outcomes in the order in which they come."""


class EffectiveSettings(Answer, frozen=True, kw_only=True):
    """Every field that this viewer may see, explained."""

    teen: str
    at: Instant
    band: str
    fields: tuple[Explained, ...]
    etag: str


class LayerDocument(Answer, frozen=True, kw_only=True):
    """My own layer of one teen: a nested document, absent fields are silence."""

    teen: str
    values: dict[str, Any]
    changed_at: Instant | None = None
    etag: str
    keep: bool = False
    """Whether "keep today's values as my rule" is on offer: nothing is set yet."""


class Change(Answer, frozen=True, kw_only=True):
    """One field that a write changed: before and after of the layer and of what holds."""

    path: str
    title: str
    before: Any = None
    after: Any = None
    effective_before: Any = None
    effective_after: Any = None
    note: str = ""
    """For instance: "from the end of probation", or "another rule also limits"."""
    takes_effect: str = "now"
    """`now` or `end_of_probation`."""


class LayerSaved(Answer, frozen=True, kw_only=True):
    """A write that took: the new document, what changed, and the entry that can be undone."""

    layer: LayerDocument
    changes: tuple[Change, ...]
    entry: int | None = None
    """The number in my inbox of the entry, for `revert`; absent when nothing changed."""


class PreviewAsk(Ask, frozen=True, kw_only=True):
    """A draft of my layer as a merge patch; nothing is saved."""

    patch: dict[str, Any]


class PreviewHour(Answer, frozen=True, kw_only=True):
    """A stretch of the next days where the draft differs from what holds now."""

    start: Instant
    end: Instant
    before: str
    """`free`, `block`, `wind_down` or `mute`."""
    after: str
    words: str


class PreviewDay(Answer, frozen=True, kw_only=True):
    """One of the next 7 days: the limit before and after, and the hours that differ."""

    date: date
    weekday: str
    limit_before: int | str
    limit_after: int | str
    hours: tuple[PreviewHour, ...] = ()


class PastDay(Answer, frozen=True, kw_only=True):
    """One of the last 28 days under the draft, replayed over real use."""

    date: date
    used_seconds: int | None
    stopped_seconds: int
    """How much of that use the draft would have stopped, asked about or blocked."""
    before_stopped_seconds: int = 0
    """The same under the rules that hold now."""


class Preview(Answer, frozen=True, kw_only=True):
    """What a draft would change, before it is saved."""

    changes: tuple[Change, ...]
    ahead: tuple[PreviewDay, ...] = ()
    """The next 7 days; with `set_time` or `see_settings`."""
    past: tuple[PastDay, ...] = ()
    """The last 28 days that this viewer may see; with `see_time` only."""
    words: tuple[str, ...] = ()
    """`Would have stopped on 4 of 28 days, 3 h 10 in all.`"""


class Template(Answer, frozen=True, kw_only=True):
    """A named set of values for one age band, to start a layer from."""

    name: str
    title: str
    band: str
    summary: str
    values: dict[str, Any]


class Templates(Answer, frozen=True, kw_only=True):
    """All templates."""

    items: tuple[Template, ...]


class TemplateAsk(Ask, frozen=True, kw_only=True):
    """A template as a draft of my own layer; nothing is saved."""

    name: str


class CopyAsk(Ask, frozen=True, kw_only=True):
    """Copy my own layer of another of my teens as a draft; nothing is saved."""

    from_teen: str
    lists: bool = False
    """Whether my lists of words and of blocked accounts come along."""


class DraftLine(Answer, frozen=True, kw_only=True):
    """One line of a diff: what my layer says and what it would say."""

    path: str
    title: str
    before: Any = None
    after: Any = None
    words: str


class Draft(Answer, frozen=True, kw_only=True):
    """A patch of my layer from a template or a sibling, with its diff."""

    patch: dict[str, Any]
    lines: tuple[DraftLine, ...]
    skipped: tuple[str, ...] = ()
    """Fields that cannot be taken (another band's cap, a scope that is not granted), with why."""
