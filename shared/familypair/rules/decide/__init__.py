"""May this teen do this now? One pure function over an immutable snapshot (product.md section 11).

    document(policy, postings=..., lifted=..., host=HostFacts(...), now=...) -> PolicyDocument
    PolicySnapshot.of(document, packs) -> PolicySnapshot
    decide(snapshot, use, question, now) -> Decision        # decide_at for epoch milliseconds
    unknown_subject(question, now_ms, help_) / strictest(question, now_ms, reason=..., ...)
    shown_use(day, exact_seconds) -> int                    # how much of the use a host may know
    question_of(asked) -> Question; context_of(decision) -> DecisionContext
    voices_of(policy, now) -> tuple[SearchVoice, ...]

A host app loads only what it uses: names are found when they are first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from familypair.rules.decide.actions import ACTIONS
    from familypair.rules.decide.answering import decide, decide_at, strictest, unknown_subject
    from familypair.rules.decide.compile import HostFacts, document, next_change
    from familypair.rules.decide.model import (
        NO_USE,
        NOBODY,
        Decision,
        Question,
        Use,
        instant_of_ms,
        ms_of,
    )
    from familypair.rules.decide.search import voices_of
    from familypair.rules.decide.snapshot import PolicySnapshot
    from familypair.rules.decide.use import shown_use
    from familypair.rules.decide.wire import context_of, question_of
    from familypair.rules.decide.words import explanation_of

__all__ = [
    "ACTIONS",
    "NOBODY",
    "NO_USE",
    "Decision",
    "HostFacts",
    "PolicySnapshot",
    "Question",
    "Use",
    "context_of",
    "decide",
    "decide_at",
    "document",
    "explanation_of",
    "instant_of_ms",
    "ms_of",
    "next_change",
    "question_of",
    "shown_use",
    "strictest",
    "unknown_subject",
    "voices_of",
]

_HOME = {
    "actions": ("ACTIONS",),
    "compile": ("HostFacts", "document", "next_change"),
    "answering": ("decide", "decide_at", "strictest", "unknown_subject"),
    "model": ("NOBODY", "NO_USE", "Decision", "Question", "Use", "instant_of_ms", "ms_of"),
    "search": ("voices_of",),
    "snapshot": ("PolicySnapshot",),
    "use": ("shown_use",),
    "wire": ("context_of", "question_of"),
    "words": ("explanation_of",),
}
_MODULES = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a part when it is first used."""
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - see the docstring

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
