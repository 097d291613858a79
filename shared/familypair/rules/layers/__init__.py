"""Layers of settings: what holds, who decided, who could change it, and what an owner may write.

The precedence, once (product.md section 4, algebra.md R0, A2, A10, A18):
1. Every layer is completed and read by itself; nothing in one is applied to another's value.
2. A cap binds everybody. The strictest of the answers wins; every tied layer is named, in the
   order cap, hold, default or teen, guardians by link date.
3. Replace fields (time, schedule): the default speaks only while neither the teen nor a guardian
   out of probation has spoken. Tighten fields: the teen's own value replaces the default, a
   guardian's never does.
4. A guardian's value speaks only under its granted scope, or while that scope is frozen (notice).
5. Silence (unset) is not a wish for "none".

Public API, all pure; instants are aware UTC; paths are dotted (`screen_time.daily_minutes.mon`):

    Policy(band, zone, teen: Layer, guardians: tuple[Layer, ...] in link-date order,
           holds: tuple[Hold, ...] = (), caps: Mapping[path, Value] = {} (operator), country="")
    Layer(owner, kind: Owner.TEEN | Owner.GUARDIAN, values: Mapping[path, Value] = {},
          scopes: frozenset[Scope], state: LayerState, probation_ends: datetime | None,
          frozen: Mapping[Scope, datetime] (in force, unwritable), outgoing (A20),
          known_to: frozenset[owner id] (guardians who both agreed to be known))
    An ended or ending guardian: state ENDING, frozen={Scope.SET_TIME: notice_until}, values =
    notice_layer(...). Keep the layer in the policy until `carried_until`: then A3 (a default comes
    back only from the next day boundary) holds by itself. Ended at once: state ENDED and
    frozen={Scope.SET_TIME: ended_at}.

    effective(policy, *, now, fields: Iterable[path] | None = None) -> dict[path, Effective]
        Effective(path, value, decided_by: tuple[Source, ...], says: tuple[Said, ...],
                  starting: bool, steps: tuple[Step, ...])    # steps: time outcome pairs, A4
        Source(kind: SourceKind CAP|HOLD|DEFAULT|TEEN|GUARDIAN, id)
    in_the_way(policy, path, wish, *, now) -> Way(owners, cap, frozen, .possible)             # A8
    minutes_in_the_way(policy, day, wish, *, now, postings) -> Way                         # A5, A8
    day_limit(policy, day: date, *, now, postings=None) -> DayLimit(minutes, sums, steps,
        .outcome(used))                                                            # A4, A5, A6
    visible_fields(policy, viewer_id) -> tuple[path, ...]
    check_write(policy, owner_id, patch: Patch, *, now) -> Accepted | tuple[Refusal, ...]
        Accepted(layer: Layer, changes: tuple[Change, ...], notices: tuple[Notice, ...])
        Change(path, before, after, effective_from: datetime, from_probation_end: bool)
    check_undo(policy, owner_id, changes: Sequence[Undo(path, before, after)], *,
               touched: Set[path], now) -> Accepted | tuple[Refusal, ...]                   # A24
    notice_layer(history: Sequence[Version(at, values)], *, now, band) -> dict[path, Value]
    platform_hold(found_effective, *, owner, until, safety_exit=False, link="") -> Hold
    my_rule(policy, owner_id, *, now) -> Patch          # "keep today's values as my rule"
    band_change(policy, band, *, now) -> BandChange(policy, kept, removed, notice)           # A11
    search_answer(policy, text: Text, *, now) -> SearchAnswer                          # A12, A13

`familypair.rules.explain`: explain(policy, path, viewer_id, *, now, names={}) and
explain_all(policy, viewer_id, *, now, fields=None, names={}) give `schema.settings.Explained`.
`familypair.rules.days`: Regime, Day, day_at, day_named, days_from, moved; a policy's days are cut
by `policy.regimes()`. `familypair.rules.schedule`: own_day. `familypair.rules.age`.
`familypair.settings`: FIELDS, CATEGORIES, field(path), parse_patch(obj) -> Patch(changes) |
tuple[Refusal, ...], encode_values/decode_values (nested), encode_flat/decode_flat, encode, decode,
say(path, value, audience), nest, flatten, pointer_of.
"""

from familypair.rules.layers.bands import (
    BandChange,
    BandLine,
    band_change,
    kept_as_own,
    my_rule,
)
from familypair.rules.layers.ending import Version, notice_layer, platform_hold
from familypair.rules.layers.meet import effective
from familypair.rules.layers.model import (
    CAP,
    DEFAULT,
    HOLD,
    Effective,
    Hold,
    Layer,
    LayerState,
    Outgoing,
    Policy,
    Said,
    Source,
    SourceKind,
    Step,
    Way,
)
from familypair.rules.layers.pairs import DayLimit, Pair, day_limit
from familypair.rules.layers.search import SearchAnswer, Text, search_answer
from familypair.rules.layers.sight import viewer_of, visible_fields
from familypair.rules.layers.voices import carried_until, day_starts_at, source_of
from familypair.rules.layers.way import in_the_way, is_frozen, minutes_in_the_way, today
from familypair.rules.layers.write import (
    Accepted,
    Change,
    Notice,
    NoticeKind,
    Undo,
    check_undo,
    check_write,
    layer_of,
    may_write,
)

__all__ = [
    "CAP",
    "DEFAULT",
    "HOLD",
    "Accepted",
    "BandChange",
    "BandLine",
    "Change",
    "DayLimit",
    "Effective",
    "Hold",
    "Layer",
    "LayerState",
    "Notice",
    "NoticeKind",
    "Outgoing",
    "Pair",
    "Policy",
    "Said",
    "SearchAnswer",
    "Source",
    "SourceKind",
    "Step",
    "Text",
    "Undo",
    "Version",
    "Way",
    "band_change",
    "carried_until",
    "check_undo",
    "check_write",
    "day_limit",
    "day_starts_at",
    "effective",
    "in_the_way",
    "is_frozen",
    "kept_as_own",
    "layer_of",
    "may_write",
    "minutes_in_the_way",
    "my_rule",
    "notice_layer",
    "platform_hold",
    "search_answer",
    "source_of",
    "today",
    "viewer_of",
    "visible_fields",
]
