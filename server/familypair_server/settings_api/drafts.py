"""Drafts of the caller's layer: from a template, or from their layer of another of their teens.

Nothing is saved. The answer is a patch with its diff in words, to be previewed and then written.
"""

from collections.abc import Mapping
from datetime import datetime

from familypair.reasons import Reason, Refusal
from familypair.rules.drafts import Line, draft
from familypair.rules.layers import layer_of
from familypair.schema import settings as wire
from familypair.settings import FIELDS, Audience, Value, decode_values, encode, nest, say
from familypair.wording import sentence
from familypair_server.problems import Refused, refuse
from familypair_server.settings_api.policies import TeenState, must_load
from familypair_server.settings_api.reads import Reader
from familypair_server.settings_api.templates import TEMPLATES
from familypair_server.storage import Txn, transaction

_TEMPLATES = {one.name: one for one in TEMPLATES.items}


@transaction
def from_template(ask: Reader, body: wire.TemplateAsk, now: datetime) -> Txn[wire.Draft]:
    """A template as a draft; raises `Refused` where there is no template of that name."""
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, now)
    template = _TEMPLATES.get(body.name)
    if template is None:
        known = {"allowed": ", ".join(_TEMPLATES)}
        raise Refused(Refusal(Reason.OUT_OF_RANGE, "/name", known))
    values = decode_values(template.values)
    found = _draft(state, ask.caller_id, values, now, lists=True)
    if template.band == state.policy.band.value:
        return found
    note = f"This template is made for the age group {template.band}."
    return wire.Draft(patch=found.patch, lines=found.lines, skipped=(note, *found.skipped))


@transaction
def from_sibling(ask: Reader, body: wire.CopyAsk, now: datetime) -> Txn[wire.Draft]:
    """The caller's layer of another teen as a draft; both must be theirs to read."""
    state = yield from must_load(ask.teen_id, ask.caller_id, ask.keys, now)
    other = yield from must_load(body.from_teen, ask.caller_id, ask.keys, now)
    theirs = layer_of(other.policy, ask.caller_id)
    if theirs is None or not theirs.values:
        raise refuse(Reason.NOTHING_TO_COPY)
    return _draft(state, ask.caller_id, theirs.values, now, lists=body.lists)


def _draft(
    state: TeenState, caller_id: str, values: Mapping[str, Value], now: datetime, *, lists: bool
) -> wire.Draft:
    found = draft(state.policy, caller_id, values, now=now, lists=lists)
    audience = Audience.TEEN if caller_id == state.teen.id else Audience.GUARDIAN
    refused = [f"{_title(path)}: {sentence(no, audience.value)}" for path, no in found.refused]
    left = [f"{_title(path)}: lists of words and accounts are not copied." for path in found.left]
    patch = {path: encode(path, value) for path, value in found.changes.items()}
    return wire.Draft(
        patch=nest(patch),
        lines=tuple(_line(line, audience) for line in found.lines),
        skipped=(*refused, *left),
    )


def _line(line: Line, audience: Audience) -> wire.DraftLine:
    before = "no rule" if line.before is None else say(line.path, line.before, audience)
    return wire.DraftLine(
        path=line.path,
        title=_title(line.path),
        before=encode(line.path, line.before),
        after=encode(line.path, line.after),
        words=f"{_title(line.path)}: {say(line.path, line.after, audience)} (was {before})",
    )


def _title(path: str) -> str:
    return FIELDS[path].title
