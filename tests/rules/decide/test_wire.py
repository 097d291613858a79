"""The words of AuthZEN in and out."""

from typing import Any, Final

import msgspec
import pytest

from familypair.reasons import Reason
from familypair.rules.decide import (
    Decision,
    Question,
    context_of,
    decide,
    question_of,
)
from familypair.rules.decide.model import NO_USE, NOBODY, UNREADABLE
from familypair.schema.decisions import AskHint
from familypair.schema.policies import By
from familypair.settings import Facts
from familypair.testing.families import NOON, family
from familypair.wording_decisions import DECISIONS
from support.deciding import compiled, document_of

RESOURCE: Final = {"type": "account", "id": "zoe"}


def asked(resource: Any = None, context: Any = None, action: Any = "message.send") -> Question:
    """The question of a request."""
    return question_of(
        {
            "subject": {"type": "teen", "id": "s"},
            "action": {"name": action},
            "resource": RESOURCE if resource is None else resource,
            "context": context,
            "unknown": 1,
        }
    )


def test_an_account_with_its_facts() -> None:
    """Properties come before the context; only `true` is true."""
    properties = {"follows_me": True, "i_follow": "yes", "has_messaged": None, "x": 1}
    found = asked({**RESOURCE, "properties": properties}, {"follows_me": False, "suggested": True})
    assert found == Question(
        action="message.send", account="zoe", facts=Facts(follows_me=True, suggested=True)
    )
    assert asked().facts is NOBODY


def test_the_author_of_a_comment_is_a_property_of_the_post() -> None:
    """A post's id is no account; the account may be in its properties or in the context."""
    post = {"type": "post", "id": "p1"}
    assert asked(post).account == ""
    assert asked({**post, "properties": {"account": "zoe"}}).account == "zoe"
    assert asked(post, {"account": "zoe"}).account == "zoe"


def test_the_searched_words_are_in_the_context_alone() -> None:
    """Never in an id, so that they are in no log."""
    query = {"type": "query", "id": "secret words"}
    assert asked(query, {"query": "cats", "part": "liked_list"}) == Question(
        action="message.send", text="cats", part="liked_list"
    )


FRIEND: Final = dict.fromkeys(("follows_me", "i_follow", "has_messaged"), True)


@pytest.mark.parametrize(
    "resource",
    [
        {"type": "post", "id": "p", "properties": {"account": 4711, **FRIEND}},
        {"type": "post", "id": "p", "properties": {"account": ["4711"], **FRIEND}},
        {"type": "user", "id": "4711", "properties": FRIEND},
        {"type": "Account", "id": "4711", "properties": FRIEND},
        {"type": "account", "id": 4711, "properties": FRIEND},
        {"type": 1, "id": "4711", "properties": FRIEND},
    ],
)
def test_an_account_that_cannot_be_read_is_nobodys_friend(resource: Any) -> None:
    """No fact is known of it, and it is blocked as soon as anybody is; else it is a stranger."""
    question = asked(resource, action="comment.receive")
    assert (question.account, question.facts) == (UNREADABLE, NOBODY)
    block = {"contacts": {"blocked": [{"host": "cli_h", "account": "4711"}]}}
    blocked = compiled(document_of(family(teen=block), NOON))
    found = decide(blocked, NO_USE, question, NOON)
    assert (found.outcome, found.reason, found.ask) == ("deny", Reason.BLOCKED_CONTACT, "")
    stranger = Question(action="comment.receive", account="somebody")
    open_ = compiled(document_of(family(), NOON))
    assert decide(open_, NO_USE, question, NOON) == decide(open_, NO_USE, stranger, NOON)


@pytest.mark.parametrize("part", ["Liked_List", ["liked_list"], 3, "posts", "likes"])
def test_a_part_that_no_profile_has_is_shown_to_nobody(part: Any) -> None:
    """Never as the posts are; without a part they are meant. Other actions have no parts."""
    snapshot = compiled(document_of(family(), NOON))
    resource = {**RESOURCE, "properties": FRIEND}
    found = decide(snapshot, NO_USE, asked(resource, {"part": part}, "profile.view"), NOON)
    assert (found.outcome, found.reason) == ("deny", Reason.LIST_NOT_SHOWN)
    for none in (None, ""):
        plain = asked(resource, {"part": none}, "profile.view")
        assert decide(snapshot, NO_USE, plain, NOON).allowed
    other = asked(resource, {"part": part}, "app.use")
    assert decide(snapshot, NO_USE, other, NOON).allowed


@pytest.mark.parametrize("odd", [None, 1, [], "x", {"properties": 3}])
def test_odd_requests_are_questions_without_facts(odd: Any) -> None:
    """Nothing raises: what is of another type is as if it were not there."""
    found = question_of({"action": odd, "resource": odd, "context": odd})
    assert found == Question(action="")
    assert question_of({}) == found


def test_an_answer_in_the_context() -> None:
    """Instants in UTC, a hint only where somebody can grant it, defaults left out."""
    snapshot = compiled(document_of(family(), NOON))
    found = context_of(decide(snapshot, NO_USE, Question(action="profile.find"), NOON))
    assert (found.outcome, found.reason, found.policy_version) == ("deny", "not_searchable", 7)
    assert found.ask == AskHint(wish="settings", field="privacy.searchable")
    members = msgspec.to_builtins(found)
    assert members["valid_until"] == "2026-11-22T12:01:00Z"
    assert not {"until", "term", "category", "calm", "help", "minutes_left"} & set(members)
    fixed = context_of(decide(snapshot, NO_USE, Question(action="live.host"), NOON))
    assert fixed.ask is None


def said(reason: Reason, by: By = By.GUARDIAN, **more: Any) -> str:
    """The sentence of an answer."""
    return Decision(
        outcome="deny",
        reason=reason,
        decided_by=by,
        policy_version=1,
        valid_until_ms=0,
        **more,
    ).explanation


@pytest.mark.parametrize("reason", list(DECISIONS))
@pytest.mark.parametrize("by", list(By))
def test_every_answer_has_one_sentence(reason: Reason, by: By) -> None:
    """It ends with a full stop and has no gap for a word that is not there."""
    sentence = said(reason, by)
    assert sentence.endswith(".")
    assert not [gap for gap in ("{", "}", "  ", "()") if gap in sentence]


def test_a_sentence_says_what_and_whose() -> None:
    """The shown word, the category by its title, and the layer; never who."""
    assert '("cake", a guardian\'s rule)' in said(Reason.BLOCKED_TERM, term="cake")
    assert "(a guardian's rule)" in said(Reason.BLOCKED_TERM)
    assert "(gambling, your own rule)" in said(
        Reason.BLOCKED_CATEGORY, By.TEEN, category="gambling"
    )
    assert "rule" not in said(Reason.UNKNOWN_SUBJECT)
