"""Questions as AuthZEN sends them: what must be there, whole-key defaults, and faults with a place.

What nobody knows is ignored, as the specification demands. What two parsers could read differently
is refused: half a surrogate, a name twice in one object (RFC 7493, ASVS 15.3.7).
"""

from typing import Any, Literal

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.decide.answering import SEARCH
from familypair.rules.search.text import LONGEST, is_too_long
from familypair.schema.decisions import Action, Entity
from familypair_server.bodies import well_formed
from familypair_server.problems import Refused, refusal_of_validation, refuse

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]


class Evaluation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question (section 6.1 of the specification)."""

    subject: Entity
    action: Action
    resource: Entity
    context: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """Apart from an empty one, so that both are written again as they were sent."""


class EvaluationItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question of a batch: what it leaves out, the batch says (section 7.1.1)."""

    subject: Entity | msgspec.UnsetType = msgspec.UNSET
    action: Action | msgspec.UnsetType = msgspec.UNSET
    resource: Entity | msgspec.UnsetType = msgspec.UNSET
    context: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class EvaluationsOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a batch is answered."""

    evaluations_semantic: Semantic = "execute_all"


class Evaluations(EvaluationItem, frozen=True, omit_defaults=True):
    """Many questions (section 7.1), or one where `evaluations` is absent or empty."""

    evaluations: list[EvaluationItem] = []
    options: EvaluationsOptions = EvaluationsOptions()


class _Rough(EvaluationItem, frozen=True, omit_defaults=True):
    """A batch of which at least one question is at fault."""

    evaluations: list[dict[str, Any]] = []
    options: EvaluationsOptions = EvaluationsOptions()


Outcome = Evaluation | Refusal
"""A question of a batch, or what is wrong with it."""

_ANY = msgspec.json.Decoder()
_ASKED = msgspec.json.Decoder(Evaluation)
_BATCH = msgspec.json.Decoder(Evaluations)
_ROUGH = msgspec.json.Decoder(_Rough)
_ENCODER = msgspec.json.Encoder()
_BLANKS = b" \t\r\n"
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading a body raises, beside `ValidationError`, which is a `DecodeError` too."""
_NEEDED = ("subject", "action", "resource")


def one(body: bytes) -> Evaluation:
    """The question of `/access/v1/evaluation`; raises `Refused` with the place of the fault."""
    try:
        asked = _ASKED.decode(body)
        _refuse_doubles(body, asked)
        if fault := _too_long(asked):
            raise Refused(fault)
    except msgspec.ValidationError as error:
        raise _refused(error, body, Evaluation) from error
    except _UNREADABLE as error:
        raise _malformed(error) from error
    return asked


def many(body: bytes, most: int) -> tuple[list[Outcome], Semantic] | Evaluation:
    """The questions of `/access/v1/evaluations` with their defaults, or its single one.

    Raises `Refused` for a fault of the whole; a fault of one question is its own (section 7.2.1).
    """
    batch = _batch(body)
    if len(batch.evaluations) > most:
        fault = f"Expected at most {most} questions"
        raise Refused(Refusal(Reason.TOO_LONG, "/evaluations", {"fault": fault}))
    if batch.evaluations:
        return _questions(batch), batch.options.evaluations_semantic
    single = _filled(batch, batch)
    if isinstance(single, Refusal):
        raise Refused(single)
    return single


def _batch(body: bytes) -> Evaluations | _Rough:
    batch: Evaluations | _Rough
    try:
        try:
            batch = _BATCH.decode(body)
        except msgspec.ValidationError as error:
            if "`$.evaluations[" not in str(error):
                raise
            batch = _ROUGH.decode(body)
        _refuse_doubles(body, batch)
    except msgspec.ValidationError as error:
        raise _refused(error, body, Evaluations) from error
    except _UNREADABLE as error:
        raise _malformed(error) from error
    return batch


def _questions(batch: Evaluations | _Rough) -> list[Outcome]:
    if isinstance(batch, Evaluations):
        return [_filled(item, batch, n) for n, item in enumerate(batch.evaluations)]
    return [_read(item, batch, n) for n, item in enumerate(batch.evaluations)]


def _read(item: dict[str, Any], batch: _Rough, place: int) -> Outcome:
    try:
        return _filled(msgspec.convert(item, EvaluationItem), batch, place)
    except msgspec.ValidationError as error:
        found = refusal_of_validation(error, EvaluationItem)
        return msgspec.structs.replace(found, pointer=f"/evaluations/{place}{found.pointer}")


def _filled(item: EvaluationItem, batch: EvaluationItem, place: int = -1) -> Outcome:
    subject = item.subject or batch.subject
    action = item.action or batch.action
    resource = item.resource or batch.resource
    if not (subject and action and resource):
        at = "" if place < 0 else f"/evaluations/{place}"
        return Refusal(Reason.MISSING_FIELD, at + _missing(item, batch))
    context = batch.context if item.context is msgspec.UNSET else item.context
    asked = Evaluation(subject, action, resource, context)
    return _too_long(asked, "" if place < 0 else f"/evaluations/{place}") or asked


def _too_long(asked: Evaluation, at: str = "") -> Refusal | None:
    """A search that would not be read, whoever is asked about: said before that is looked up."""
    if asked.action.name != SEARCH or not asked.context:
        return None
    words = asked.context.get("query")
    if not isinstance(words, str) or not is_too_long(words):
        return None
    return Refusal(Reason.TOO_LONG, f"{at}/context/query", {"limit": LONGEST})


def _missing(item: EvaluationItem, batch: EvaluationItem) -> str:
    """The pointer of the first key that neither says; empty when nothing is missing."""
    for name in _NEEDED:
        if not (getattr(item, name) or getattr(batch, name)):
            return f"/{name}"
    return ""


def _refused(error: msgspec.ValidationError, body: bytes, expected: Any) -> Refused:
    """The first fault that the decoder met; the rest of the body may be no JSON at all."""
    try:
        _ANY.decode(body)
    except _UNREADABLE as worse:
        return _malformed(worse)
    return Refused(refusal_of_validation(error, expected))


def _malformed(error: Exception) -> Refused:
    """No JSON, or nested deeper than the decoder goes; nothing here recurses over a body itself."""
    return refuse(Reason.TOO_DEEP if isinstance(error, RecursionError) else Reason.MALFORMED_JSON)


def _refuse_doubles(body: bytes, read: object) -> None:
    """Raise `Refused` when a name is twice in one object.

    What is written as this encoder writes it, but for blanks, has lost no member on the way; first
    what was read, which most senders write in this order and without more, then any document. Only
    what differs from both is looked at name by name, which takes ten times as long.
    """
    sent = body.translate(None, _BLANKS)
    for whole in (read, None):
        again = _ENCODER.encode(_ANY.decode(body) if whole is None else whole)
        if again == sent or again.translate(None, _BLANKS) == sent:
            return
    well_formed(body)
