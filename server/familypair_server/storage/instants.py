"""Instants in the database: BIGINT milliseconds since 1970-01-01 UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """An aware instant as milliseconds, rounded down. Raises `TypeError` for a naive one."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """Milliseconds as an aware instant in UTC."""
    return _EPOCH + milliseconds * _MILLISECOND
