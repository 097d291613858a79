"""Family Pairing: the vocabulary and the pure rules that server, client and host app share."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from familypair.rules.decide import PolicySnapshot, decide
    from familypair.rules.explain import explain
    from familypair.rules.layers import Layer, Policy, effective

__all__ = ["Layer", "Policy", "PolicySnapshot", "decide", "effective", "explain"]

_HOME = {
    "Layer": "familypair.rules.layers",
    "Policy": "familypair.rules.layers",
    "PolicySnapshot": "familypair.rules.decide",
    "decide": "familypair.rules.decide",
    "effective": "familypair.rules.layers",
    "explain": "familypair.rules.explain",
}


def __getattr__(name: str) -> Any:
    """Load a rule when it is first used: a command that needs none starts without them."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - see the docstring

    return getattr(import_module(_HOME[name]), name)
