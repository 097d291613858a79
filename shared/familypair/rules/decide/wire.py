"""Between the words of AuthZEN 1.0 and the values that `decide` takes and gives."""

from collections.abc import Mapping
from itertools import product
from typing import Any, Final, cast

from familypair.rules.decide.model import NOBODY, UNREADABLE, Decision, Question, instant_of_ms
from familypair.schema.decisions import AskHint, DecisionContext
from familypair.settings.audience import Facts

TEEN: Final = "teen"
"""The type of a subject."""
ACCOUNT: Final = "account"
"""The type of a resource whose id is the other account."""
TYPES: Final = frozenset({"", "surface", ACCOUNT, "post", "query"})
"""The types of a resource; empty where none is said."""
_ALL_FACTS: Final = {
    told: Facts(**dict(zip(Facts.__struct_fields__, told, strict=True))) if any(told) else NOBODY
    for told in product((False, True), repeat=4)
}
"""Every set of facts, made once; in the order of the fields of `Facts`."""
_NOTHING: Final[Mapping[str, Any]] = {}


def question_of(asked: Mapping[str, Any]) -> Question:
    """The question in an AuthZEN request: `action`, `resource` and `context`, decoded JSON.

    Never raises: what is absent or of another type is as if it were not there, since a receiver
    ignores what it does not know. Facts in `resource.properties` come before those in `context`.
    """
    resource, context = _object(asked, "resource"), _object(asked, "context")
    return asked_of(
        _text(_object(asked, "action"), "name"),
        _said(resource, "type"),
        _said(resource, "id"),
        _object(resource, "properties"),
        context,
    )


def asked_of(
    action: str,
    resource_type: str = "",
    resource_id: str = "",
    properties: Mapping[str, Any] = _NOTHING,
    context: Mapping[str, Any] = _NOTHING,
) -> Question:
    """The question of these parts; see `question_of`.

    The other account is the resource's id where it is an account, else `account` of the properties
    or of the context (the author of a comment on a post).

    What is said and cannot be read never opens anything: with a resource of another type, or an
    `account` that is no text, the account is `UNREADABLE`, of whom no fact is known and who is
    blocked as soon as anybody is; a `part` that is no text is one that no profile has.
    """
    if (
        resource_type not in TYPES
        or resource_id == UNREADABLE
        or _is_odd(properties, context, ACCOUNT)
    ):
        return Question(
            action=action,
            account=UNREADABLE,
            text=_text(context, "query"),
            part=_part(context, properties),
        )
    if not properties and not context:
        account = resource_id if resource_type == ACCOUNT else ""
        return Question(action=action, account=account)
    account = resource_id if resource_type == ACCOUNT else _either(properties, context, ACCOUNT)
    return Question(
        action=action,
        account=account,
        facts=_facts(properties, context),
        text=_text(context, "query"),
        part=_part(context, properties),
    )


def context_of(decision: Decision) -> DecisionContext:
    """The `context` of an answer."""
    one = decision
    return DecisionContext(
        outcome=one.outcome,
        reason=one.reason,
        explanation=one.explanation,
        decided_by=one.decided_by,
        policy_version=one.policy_version,
        valid_until=one.valid_until,
        minutes_left=one.minutes_left,
        use_as_of=None if one.use_as_of_ms is None else instant_of_ms(one.use_as_of_ms),
        until=None if one.until_ms is None else instant_of_ms(one.until_ms),
        kind=one.kind,
        restricted=one.restricted,
        calm=one.calm,
        category=one.category,
        term=one.term,
        help=one.help,
        ask=AskHint(wish=one.ask, field=one.field) if one.ask else None,
    )


def _facts(properties: Mapping[str, Any], context: Mapping[str, Any]) -> Facts:
    """Only `true` is true; unknown is false."""
    said, beside = properties.get, context.get
    return _ALL_FACTS[
        said("suggested", beside("suggested")) is True,
        said("follows_me", beside("follows_me")) is True,
        said("i_follow", beside("i_follow")) is True,
        said("has_messaged", beside("has_messaged")) is True,
    ]


def _said(members: Mapping[str, Any], name: str) -> str:
    """The text; `UNREADABLE` where something is said that is none."""
    found = members.get(name)
    return found if isinstance(found, str) else "" if found is None else UNREADABLE


def _part(context: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    if _is_odd(context, properties, "part"):
        return UNREADABLE
    return _either(context, properties, "part")


def _is_odd(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> bool:
    """Whether a member is said, in either place, that is no text."""
    one, other = first.get(name, ""), second.get(name, "")
    return not ((one is None or isinstance(one, str)) and (other is None or isinstance(other, str)))


def _either(first: Mapping[str, Any], second: Mapping[str, Any], name: str) -> str:
    return _text(first, name) or _text(second, name)


def _text(members: Mapping[str, Any], name: str) -> str:
    found = members.get(name)
    return found if isinstance(found, str) else ""


def _object(members: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = members.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else _NOTHING
