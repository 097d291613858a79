"""A wish for any field of any family: the least set grants it, and nothing else moves (A7, A8)."""

from typing import cast

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.reasons import Reason, Refusal
from familypair.rules.layers import Layer, LayerState, Policy, SourceKind, in_the_way, layer_of
from familypair.rules.requests.apply import effects
from familypair.rules.requests.model import Given, PartState
from familypair.rules.requests.parts import needs
from familypair.rules.requests.wishes import CONTACTS
from familypair.schema.requests import ChangeSettings
from familypair.settings import Kind, Patch, decode, encode, nest
from familypair.testing.families import NOON, TEEN
from support.families import PROFILE, Case, cases, raw_values
from support.wishes import facts, request

STATES = (LayerState.ACTIVE, LayerState.ACTIVE, LayerState.PROBATION)


def written(policy: Policy, writes: dict[str, Patch]) -> Policy:
    """The policy after these writes."""

    def after(layer: Layer) -> Layer:
        patch = writes.get(layer.owner, Patch({}))
        values = {**layer.values, **patch.changes}
        kept = {path: value for path, value in values.items() if value is not None}
        return msgspec.structs.replace(layer, values=kept)

    guardians = tuple(map(after, policy.guardians))
    return msgspec.structs.replace(policy, teen=after(policy.teen), guardians=guardians)


@settings(PROFILE, max_examples=max(1, PROFILE.max_examples // 3))
@given(cases(states=STATES), st.data())
def test_with_everybodys_yes_it_holds_and_only_theirs_and_the_teens_layers_moved(
    case: Case, data: st.DataObject
) -> None:
    """Each owner's value becomes no stricter than it was, and no looser than the wish asks for."""
    path, order = case.row.path, case.row.order
    if path == CONTACTS:
        return
    wish = decode(path, data.draw(st.sampled_from(raw_values(case.row))))
    asked = ChangeSettings(patch=nest({path: encode(path, wish)}))
    held = facts(case.policy)
    need = needs(held, asked)
    if isinstance(need, Refusal):
        assert need.reason in {Reason.NOTHING_IN_THE_WAY, Reason.CAP_IN_THE_WAY}
        ways = in_the_way(case.policy, path, wish, now=NOON)
        assert not ways.possible or not any(s.kind is SourceKind.GUARDIAN for s in ways.owners)
        return
    yes = tuple(Given(owner=o, state=PartState.APPROVED, at=NOON) for o in need.owners)
    found = effects(held, request(asked, *need.owners, answers=yes), "req", lambda: "pst")
    trial = {g.owner for g in case.policy.guardians if g.state is LayerState.PROBATION}
    if isinstance(found, Refusal):
        assert found.reason is Reason.PROBATION_BOUND
        assert trial & set(need.owners)
        return
    writes = dict(found.writes)
    assert set(writes) <= {*need.owners, TEEN}
    after = written(case.policy, writes)
    if not trial:
        assert in_the_way(after, path, wish, now=NOON).owners == ()
    for owner in need.owners:
        said = in_the_way(case.policy, path, wish, now=NOON).owners
        assert owner in {source.id for source in said}
        old = cast("Layer", layer_of(case.policy, owner)).values.get(path)
        new = writes[owner].changes[path]
        assert new is not None
        assert order.covers(wish, new)
        if old is not None:
            assert order.covers(old, new)
            if case.row.kind is not Kind.BLOCKS:
                assert order.covers(new, order.join([old, wish]))
