"""One teen's part of a batch, judged item by item: nothing here reads or writes a database."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from familypair.reasons import Reason, Refusal
from familypair.rules.time.model import Spans
from familypair.rules.time.spans import Span, to_ms, union
from familypair.rules.time.use import Admitted, Window, admit_ms, is_safety, is_utc
from familypair.schema.usage import Interval, UsageItem
from familypair.wording import sentence
from familypair_server.usage.books import Book
from familypair_server.usage.sent import Content, Sent

NewRow = tuple[str, int, Content, int, int, bool]
"""Device, seq, what was sent; what counts from and to; whether it came late."""


Item = tuple[int, str, int, Content, str | None]
"""What may leave a trace: its place in the batch, device, seq, content, the teen it names.

A plain tuple: a batch has a thousand of them, and they are looked at several times.
"""


class Judged(msgspec.Struct, frozen=True):
    """What became of the items, and the new ones as rows."""

    items: list[UsageItem]
    rows: list[NewRow]
    claimed: list[Span]
    """What was said of time that cannot be known."""

    @property
    def heard(self) -> list[str]:
        """Devices of which something counts: their receipt moves."""
        return sorted({row[0] for row in self.rows if row[3] < row[4]})

    def sent(self) -> Sent:
        """What is to be found again when it is sent again."""
        return {(row[0], row[1]): (row[2], row[4] - row[3]) for row in self.rows}

    def late(self) -> list[Span]:
        """What counts and was told late."""
        return [(row[3], row[4]) for row in self.rows if row[5]]

    def book(self, host_id: str) -> Book:
        """Everything that was added, as unions."""
        counting = [row for row in self.rows if row[3] < row[4]]
        use = union([(row[3], row[4]) for row in counting])
        surfaces = _by_name(use, [(row[2][2], row) for row in counting])
        devices = _by_name(use, [(row[0], row) for row in counting])
        named = {f"{host_id}/{name}": spans for name, spans in devices.items()}
        return Book(use, surfaces, named, union(self.claimed))


def _by_name(use: Spans, rows: list[tuple[str, NewRow]]) -> dict[str, Spans]:
    """The union per name; of a single name it is the union of all."""
    names = {name for name, _ in rows}
    if len(names) == 1:
        return dict.fromkeys(names, use)
    spans: dict[str, list[Span]] = {name: [] for name in names}
    for name, row in rows:
        spans[name].append((row[3], row[4]))
    return {name: union(own) for name, own in spans.items()}


def screened(
    intervals: Sequence[Interval], not_utc: frozenset[int]
) -> tuple[list[UsageItem], list[Item]]:
    """Answers to what needs no database, and the rest. Safety surfaces end here, traceless."""
    done: list[UsageItem] = []
    rest: list[Item] = []
    safety = {surface for surface in {one.surface for one in intervals} if is_safety(surface)}
    for index, one in enumerate(intervals):
        if one.surface in safety:
            done.append(UsageItem(index=index, status="dropped"))
        elif index in not_utc or not is_utc(one):
            done.append(refused(index, Refusal(Reason.NOT_UTC)))
        else:
            content = (to_ms(one.start), to_ms(one.end), one.surface)
            rest.append((index, one.device, one.seq, content, one.teen))
    return done, rest


def judge(items: Iterable[Item], windows: Mapping[str, Window], sent: Sent) -> Judged:
    """Judge a teen's items in the order of the batch.

    `windows` has every device; all its items share one. `sent` has what was sent before under the
    keys of these items, and gets what is new, so that a key twice in one batch is found too.
    """
    done = Judged([], [], [])
    for index, device, seq, content, _ in items:
        before = sent.get((device, seq))
        if before is not None:
            done.items.append(_again(index, content, before))
            continue
        found = admit_ms(content[0], content[1], windows[device])
        if isinstance(found, Refusal):
            done.items.append(refused(index, found))
            continue
        low, high = found.start, found.end
        sent[device, seq] = (content, high - low)
        done.rows.append((device, seq, content, low, high, found.late))
        if found.unknown:
            done.claimed.extend(found.unknown)
        done.items.append(_taken(index, content, found))
    return done


def refused(index: int, refusal: Refusal) -> UsageItem:
    """An item that is not kept, with its reason in words."""
    return UsageItem(index=index, status="refused", code=refusal.reason, detail=sentence(refusal))


def unbound(items: Iterable[Item]) -> list[UsageItem]:
    """Items of nobody's device, or of another teen's: the same words for both."""
    return [refused(item[0], Refusal(Reason.DEVICE_NOT_BOUND)) for item in items]


def _again(index: int, content: Content, before: tuple[Content, int]) -> UsageItem:
    if content != before[0]:
        return refused(index, Refusal(Reason.SEQ_CONFLICT))
    return UsageItem(index=index, status="repeated", counted_seconds=_seconds(before[1]))


def _taken(index: int, content: Content, found: Admitted) -> UsageItem:
    counted = _seconds(found.end - found.start)
    if (found.start, found.end) == content[:2]:
        status = "late" if found.late else "counted"
        return UsageItem(index=index, status=status, counted_seconds=counted)
    if counted:
        return UsageItem(index=index, status="clipped", counted_seconds=counted)
    refusal = Refusal(Reason.BEFORE_LAST_REPORT)
    return UsageItem(index=index, status="clipped", code=refusal.reason, detail=sentence(refusal))


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
