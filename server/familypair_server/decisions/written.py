"""Answers as JSON, written from parts that are the same for thousands of them.

What is written is what encoding `context_of` gives, but for the order of the members; a test holds
the two together. Making that value and encoding it takes five times as long, and a batch pays that
fifty times.
"""

from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from familypair.rules.decide.model import Decision, instant_of_ms
from familypair.rules.decide.wire import context_of
from familypair.schema.decisions import Evaluated

_ENCODER: Final = msgspec.json.Encoder()
_MOST: Final = 4096
"""Heads and seconds that are kept; one more, and the list begins anew."""
_TIMES: Final = b',"policy_version":0,"valid_until":"1970-01-01T00:00:00Z"'

_heads: dict[tuple[Any, ...], bytes] = {}


def written(one: Decision) -> bytes:
    """`{"decision": ..., "context": ...}` of a decision."""
    if one.help is not None or one.term:
        return plainly(one)
    key = (
        one.outcome,
        one.reason,
        one.decided_by,
        one.minutes_left,
        one.kind,
        one.restricted,
        one.calm,
        one.category,
        one.ask,
        one.field,
    )
    head = _heads.get(key)
    if head is None:
        head = _head(one, key)
    body = b'%b,"policy_version":%d,"valid_until":"%b"' % (
        head,
        one.policy_version,
        _stamp(one.valid_until_ms),
    )
    if one.use_as_of_ms is not None:
        body += b',"use_as_of":"%b"' % _stamp(one.use_as_of_ms)
    if one.until_ms is not None:
        body += b',"until":"%b"' % _stamp(one.until_ms)
    return body + b"}}"


def plainly(one: Decision) -> bytes:
    """The same by the schema's own way."""
    return _ENCODER.encode(Evaluated(decision=one.allowed, context=context_of(one)))


def _head(one: Decision, key: tuple[Any, ...]) -> bytes:
    """All but versions and instants, without the closing brackets."""
    bare = replace(one, policy_version=0, valid_until_ms=0, use_as_of_ms=None, until_ms=None)
    whole = plainly(bare)
    if whole.count(_TIMES) != 1:
        raise AssertionError("the schema writes versions and instants otherwise than this module")
    head = whole.replace(_TIMES, b"").removesuffix(b"}}")
    if len(_heads) >= _MOST:
        _heads.clear()
    _heads[key] = head
    return head


@lru_cache(maxsize=_MOST)
def _stamp(ms: int) -> bytes:
    """An instant as on the wire."""
    rest = ms % 1000
    return _second(ms - rest) + (b".%03dZ" % rest if rest else b"Z")


@lru_cache(maxsize=_MOST)
def _second(ms: int) -> bytes:
    return instant_of_ms(ms).strftime("%Y-%m-%dT%H:%M:%S").encode()
