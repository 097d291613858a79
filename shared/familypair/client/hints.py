"""Hints of what a host has to sync: they say whose rules moved, never what they are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from familypair.client.clean import decode
from familypair.client.errors import BadAnswer
from familypair.client.streams import Stream
from familypair.schema.policies import PacksHint, TeenHint, TeenUse, UseHint

if TYPE_CHECKING:
    import httpx2


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """Something moved: exactly one of these is set."""

    hello: bool = False
    """What happens from here on is told, what happened before is not: sync everything."""
    everything: bool = False
    """More moved than can be told."""
    teen: str = ""
    """Whose rules moved, or who was bound, or is gone."""
    use: TeenUse | None = None
    """How much of the day is used by now."""
    packs: Mapping[str, str] | None = None
    """The server's word packs, name to digest."""


class HintStream(Stream[Hint]):
    """Iterate it for hints. Nothing is replayed: each connection starts with a `hello`.

    Ends only by an exception: `SignInFailed`, `ProblemError` (not allowed any more), `BadAnswer`.
    """

    path = "/v1/policies/stream"

    def _read(self, sent: "httpx2.ServerSentEvent") -> list[Hint]:
        try:
            return [_hint(sent.event, sent.data.encode())]
        except BadAnswer:
            return [Hint(everything=True)]  # of a newer server: a sync too many does no harm


def _hint(kind: str, data: bytes) -> Hint:
    match kind:
        case "hello":
            return Hint(hello=True)
        case "sync":
            return Hint(everything=True)
        case "use":
            return Hint(use=decode(data, UseHint).use)
        case "packs":
            return Hint(packs=decode(data, PacksHint).packs)
        case _:
            return Hint(teen=decode(data, TeenHint).teen)
