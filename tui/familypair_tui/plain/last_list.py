"""The ids of the last printed list, so that `approve 1` means the line that was read.

A number is never looked up in a newer list: a request that came in between would be answered
in place of the one that the person saw.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from familypair_tui.plain.console import UsageError, counted
from familypair_tui.plain.dispatch import Context

_SHOW_FIRST = "Show the list first, then use its numbers: familypair requests"


def remember(context: Context, ids: Sequence[str]) -> None:
    """Keep what the numbers 1, 2, ... mean now, for this person."""
    path = _path(context)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_bytes(msgspec.json.encode([_who(context), *ids]))
    draft.chmod(0o600)
    draft.replace(path)


def recall(context: Context, number: int) -> str:
    """The id behind a number of the last list. Raises `UsageError`."""
    try:
        who, *ids = msgspec.json.decode(_path(context).read_bytes(), type=list[str])
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise UsageError(_SHOW_FIRST) from error
    if who != _who(context):
        raise UsageError(_SHOW_FIRST)
    if not 1 <= number <= len(ids):
        raise UsageError(f"The last list had {counted(len(ids), 'number')}; there is no {number}.")
    return ids[number - 1]


def _who(context: Context) -> str:
    session = context.client.session
    return session.account if session else ""


def _path(context: Context) -> Path:
    profile = getattr(context.args, "profile", "") or os.environ.get("FAMILYPAIR_PROFILE", "")
    return context.console.home() / "lists" / f"{profile or 'default'}.json"
