"""Instants in the database: whole milliseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def millis(instant: datetime) -> int:
    """An aware instant as BIGINT milliseconds (rounded down)."""
    return (instant - _EPOCH) // _MILLISECOND


def instant(value: int) -> datetime:
    """The aware UTC instant of BIGINT milliseconds."""
    return _EPOCH + value * _MILLISECOND
