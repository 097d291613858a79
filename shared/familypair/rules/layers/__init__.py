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
           holds: tuple[Hold, ...] = (), caps: Mapping[str, Value] = {} (operator), country="")
    Layer(owner, kind: Owner.TEEN | Owner.GUARDIAN, values: Mapping[path, Value] = {},
          scopes: frozenset[Scope], state: LayerState.ACTIVE | PROBATION | ENDING | ENDED,
          probation_ends: datetime | None, frozen: Mapping[Scope, datetime] (in force, unwritable),
          known_to: frozenset[owner id] (guardians who both agreed to be known))
    effective(policy, *, now, fields: Iterable[path] | None = None) -> dict[path, Effective]
        Effective(path, value, decided_by: tuple[Source, ...], says: tuple[Said, ...],
                  starting: bool, steps: tuple[Step, ...])    # steps: time outcome pairs, A4
        Source(kind: SourceKind CAP|HOLD|DEFAULT|TEEN|GUARDIAN, id); str(source) is the wire owner
    in_the_way(policy, path, wish, *, now, postings={}) -> Way(owners, cap, frozen, possible)  # A8
    day_limit(policy, day: date, *, now, postings={}) -> DayLimit(minutes, sums, steps); .outcome(n)
    explain(policy, path, viewer: Viewer, *, now) -> Explained | None (None: not this viewer's)
    explain_all(policy, viewer, *, now, fields=None) -> tuple[Explained, ...]
        Viewer(id, kind); Explained has what this viewer may know, and words
    visible_fields(policy, viewer_id, *, now) -> tuple[path, ...]
    check_write(policy, owner_id, patch: Patch, *, now) -> Accepted | tuple[Refusal, ...]
        Accepted(layer: Layer, changes: tuple[Change, ...], notices: tuple[Notice, ...])
        Change(path, before, after, effective_from: datetime, from_probation_end: bool)
    check_undo(policy, owner_id, changes: Sequence[Undo], *, touched: Set[path], now)
        -> Accepted | tuple[Refusal, ...]                                                  # A24
    notice_layer(history: Sequence[Version], *, now, band) -> dict[path, Value]
    platform_hold(effective, *, until, without=frozenset[Contact]()) -> Hold
    my_rule(policy, owner_id, *, now) -> Patch          # "keep today's values as my rule"
    band_change(policy, band, *, now) -> BandChange(teen_values, removed, notice)          # A11
    search_answer(policy, *, matches, category, now) -> SearchAnswer                       # A12

From `familypair.settings`: FIELDS, CATEGORIES, field(path), parse_patch(obj) -> Patch |
tuple[Refusal, ...], flatten/nest, encode_values(values) -> nested JSON, decode_values(nested),
encode(path, value), decode(path, raw), say(path, value, audience), Audience, Band, Owner.
`Patch.changes`: Mapping[path, Value | None]; None unsets. From `familypair.rules.schedule`:
local_day(zone, day_starts_at, instant), day_start(zone, day_starts_at, day), next_boundary(...).
"""
