"""Decisions obey the four laws and R0, over random families, instants and uses."""

from random import Random
from typing import Any, Final

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from familypair.rules.decide import Decision, Question, Use, decide_at, ms_of, shown_use
from familypair.rules.layers import Layer, LayerState
from familypair.schema.policies import By, PolicyDay, PolicyDocument, PolicyRung
from familypair.settings import FIELDS, FieldClass, Owner
from support.deciding import (
    HELP_WORD,
    PROFILE,
    SEEDS,
    Family,
    capped,
    compiled,
    family_of,
    instants,
    question,
    used,
    values,
)

BASE: Final = family_of(Random(0), guardians=0, steady=True).document()  # noqa: S311 - no secret
RANKS: Final = {"allow": 0, "ask": 1, "deny": 2}


def rank(one: Decision) -> int:
    """How strict an answer is."""
    return RANKS[one.outcome]


@PROFILE
@given(SEEDS)
def test_r0_two_guardians_give_the_strictest_of_each_alone(rnd: Random) -> None:
    """answer(A, B) = strictest(answer(A), answer(B)), and who says it is one who alone would."""
    family = family_of(rnd, guardians=2, steady=True)
    first, second = family.policy.guardians
    both, one, two = (
        compiled(family.document(*layers)) for layers in ((first, second), (first,), (second,))
    )
    for now_ms in instants(rnd, family.document(), 4):
        use, asked = used(rnd, both, now_ms), question(rnd)
        alone = [decide_at(each, use, asked, now_ms) for each in (one, two)]
        found = decide_at(both, use, asked, now_ms)
        assert rank(found) == max(map(rank, alone))
        strict = [each for each in alone if rank(each) == rank(found)]
        assert found.decided_by in {each.decided_by for each in strict}


@PROFILE
@given(SEEDS)
def test_a_tighter_layer_never_loosens_an_answer(rnd: Random) -> None:
    """A guardian who has spoken sets any field to something at least as strict."""
    family = family_of(rnd, guardians=2, steady=True)
    first, second = family.policy.guardians
    wish = capped(values(rnd, Owner.GUARDIAN, full=True), family.policy.band)
    tighter = {**first.values}
    for path, value in wish.items():
        row = FIELDS[path]
        if row.meets and (path in tighter or row.cls is FieldClass.TIGHTEN):
            said = [value, tighter[path]] if path in tighter else [value]
            tighter[path] = row.order.meet(said)
    after = msgspec.structs.replace(first, values=tighter)
    loose = compiled(family.document(first, second))
    strict = compiled(family.document(after, second))
    for now_ms in instants(rnd, family.document(), 4):
        use, asked = used(rnd, loose, now_ms), question(rnd)
        before = decide_at(loose, use, asked, now_ms)
        assert rank(decide_at(strict, use, asked, now_ms)) >= rank(before), asked


@PROFILE
@given(SEEDS)
def test_a_document_through_json_gives_the_same_answers(rnd: Random) -> None:
    """What is signed and read again is the same document and decides the same, each time."""
    family = family_of(rnd)
    made = family.document()
    copy = msgspec.json.decode(msgspec.json.encode(made), type=PolicyDocument)
    assert copy == made
    here, there = compiled(made), compiled(copy)
    for now_ms in instants(rnd, made, 3):
        use, asked = used(rnd, here, now_ms), question(rnd)
        found = decide_at(here, use, asked, now_ms)
        assert found == decide_at(there, use, asked, now_ms) == decide_at(here, use, asked, now_ms)


@PROFILE
@given(SEEDS, st.booleans())
def test_an_answer_holds_until_it_says(rnd: Random, live: bool) -> None:  # noqa: FBT001
    """For the same use nothing in it changes before `valid_until`, and that is never past."""
    made = family_of(rnd).document()
    snapshot = compiled(made)
    for now_ms in instants(rnd, made, 2):
        use, asked = used(rnd, snapshot, now_ms), question(rnd)
        found = decide_at(snapshot, use, asked, now_ms, live=live)
        end = found.valid_until_ms
        assert now_ms <= end
        assert live or end <= now_ms + 60_000
        later = [end - 1, *(rnd.randrange(now_ms, max(end, now_ms + 1)) for _ in range(3))]
        for at in (one for one in later if one > now_ms):
            again = decide_at(snapshot, use, asked, at, live=live)
            assert msgspec.structs.replace(again, valid_until_ms=end) == found


