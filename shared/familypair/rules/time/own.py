"""Going on by an own, recorded choice: a teen without a guardian who has `set_time` (section 4).

Nobody is there to ask, so `ask` is the teen's own choice. It is a posting on each layer in the way:
their own, the starting value, and a rule that an ended link left behind for its notice period,
where `stop` has become `ask` (product.md section 3, `layers.notice_layer`).
"""

from typing import Final

from familypair.reasons import Reason, Refusal
from familypair.rules.layers.model import LayerState, Policy, SourceKind
from familypair.rules.time.gifts import (
    Book,
    Gift,
    NewId,
    approve_minutes,
    effect_of,
    wishes_of,
)
from familypair.rules.time.model import PostingKind
from familypair.schema.scopes import Scope

STOP: Final = "stop"
_LINKED = frozenset({LayerState.ACTIVE, LayerState.PROBATION})


def chooses(policy: Policy) -> bool:
    """Whether no linked guardian has `set_time` (A9)."""
    return not any(
        layer.state in _LINKED and Scope.SET_TIME in layer.scopes for layer in policy.guardians
    )


def own_choice(book: Book, seconds: int | None, new_id: NewId) -> Gift | Refusal:
    """The teen's own choice to go on for `seconds`, None for the rest of the day.

    Refused: `needs_request` while there is a guardian to ask, `not_limited` where nothing is in the
    way, `cap_in_the_way` at the operator's own limit. A sum that stops is not passed: the choice is
    there at `ask` only (section 4). `frozen_in_the_way` where a scope was taken back, which leaves
    the rule as it is (A23); `own_stop` where it is the teen's own, which they can change instead.
    """
    if not chooses(book.policy):
        return Refusal(Reason.NEEDS_REQUEST)
    before, wishes, teen = book.balance(), wishes_of(book, seconds), book.policy.teen.owner
    way = before.stricter_than(wishes[0])
    if not way:
        return Refusal(Reason.NOT_LIMITED)
    if any(one.source.kind is SourceKind.CAP for one in way):
        cap = next(one for one in way if one.source.kind is SourceKind.CAP)
        return Refusal(Reason.CAP_IN_THE_WAY, params={"cap": cap.limit})
    stopped = [one.source.kind for one in way if one.at == STOP]
    if stopped:
        mine = set(stopped) == {SourceKind.TEEN}
        return Refusal(Reason.OWN_STOP if mine else Reason.FROZEN_IN_THE_WAY)
    owners = [one.source.id or teen for one in way]
    lines = tuple(
        line
        for owner in owners
        for line in approve_minutes(
            book, owner, wishes, new_id=new_id, by=teen, kind=PostingKind.GRANT
        )
    )
    return Gift(postings=lines, effect=effect_of(book, before, lines, lines[-1].seconds))
