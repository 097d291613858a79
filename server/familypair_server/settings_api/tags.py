"""Entity tags: a keyed hash of what one viewer sees, so a tag tells nobody anything else."""

from collections.abc import Iterable

from familypair.reasons import Reason
from familypair_server.keys import Keys
from familypair_server.problems import refuse

_HEX_DIGITS = 32


def tag(keys: Keys, viewer_id: str, *seen: str) -> str:
    """The strong entity tag, quotes included (RFC 9110 8.8.3)."""
    return f'"{keys.mac("etag", viewer_id, *seen).hex()[:_HEX_DIGITS]}"'


def refuse_stale(current: str, sent: Iterable[str]) -> None:
    """Raise `Refused(STALE_VERSION)` unless the sender has read the current version."""
    tags = tuple(sent)
    if current not in tags and "*" not in tags:
        raise refuse(Reason.STALE_VERSION)
