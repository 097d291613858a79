"""Entity tags: a keyed hash of what one viewer sees, so a tag tells nobody anything else."""

import re
from collections.abc import Iterable

from familypair.reasons import Reason
from familypair_server.keys import Keys
from familypair_server.problems import refuse

_HEX_DIGITS = 32
_TAG = re.compile(r'"[^"]*"')


def tag(keys: Keys, viewer_id: str, *seen: str) -> str:
    """The strong entity tag, quotes included (RFC 9110 8.8.3)."""
    return f'"{keys.mac("etag", viewer_id, *seen).hex()[:_HEX_DIGITS]}"'


def is_known(header: str, current: str) -> bool:
    """Whether `If-None-Match` names this tag, by the weak comparison of RFC 9110 13.1.2."""
    return current in _TAG.findall(header)


def refuse_stale(current: str, sent: Iterable[str]) -> None:
    """Raise `Refused(STALE_VERSION)` unless the sender has read the current version."""
    tags = tuple(sent)
    if current not in tags and "*" not in tags:
        raise refuse(Reason.STALE_VERSION)
