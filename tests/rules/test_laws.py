"""The four laws of product.md section 1 and R0 of algebra.md, over random families."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from familypair.rules.explain import explain_all
from familypair.rules.layers import (
    Accepted,
    Layer,
    LayerState,
    Policy,
    SourceKind,
    check_write,
    effective,
    in_the_way,
    layer_of,
    today,
)
from familypair.settings import (
    FIELDS,
    Field,
    FieldClass,
    Kind,
    Owner,
    Patch,
    Scope,
    Value,
    field,
)
from familypair.testing.families import NOON, TEEN
from support.families import PROFILE, Case, at, cases, outcomes, swap, value_of

MEETING = [row for row in FIELDS.values() if row.meets and not row.by_request]
TIGHTEN = [row.path for row in MEETING if row.cls is FieldClass.TIGHTEN]


def put(policy: Policy, owner: str, path: str, value: Value | None) -> Policy:
    """The policy after a write of one field of one layer, unjudged."""

    def write(layer: Layer) -> Layer:
        if layer.owner != owner:
            return layer
        written = {**layer.values, path: value}
        return msgspec.structs.replace(
            layer, values={p: v for p, v in written.items() if v is not None}
        )

    return msgspec.structs.replace(
        policy, teen=write(policy.teen), guardians=tuple(map(write, policy.guardians))
    )


def values_of(policy: Policy) -> dict[str, Any]:
    """Every effective value, by which policies are compared."""
    return {path: one.value for path, one in effective(policy, now=NOON).items()}


@PROFILE
@given(cases())
def test_law_1_the_strictest_wins_and_every_winner_is_named(case: Case) -> None:
    """The answer is as strict as each layer's, and each decider is one of those who spoke."""
    policy, row = case.policy, case.row
    found = at(policy, row.path)
    assert found.decided_by
    assert {said.source for said in found.says if said.wins} == set(found.decided_by)
    if row.path != "screen_time.at_limit":  # its strictness lives in the steps, see below
        assert all(row.order.covers(found.value, said.value) for said in found.says)
    kinds = [source.kind for source in found.decided_by]
    assert kinds == sorted(kinds)


@PROFILE
@given(cases(), st.data())
def test_law_2_a_write_changes_only_the_writers_own_layer(case: Case, data: st.DataObject) -> None:
    """Whatever is written and accepted, every other owner's values are what they were."""
    policy, row = case.policy, case.row
    owner = data.draw(st.sampled_from([TEEN, *[g.owner for g in policy.guardians]]))
    value = data.draw(st.none() | value_of(row))
    done = check_write(policy, owner, Patch({row.path: value}), now=NOON)
    if isinstance(done, Accepted):
        assert done.layer.owner == owner
        mine = layer_of(policy, owner)
        assert mine is not None
        untouched = {p: v for p, v in mine.values.items() if p != row.path}
        assert untouched.items() <= done.layer.values.items()


@PROFILE
@given(cases(), st.data())
def test_law_2_a_stricter_write_takes_effect_at_once(case: Case, data: st.DataObject) -> None:
    """Tightening asks nobody: after it, what holds is at least as strict as the value written."""
    policy, row = case.policy, case.row
    value = data.draw(value_of(row))
    done = check_write(policy, TEEN, Patch({row.path: value}), now=NOON)
    if isinstance(done, Accepted) and row.path != "screen_time.at_limit":
        after = msgspec.structs.replace(policy, teen=done.layer)
        assert row.order.covers(at(after, row.path).value, value)


@PROFILE
@given(cases())
def test_law_3_a_guardian_never_reads_who_another_guardian_is(case: Case) -> None:
    """No answer to A holds the id or the name of B or C; the teen reads them."""
    policy = case.policy
    names = {"A": "Ann-Name", "B": "Bob-Name", "C": "Cid-Name", TEEN: "Mia-Name"}
    for viewer in [g.owner for g in policy.guardians]:
        seen = explain_all(policy, viewer, now=NOON, names=names)
        spoken = {o for e in seen for o in (*e.decided_by, *e.ask, *[x.owner for x in e.layers])}
        assert not spoken & ({"A", "B", "C"} - {viewer})
        text = msgspec.json.encode(seen).decode()
        assert not any(name in text for who, name in names.items() if who in {"A", "B", "C"})


