"""What was sent under which number, as rows: one for each run of numbers of a device in a batch.

A row per number would be the whole cost of taking a batch in. A run has no gap above `GAP` and is
no longer than `WIDTH`, so that a number is looked for in few rows, wherever numbers go.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from familypair_server.storage import Param, Write
from familypair_server.usage import statements as sql
from familypair_server.usage.statements import SentRow

GAP = 16
WIDTH = 1_000

Content = tuple[int, int, str]
"""What was sent: start and end in milliseconds, and the surface."""
Sent = dict[tuple[str, int], tuple[Content, int]]
"""By device and number: what was sent before, and how many milliseconds of it count."""
Line = tuple[int, int, int, str, int]
"""A number, what was sent under it, and what counts."""

_decode = msgspec.json.Decoder(list[Line]).decode
_encode = msgspec.json.Encoder().encode


def read(rows: Iterable[SentRow]) -> Sent:
    """What the rows hold."""
    return {
        (row.device, seq): ((start, end, surface), counted)
        for row in rows
        for seq, start, end, surface, counted in _decode(row.doc)
    }


def runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines of one device in order of their numbers, cut where a row ends."""
    run: list[Line] = []
    for line in lines:
        if run and (line[0] - run[-1][0] > GAP or line[0] - run[0][0] >= WIDTH):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def writes(teen_id: str, host_id: str, new: Sent, now: int) -> list[Write]:
    """The rows of new numbers."""
    lines: dict[str, list[Line]] = {}
    for (device, seq), ((start, end, surface), counted) in sorted(new.items()):
        lines.setdefault(device, []).append((seq, start, end, surface, counted))
    return [
        _write(teen_id, host_id, device, run, now)
        for device, own in lines.items()
        for run in runs(own)
    ]


def _write(teen_id: str, host_id: str, device: str, run: list[Line], now: int) -> Write:
    params: dict[str, Param] = {
        "teen": teen_id,
        "host": host_id,
        "device": device,
        "first": run[0][0],
        "last": run[-1][0],
        "doc": _encode(run).decode(),
        "now": now,
    }
    return Write(sql.put_sent, params)
