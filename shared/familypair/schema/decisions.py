"""Decisions on the wire: the OpenID AuthZEN Authorization API 1.0 (product.md section 11).

AuthZEN lets a receiver ignore what it does not know, so these are tolerant where our own asks are
strict.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from familypair.reasons import Reason
from familypair.schema.base import Answer, Instant
from familypair.schema.policies import By, Help


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A subject or a resource: a type, an id and anything that the host says about it."""

    type: str
    id: str
    properties: Mapping[str, Any] = {}


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be done."""

    name: str
    properties: Mapping[str, Any] = {}


class AskHint(Answer, frozen=True, kw_only=True):
    """What the teen could ask for, to get past a no: the wish's type, and where it has one a field.

    Absent where nobody could grant it (a platform rule).
    """

    wish: str
    """`minutes`, `lift_block`, `search`, `unblock` or `settings`."""
    field: str = ""
    """Of `settings`: the path. Of `search`: the category."""


class ItemError(Answer, frozen=True, kw_only=True):
    """What is wrong with one question of a batch (AuthZEN section 7.2.1)."""

    status: int
    """The HTTP status that the question alone would have got."""
    message: str
    pointer: str
    """The place in the batch (RFC 6901)."""


class DecisionContext(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """Why: the `context` of an answer."""

    outcome: str
    """`allow`, `ask` or `deny`; `decision` is true only for `allow`."""
    reason: Reason
    explanation: str
    """One sentence for the teen."""
    decided_by: By
    policy_version: int
    """0 where there is no policy."""
    valid_until: Instant
    """The answer may be used again until then, unless a change is announced before."""
    minutes_left: int | str | None = None
    """Exact at 15 or less, else `more_than_15`; absent where no limit matters."""
    use_as_of: Instant | None = None
    until: Instant | None = None
    """When the blocked or quiet time ends."""
    kind: str = ""
    """Of blocked time: `sleep`, `school`, `away` or `custom`; never its title."""
    restricted: bool = False
    """Show only results that suit the age; with `help_query`, and if you cannot, the help alone."""
    calm: bool = False
    """Wind-down: show the calm screen."""
    category: str = ""
    term: str = ""
    """The teen's visible term that matched; a hidden one is never named."""
    help: Help | None = None
    ask: AskHint | None = None
    error: ItemError | None = None
    """Only in a batch: the question could not be read, so the answer is no."""


class Evaluated(Answer, frozen=True, kw_only=True):
    """One answer."""

    decision: bool
    context: DecisionContext


class EvaluatedAll(Answer, frozen=True, kw_only=True):
    """The answers of a batch, in the order of the questions."""

    evaluations: tuple[Evaluated, ...]
