"""Orders of weekly windows and blocks, and the dated exceptions of one layer."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from familypair.reasons import Reason
from familypair.settings.bands import Kind
from familypair.settings.faults import Faults
from familypair.settings.orders.base import Order, as_list
from familypair.settings.orders.scalar import read_clock, read_integer, read_text
from familypair.settings.orders.sets import read_clean, read_object
from familypair.settings.values import (
    WEEKDAYS,
    Block,
    BlockKind,
    DayException,
    ExceptionKind,
    Window,
)
from familypair.settings.weekmask import mask_windows, minute_of, span_mask, windows_mask

MAX_WINDOWS: Final = 50
MAX_BLOCKS: Final = 100
MAX_EXCEPTIONS: Final = 200
MAX_DAYS: Final = 366
MAX_LABEL: Final = 60
END_OF_DAY: Final = "24:00"


def mask_of(spans: Sequence[Window] | Sequence[Block]) -> int:
    """The union of minutes of the week; the kind and the label of a block do not matter."""
    mask = 0
    for span in spans:
        mask |= span_mask(span.days, span.start, span.end)
    return mask


class Windows(Order[tuple[Window, ...]]):
    """Weekly windows; more minutes are stricter, layers unite minute by minute (A15)."""

    kind = Kind.WINDOWS

    @property
    def loosest(self) -> tuple[Window, ...]:
        return ()

    def covers(self, strict: tuple[Window, ...], loose: tuple[Window, ...]) -> bool:
        return not windows_mask(loose) & ~windows_mask(strict)

    def meet(self, values: Sequence[tuple[Window, ...]]) -> tuple[Window, ...]:
        mask = 0
        for value in values:
            mask |= windows_mask(value)
        return mask_windows(mask)

    def join(self, values: Sequence[tuple[Window, ...]]) -> tuple[Window, ...]:
        mask = windows_mask(values[0])
        for value in values[1:]:
            mask &= windows_mask(value)
        return mask_windows(mask)

    def decides(self, value: tuple[Window, ...], met: tuple[Window, ...]) -> bool:
        return bool(value) or not met

    def looser_than_cap(self, value: tuple[Window, ...], cap: tuple[Window, ...]) -> bool:
        """A window that only shortens the platform's night is refused; any other one adds."""
        if not value:
            return bool(cap)
        return any(_shortens(window, cap) for window in value)

    def parse(self, raw: object, pointer: str, faults: Faults) -> tuple[Window, ...] | None:
        known = len(faults.found)
        windows: set[Window] = set()
        for at, item in enumerate(as_list(raw, pointer, faults, MAX_WINDOWS)):
            members = read_object(item, f"{pointer}/{at}", faults, _WINDOW)
            span = None if members is None else read_span(members, f"{pointer}/{at}", faults)
            if span is not None:
                windows.add(span)
        return _sorted_windows(windows) if len(faults.found) == known else None

    def encode(self, value: tuple[Window, ...]) -> list[dict[str, object]]:
        return [{"days": list(w.days), "start": w.start, "end": w.end} for w in value]


def _shortens(window: Window, cap: Sequence[Window]) -> bool:
    for day in window.days:
        mine = span_mask((day,), window.start, window.end)
        night = mask_of([Window((day,), c.start, c.end) for c in cap if day in c.days])
        if not mine & ~windows_mask(cap) and night & ~mine:
            return True
    return False


def _sorted_windows(windows: set[Window]) -> tuple[Window, ...]:
    return tuple(sorted(windows, key=lambda w: (WEEKDAYS.index(w.days[0]), w.start, w)))


class Blocks(Order[tuple[Block, ...]]):
    """Blocked weekly times; compared by the minutes they cover, written as they were."""

    kind = Kind.BLOCKS

    @property
    def loosest(self) -> tuple[Block, ...]:
        return ()

    def covers(self, strict: tuple[Block, ...], loose: tuple[Block, ...]) -> bool:
        return not mask_of(loose) & ~mask_of(strict)

    def meet(self, values: Sequence[tuple[Block, ...]]) -> tuple[Block, ...]:
        return sorted_blocks({block for value in values for block in value})

    def join(self, values: Sequence[tuple[Block, ...]]) -> tuple[Block, ...]:
        """Per kind the minutes that all have; labels go, as the times are nobody's wording."""
        common: set[Block] = set()
        for kind in BlockKind:
            mask = -1
            for value in values:
                mask &= mask_of([block for block in value if block.kind is kind])
            common |= {Block(kind, w.days, w.start, w.end) for w in mask_windows(mask)}
        return sorted_blocks(common)

    def decides(self, value: tuple[Block, ...], met: tuple[Block, ...]) -> bool:
        return bool(value) or not met

    def parse(self, raw: object, pointer: str, faults: Faults) -> tuple[Block, ...] | None:
        known = len(faults.found)
        blocks = {
            block
            for at, item in enumerate(as_list(raw, pointer, faults, MAX_BLOCKS))
            if (block := read_block(item, f"{pointer}/{at}", faults)) is not None
        }
        return sorted_blocks(blocks) if len(faults.found) == known else None

    def encode(self, value: tuple[Block, ...]) -> list[dict[str, object]]:
        return [encode_block(block) for block in value]