@PROFILE
@given(cases(), st.integers(0, 50))
def test_law_4_the_same_facts_give_the_same_answer(case: Case, minutes: int) -> None:
    """A second evaluation, a moment later, of a copy made through JSON-like rebuilding agrees."""
    policy = case.policy
    copy = msgspec.structs.replace(policy, guardians=tuple(policy.guardians))
    later = NOON + timedelta(minutes=minutes)
    assert effective(policy, now=NOON) == effective(copy, now=later)


@PROFILE
@given(cases(most=2))
def test_r0_the_day_is_the_strictest_of_the_layers_days(case: Case) -> None:
    """answer(A, B) = strictest(answer(A), answer(B)) while each of them replaced the default."""
    policy = case.policy
    limit = {f"screen_time.daily_minutes.{today(policy, NOON):%a}".lower(): 45}
    full = [
        msgspec.structs.replace(g, values={**limit, **g.values}, scopes=frozenset(Scope))
        for g in policy.guardians
    ]
    alone = [outcomes(swap(policy, g)) for g in full]
    if alone:
        assert outcomes(swap(policy, *full)) == [max(each) for each in zip(*alone, strict=True)]


@PROFILE
@given(cases(most=2))
def test_r0_every_tighten_field_decomposes(case: Case) -> None:
    """A tighten field of A and B is the meet of the family with A alone and with B alone."""
    policy, row = case.policy, case.row
    if row.cls is FieldClass.TIGHTEN and policy.guardians:
        alone = [at(swap(policy, g), row.path).value for g in policy.guardians]
        both = at(policy, row.path).value
        assert row.order.covers(both, row.order.meet(alone))
        assert row.order.covers(row.order.meet(alone), both)


@PROFILE
@given(cases(most=3), st.randoms(use_true_random=False))
def test_the_order_of_guardians_does_not_matter(case: Case, random: Any) -> None:
    """Concurrent writes and link dates change names of ties, never a value or an outcome."""
    policy = case.policy
    layers = list(policy.guardians)
    random.shuffle(layers)
    assert values_of(policy) == values_of(swap(policy, *layers))
    assert outcomes(policy) == outcomes(swap(policy, *layers))


@PROFILE
@given(cases(most=2))
def test_a_twin_layer_changes_nothing(case: Case) -> None:
    """Idempotence: a second guardian with the same wishes as the first adds no strictness."""
    policy = case.policy
    if policy.guardians:
        twin = msgspec.structs.replace(policy.guardians[0], owner="Z")
        both = swap(policy, *policy.guardians, twin)
        assert values_of(policy) == values_of(both)
        assert outcomes(policy) == outcomes(both)


@PROFILE
@given(cases(), st.data())
def test_a02_monotone_between_set_values(case: Case, data: st.DataObject) -> None:
    """Quote: "monotonicity is promised between set values": stricter never loosens."""
    policy, row = case.policy, case.row
    if row.path == "screen_time.at_limit":
        return  # a pair: its monotonicity is that of the outcomes, next test
    owner = data.draw(st.sampled_from([TEEN, *[g.owner for g in policy.guardians]]))
    one, two = data.draw(value_of(row)), data.draw(value_of(row))
    if row.order.covers(two, one):
        loose, strict = put(policy, owner, row.path, one), put(policy, owner, row.path, two)
        assert row.order.covers(at(strict, row.path).value, at(loose, row.path).value)


@PROFILE
@given(cases(), st.data())
def test_a04_outcomes_are_monotone_in_each_half_of_the_pair(
    case: Case, data: st.DataObject
) -> None:
    """A stricter limit or a stricter `at_limit` never softens what happens at any use."""
    policy, row = case.policy, case.row
    paths = ["screen_time.at_limit", "screen_time.daily_minutes.sun"]
    row = field(data.draw(st.sampled_from(paths)))
    owner = data.draw(st.sampled_from([TEEN, *[g.owner for g in policy.guardians]]))
    one, two = data.draw(value_of(row)), data.draw(value_of(row))
    if row.order.covers(two, one):
        loose = outcomes(put(policy, owner, row.path, one))
        strict = outcomes(put(policy, owner, row.path, two))
        assert all(s >= w for s, w in zip(strict, loose, strict=True))


