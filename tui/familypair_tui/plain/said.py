"""What the commands of time take as words: amounts, rules as PATH=VALUE, and when."""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any, cast

from familypair.schema.requests import MoreTime
from familypair_tui.plain.change import read_patch
from familypair_tui.plain.console import UsageError
from familypair_tui.typed import NotTypedError
from familypair_tui.typed_days import read_amount, read_note, read_until


def amount_of(said: str) -> MoreTime:
    """`30`, `1h30` or `rest`. Raises `UsageError`."""
    try:
        return read_amount(said)
    except NotTypedError as error:
        raise UsageError(str(error)) from error


def note_of(said: str) -> str:
    """A reason or a note. Raises `UsageError` when it is too long."""
    try:
        return read_note(said)
    except NotTypedError as error:
        raise UsageError(str(error)) from error


def until_of(said: str, now: datetime, zone: tzinfo) -> datetime:
    """The instant of a wall time later today. Raises `UsageError`."""
    try:
        return read_until(said, now, zone)
    except NotTypedError as error:
        raise UsageError(str(error)) from error


def patch_of(pairs: Sequence[str]) -> dict[str, Any]:
    """The merge patch of `PATH=VALUE` words. Raises `UsageError`."""
    patch: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path:
            raise UsageError(f'"{pair}": write PATH=VALUE, such as screen_time.at_limit=ask.')
        patch = merged(patch, read_patch(path.strip(), value.strip()))
    return patch


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two nested documents as one; the second wins where both speak."""
    out = dict(one)
    for key, value in other.items():
        held = out.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            out[key] = merged(cast("dict[str, Any]", held), cast("dict[str, Any]", value))
        else:
            out[key] = value
    return out


def parted(words: Iterable[str]) -> tuple[str, list[str]]:
    """A teen's name, when one stands first, and the `PATH=VALUE` words."""
    given = list(words)
    if given and "=" not in given[0]:
        return given[0], given[1:]
    return "", given