def sorted_blocks(blocks: set[Block]) -> tuple[Block, ...]:
    """Blocks in the order of a week."""
    return tuple(sorted(blocks, key=lambda b: (WEEKDAYS.index(b.days[0]), b.start, b)))


class Exceptions(Order[tuple[DayException, ...]]):
    """Dated exceptions of one layer. They rewrite only that layer (A6), so layers never meet."""

    kind = Kind.EXCEPTIONS

    @property
    def loosest(self) -> tuple[DayException, ...]:
        return ()

    def covers(self, strict: tuple[DayException, ...], loose: tuple[DayException, ...]) -> bool:
        return strict == loose

    def meet(self, values: Sequence[tuple[DayException, ...]]) -> tuple[DayException, ...]:
        """Nothing: exceptions of several layers have no common value."""
        return values[0] if len(values) == 1 else ()

    def join(self, values: Sequence[tuple[DayException, ...]]) -> tuple[DayException, ...]:
        """The exceptions that were there all the time."""
        return tuple(one for one in values[0] if all(one in value for value in values[1:]))

    def parse(self, raw: object, pointer: str, faults: Faults) -> tuple[DayException, ...] | None:
        known = len(faults.found)
        found: list[DayException] = []
        for at, item in enumerate(as_list(raw, pointer, faults, MAX_EXCEPTIONS)):
            one = _read_exception(item, f"{pointer}/{at}", faults)
            if one is not None and one not in found:
                found.append(one)
        found.sort(key=lambda e: (e.first, e.last, e.kind, e.minutes, e.blocks))
        return tuple(found) if len(faults.found) == known else None

    def encode(self, value: tuple[DayException, ...]) -> list[dict[str, object]]:
        return [_encode_exception(one) for one in value]


_WINDOW: Final = frozenset({"days", "start", "end"})
_BLOCK: Final = frozenset({"kind", "days", "start", "end", "label"})
_EXCEPTION: Final = frozenset({"kind", "first", "last", "blocks", "kinds", "minutes", "label"})


def read_span(members: Mapping[str, Any], pointer: str, faults: Faults) -> Window | None:
    """Days, start and end of a window or block. `days` absent means every day."""
    days = _read_days(members.get("days", list(WEEKDAYS)), f"{pointer}/days", faults)
    start = read_clock(members.get("start"), f"{pointer}/start", faults)
    raw_end = members.get("end")
    end = END_OF_DAY if raw_end == END_OF_DAY else read_clock(raw_end, f"{pointer}/end", faults)
    if days is None or start is None or end is None:
        return None
    if minute_of(start) == minute_of(end):
        faults.add(Reason.OUT_OF_RANGE, f"{pointer}/end", expected="another time than start")
        return None
    return Window(days, start, "00:00" if end == END_OF_DAY and start != "00:00" else end)


def _read_days(raw: object, pointer: str, faults: Faults) -> tuple[str, ...] | None:
    known = len(faults.found)
    days: set[str] = set()
    for at, item in enumerate(as_list(raw, pointer, faults, len(WEEKDAYS))):
        if isinstance(item, str) and item in WEEKDAYS:
            days.add(item)
        else:
            faults.add(Reason.OUT_OF_RANGE, f"{pointer}/{at}", allowed=", ".join(WEEKDAYS))
    if not days and len(faults.found) == known:
        faults.add(Reason.OUT_OF_RANGE, pointer, expected="at least one day")
    return tuple(d for d in WEEKDAYS if d in days) if len(faults.found) == known else None


def read_block(raw: object, pointer: str, faults: Faults) -> Block | None:
    """One block, or refusals."""
    members = read_object(raw, pointer, faults, _BLOCK)
    if members is None:
        return None
    kind = _read_kind(members.get("kind", "custom"), f"{pointer}/kind", faults)
    span = read_span(members, pointer, faults)
    label = _read_label(members, pointer, faults)
    if kind is None or span is None or label is None:
        return None
    return Block(kind, span.days, span.start, span.end, label)


def _read_label(members: Mapping[str, object], pointer: str, faults: Faults) -> str | None:
    raw = members.get("label", "")
    return "" if raw == "" else read_clean(raw, f"{pointer}/label", faults, MAX_LABEL)


