"""What only the text of a report tells: that an instant in UTC was not written with Z."""

import msgspec

_OFFSETS = (b"+00", b"-00")


class _Texts(msgspec.Struct):
    start: str
    end: str


class _Report(msgspec.Struct):
    intervals: list[_Texts]


_decode = msgspec.json.Decoder(_Report).decode


def not_utc(body: bytes) -> frozenset[int]:
    """Places of items with an instant that does not end with Z; `+00:00` decodes to the same."""
    if not any(offset in body for offset in _OFFSETS):
        return frozenset()
    items = _decode(body).intervals
    return frozenset(
        index for index, item in enumerate(items) if not (_with_z(item.start) and _with_z(item.end))
    )


def _with_z(text: str) -> bool:
    return text[-1:] in ("Z", "z")