@PROFILE
@given(SEEDS)
def test_an_answer_holds_while_the_teen_goes_on_using(rnd: Random) -> None:
    """Also for who hears of every change: no rung is reached before `valid_until`, told coarsely
    or not.
    """
    made = family_of(rnd).document()
    snapshot, now_ms = compiled(made), ms_of(made.issued_at)
    day = made.days[0]
    exact = rnd.randrange(8000)
    told = Use(ms_of(day.start), shown_use(day, exact))
    found = decide_at(snapshot, told, Question(action="app.use"), now_ms, live=True)
    spent = (found.valid_until_ms - now_ms - 1) // 1000
    grown = Use(ms_of(day.start), exact + max(0, spent))
    after = decide_at(snapshot, grown, Question(action="app.use"), found.valid_until_ms - 1)
    assert found.valid_until_ms == now_ms or after.outcome == found.outcome


def days() -> st.SearchStrategy[PolicyDay]:
    """Days with rungs, each stricter than the one before."""
    made = BASE.days[0]
    outcomes = st.sampled_from([["remind"], ["ask", "stop"], ["remind", "ask", "stop"], ["stop"]])
    seconds = st.lists(st.integers(0, 10_000), min_size=3, max_size=3, unique=True).map(sorted)

    def make(names: list[str], at: list[int]) -> PolicyDay:
        rungs = zip(at, names, strict=False)
        said = tuple(PolicyRung(seconds=s, outcome=o, by=By.TEEN) for s, o in rungs)
        return msgspec.structs.replace(made, rungs=said)

    return st.builds(make, st.just([]) | outcomes, seconds)


@settings(PROFILE, max_examples=300)
@given(days(), st.integers(0, 12_000))
def test_what_a_host_is_told_decides_like_the_exact_use(day: PolicyDay, exact: int) -> None:
    """Same outcome, reason and minutes; in steps of 15 minutes while more than 15 are left."""
    made = msgspec.structs.replace(BASE, days=(day, *BASE.days[1:]), blocked=())
    snapshot, start = compiled(made), ms_of(day.start)
    told = shown_use(day, exact)
    asked = Question(action="app.use")
    now_ms = ms_of(made.issued_at)
    true, shown = (
        decide_at(snapshot, Use(start, seconds), asked, now_ms) for seconds in (exact, told)
    )
    assert true == shown
    assert told >= 0
    left = next((r.seconds - exact for r in day.rungs if r.seconds > exact), None)
    floor = max((r.seconds for r in day.rungs if r.seconds <= exact), default=0)
    if left is None:
        assert told == floor
    elif left <= 900:
        assert told == exact
    else:
        assert told <= exact
        assert told == floor or (exact + left - told) % 900 == 0


@PROFILE
@given(SEEDS)
def test_safety_and_help_pass_in_every_state(rnd: Random) -> None:
    """Whatever the rules, the hour and the use, inside and outside of what a snapshot covers."""
    made = family_of(rnd).document()
    snapshot = compiled(made)
    first, last = ms_of(made.issued_at), ms_of(made.until)
    for now_ms in (0, rnd.randrange(first, last), last, last + 10**12):
        use = Use(snapshot.start_ms, 90_000)
        safe = decide_at(snapshot, use, Question(action="safety.use"), now_ms)
        assert (safe.outcome, safe.reason) == ("allow", "always_allowed")
        text = f"I need a {HELP_WORD}"
        help_ = decide_at(snapshot, use, Question(action="search.query", text=text), now_ms)
        assert (help_.outcome, help_.reason, help_.help) == ("allow", "help_query", made.help)


@PROFILE
@given(SEEDS)
def test_nothing_in_a_document_tells_who_or_how_many(rnd: Random) -> None:
    """No id of a person; two guardians who say the same give the document of one."""
    family = family_of(rnd, guardians=1, steady=True)
    twin = renamed(family.policy.guardians[0], "B")
    one = family.document()
    assert family.document(*family.policy.guardians, twin) == one
    raw = msgspec.json.encode(one).decode()
    for person in ("acc_teen", '"A"', '"B"', "label", "title"):
        assert person not in raw


def renamed(layer: Layer, owner: str) -> Layer:
    """The same wishes of somebody else."""
    return msgspec.structs.replace(layer, owner=owner, state=LayerState.ACTIVE)


@PROFILE
@given(SEEDS)
def test_a_hidden_word_is_in_no_answer(rnd: Random) -> None:
    """What lists only hide is named to nobody: neither in the term nor in the sentence."""
    family: Family = family_of(rnd, guardians=2, steady=True)
    made = family.document()
    snapshot = compiled(made)
    shown = {t for voice in made.search for t in voice.terms}
    hidden = {t for voice in made.search for t in voice.hidden_terms}
    for text in hidden - shown:
        found: Any = decide_at(
            snapshot,
            Use(0, 0),
            Question(action="search.query", text=f"my {text}"),
            ms_of(made.issued_at),
        )
        assert text not in (found.term, found.field)
        assert text not in found.explanation