def _read_kind(raw: object, pointer: str, faults: Faults) -> BlockKind | None:
    if isinstance(raw, str) and raw in set(BlockKind):
        return BlockKind(raw)
    faults.add(Reason.OUT_OF_RANGE, pointer, allowed=", ".join(BlockKind))
    return None


def encode_block(block: Block) -> dict[str, object]:
    """The JSON of a block; an empty label is left out."""
    span: dict[str, object] = {"kind": block.kind.value, "days": list(block.days)}
    span |= {"start": block.start, "end": block.end}
    return span | ({"label": block.label} if block.label else {})


def _read_date(raw: object, pointer: str, faults: Faults) -> date | None:
    text = read_text(raw, pointer, faults)
    if text is None:
        return None
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.isoformat() != text:
        faults.add(Reason.OUT_OF_RANGE, pointer, expected="YYYY-MM-DD")
        return None
    return parsed


def _read_exception(raw: object, pointer: str, faults: Faults) -> DayException | None:
    members = read_object(raw, pointer, faults, _EXCEPTION)
    if members is None:
        return None
    known = len(faults.found)
    first = _read_date(members.get("first"), f"{pointer}/first", faults)
    last = _read_date(members.get("last", members.get("first")), f"{pointer}/last", faults)
    label = _read_label(members, pointer, faults)
    raw_kind = members.get("kind")
    if raw_kind not in set(ExceptionKind):
        faults.add(Reason.OUT_OF_RANGE, f"{pointer}/kind", allowed=", ".join(ExceptionKind))
        return None
    kind = ExceptionKind(str(raw_kind))
    details = _read_details(kind, members, pointer, faults)
    if first is None or last is None or label is None or len(faults.found) > known:
        return None
    if not 0 <= (last - first).days < MAX_DAYS:
        faults.add(Reason.OUT_OF_RANGE, f"{pointer}/last", most=MAX_DAYS)
        return None
    return DayException(kind, first, last, *details, label)


_DETAILS: Final[Mapping[ExceptionKind, frozenset[str]]] = {
    ExceptionKind.SWAP_BLOCKS: frozenset({"blocks"}),
    ExceptionKind.ADD_BLOCKS: frozenset({"blocks"}),
    ExceptionKind.LIFT_BLOCKS: frozenset({"kinds"}),
    ExceptionKind.SET_LIMIT: frozenset({"minutes"}),
    ExceptionKind.LIFT_LIMIT: frozenset(),
}


def _read_details(
    kind: ExceptionKind, members: Mapping[str, object], pointer: str, faults: Faults
) -> tuple[tuple[Block, ...], tuple[BlockKind, ...], int]:
    for key in sorted(({"blocks", "kinds", "minutes"} & members.keys()) - _DETAILS[kind]):
        faults.add(Reason.UNKNOWN_FIELD, f"{pointer}/{key}", kind=kind.value)
    blocks: tuple[Block, ...] = ()
    if "blocks" in _DETAILS[kind]:
        blocks = Blocks().parse(members.get("blocks"), f"{pointer}/blocks", faults) or ()
    kinds = _read_kinds(members.get("kinds", []), f"{pointer}/kinds", faults)
    minutes = -1
    if kind is ExceptionKind.SET_LIMIT:
        minutes = _read_minutes(members.get("minutes"), f"{pointer}/minutes", faults)
    return blocks, kinds, minutes


def _read_kinds(raw: object, pointer: str, faults: Faults) -> tuple[BlockKind, ...]:
    items = as_list(raw, pointer, faults, len(BlockKind))
    kinds = {_read_kind(item, f"{pointer}/{at}", faults) for at, item in enumerate(items)}
    return tuple(kind for kind in BlockKind if kind in kinds)


def _read_minutes(raw: object, pointer: str, faults: Faults) -> int:
    minutes = read_integer(raw, pointer, faults)
    if minutes is not None and not 0 <= minutes <= 1440:  # noqa: PLR2004 - minutes of a day
        faults.add(Reason.OUT_OF_RANGE, pointer, low=0, high=1440)
    return -1 if minutes is None else minutes


def _encode_exception(one: DayException) -> dict[str, object]:
    found: dict[str, object] = {"kind": one.kind.value}
    found |= {"first": one.first.isoformat(), "last": one.last.isoformat()}
    if "blocks" in _DETAILS[one.kind]:
        found["blocks"] = [encode_block(block) for block in one.blocks]
    if one.kinds:
        found["kinds"] = [kind.value for kind in one.kinds]
    if one.kind is ExceptionKind.SET_LIMIT:
        found["minutes"] = one.minutes
    return found | ({"label": one.label} if one.label else {})