@PROFILE
@given(cases(most=2), st.data())
def test_guardians_only_tighten_contact_privacy_and_search(case: Case, data: st.DataObject) -> None:
    """No sequence of guardian writes makes such a field looser than without any guardian.

    Product.md section 4: never looser than min(default, the teen's own value).
    """
    policy = case.policy
    start = swap(policy)
    floor = {path: at(start, path).value for path in TIGHTEN}
    for _ in range(data.draw(st.integers(0, 6))):
        if not policy.guardians:
            break
        owner = data.draw(st.sampled_from([g.owner for g in policy.guardians]))
        path = data.draw(st.sampled_from(TIGHTEN))
        patch = Patch({path: data.draw(st.none() | value_of(field(path)))})
        done = check_write(policy, owner, patch, now=NOON)
        if isinstance(done, Accepted):
            policy = put(policy, owner, path, done.layer.values.get(path))
        now = at(policy, path).value
        assert field(path).order.covers(now, floor[path])


@PROFILE
@given(cases(states=(LayerState.ACTIVE, LayerState.PROBATION)))
def test_a10_a_layer_in_probation_never_loosens(case: Case) -> None:
    """Quote: "the bound is the policy without this link": nothing is looser with it."""
    policy = case.policy
    without = swap(policy, *[g for g in policy.guardians if g.state is not LayerState.PROBATION])
    for row in MEETING:
        if row.path != "screen_time.at_limit":
            with_it = at(policy, row.path).value
            assert row.order.covers(with_it, at(without, row.path).value), row.path
    assert all(a >= b for a, b in zip(outcomes(policy), outcomes(without), strict=True))


@PROFILE
@given(cases(), st.data())
def test_a08_the_owners_in_the_way_are_the_least_set_that_can_grant(
    case: Case, data: st.DataObject
) -> None:
    """Sufficient: when exactly they move to the wish it holds. Least: with one missing it fails."""
    policy, row = case.policy, case.row
    wish = data.draw(value_of(row))
    if row.path == "screen_time.at_limit" or _asks_less_than_the_cap(policy, row, wish):
        return
    way = in_the_way(policy, row.path, wish, now=NOON)
    owners = {TEEN if s.kind is SourceKind.DEFAULT else s.id for s in way.owners}
    assert way.cap is None
    assert _grants(policy, owners, row, wish)
    assert all(not _grants(policy, owners - {one}, row, wish) for one in owners)


def _asks_less_than_the_cap(policy: Policy, row: Field, wish: Value) -> bool:
    cap = row.cap(policy.band)
    return cap is not None and not row.order.covers(wish, cap)


def _grants(policy: Policy, owners: set[str], row: Field, wish: Value) -> bool:
    """Whether the wish comes true when these owners, and nobody else, move to it."""
    for owner in owners:
        policy = put(policy, owner, row.path, wish)
    return row.order.covers(wish, at(policy, row.path).value)


@PROFILE
@given(cases())
def test_a_second_guardian_never_loosens_what_was_set(case: Case) -> None:
    """Once a field is somebody's rule, one more guardian can only add to it."""
    if not case.policy.guardians:
        return
    extra, *others = case.policy.guardians
    policy = swap(case.policy, *others)
    more = swap(policy, *policy.guardians, msgspec.structs.replace(extra, owner="Z"))
    for row in MEETING:
        found = at(policy, row.path)
        if found.starting or row.path == "screen_time.at_limit":
            continue
        assert row.order.covers(at(more, row.path).value, found.value), row.path


def test_the_properties_cover_every_kind_of_field() -> None:
    """Every kind that the registry uses takes part in the properties above."""
    assert {row.kind for row in MEETING} | {Kind.EXCEPTIONS} == {
        row.kind for row in FIELDS.values()
    }
    assert {Owner.TEEN, Owner.GUARDIAN} == {o for row in MEETING for o in row.writers}
