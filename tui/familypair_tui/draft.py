"""A draft of my own layer: what is shown, what I may choose, and the merge patch to send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from familypair.rules.free_text import is_count
from familypair.schema.settings import EffectiveSettings, Explained, LayerDocument
from familypair.settings import FIELDS, WEEKDAYS, Audience, Kind, decode, flatten, nest, say
from familypair.settings.field import Field
from familypair.settings.orders import Minutes
from familypair.wording_entries import count_words
from familypair_tui.text import clean

STEP_MINUTES: Final = 15
_DAY: Final = 1440
_SHORT: Final = 60
"""A range of minutes up to this goes in steps of five."""
_DAILY: Final = "screen_time.daily_minutes."


class Subject(StrEnum):
    """The forms, in the order of their tabs."""

    TIME = "Time"
    SCHEDULE = "Schedule"
    SEARCH = "Search"
    MESSAGES = "Messages"
    PRIVACY = "Privacy"


_SUBJECT_OF: Final[Mapping[str, Subject]] = {
    "screen_time": Subject.TIME,
    "schedule": Subject.SCHEDULE,
    "notifications": Subject.SCHEDULE,
    "search": Subject.SEARCH,
    "messages": Subject.MESSAGES,
    "interactions": Subject.MESSAGES,
    "live": Subject.MESSAGES,
    "money": Subject.MESSAGES,
    "contacts": Subject.MESSAGES,
    "privacy": Subject.PRIVACY,
    "feed": Subject.PRIVACY,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a form: a field, or the seven daily limits side by side."""

    paths: tuple[str, ...]
    title: str

    @property
    def is_week(self) -> bool:
        """Whether this is the row of seven cells."""
        return len(self.paths) > 1


@dataclass(slots=True)
class Draft:
    """What is in force, what my layer says, and what I changed here and did not save."""

    settings: EffectiveSettings
    document: LayerDocument
    audience: Audience = Audience.GUARDIAN
    changes: dict[str, Any] = field(default_factory=dict[str, Any])
    """Path to JSON value; None takes my rule away."""
    since: str = ""
    """From when what waits for the end of the first day holds: `Tue 15:17`; empty is unknown."""

    @property
    def fields(self) -> dict[str, Explained]:
        """The fields that I may see and this client knows, by path."""
        return {item.path: item for item in self.settings.fields if item.path in FIELDS}

    def mine(self, path: str) -> Any:
        """What my saved layer says; None is silence."""
        return _flat(self.document).get(path)

    def waiting(self, path: str) -> Any:
        """My saved value that waits for the end of the first day (A10); None when none waits."""
        found = self.fields.get(path)
        mine = (layer for layer in (found.layers if found else ()) if layer.owner == "me")
        return next((layer.value for layer in mine if layer.from_), None)

    def overruled(self, path: str) -> bool:
        """Whether my saved rule is in force nowhere: something stricter holds."""
        mine, found = self.mine(path), self.fields[path]
        return mine is not None and mine != found.value and self.waiting(path) is None

    def since_words(self) -> str:
        """`yours from Tue 15:17`: what is said of a value that waits."""
        return f"yours from {self.since}" if self.since else "yours after the first day"

    def shown(self, path: str) -> Any:
        """The value in the editor: unsaved, else my rule, else (or while it waits) what holds."""
        if path not in self.changes and self.waiting(path) is not None:
            return self.fields[path].value
        return self.edited(path)

    def edited(self, path: str) -> Any:
        """The value that a key changes: unsaved, else my rule, else what is in force."""
        if path in self.changes and self.changes[path] is not None:
            return self.changes[path]
        if path not in self.changes and self.mine(path) is not None:
            return self.mine(path)
        found = self.fields.get(path)
        return found.value if found else None

    def edited_mine(self, path: str) -> Any:
        """What my own layer would say after saving; None is silence."""
        return self.changes[path] if path in self.changes else self.mine(path)

    def is_changed(self, path: str) -> bool:
        """Whether this line has an unsaved change."""
        return path in self.changes

    def put(self, path: str, value: Any) -> None:
        """Change my draft; back to the saved value means no change."""
        if value == self.mine(path):
            self.changes.pop(path, None)
        else:
            self.changes[path] = value

    def patch(self) -> dict[str, Any]:
        """The JSON merge patch of all changes."""
        return nest(self.changes)

    def say(self, path: str, value: Any) -> str:
        """A JSON value in words for this reader."""
        return words_of(path, value, self.audience)

    def rows(self, subject: Subject) -> list[Row]:
        """The lines of one form, in the registry's order."""
        known = self.fields
        rows: list[Row] = []
        week = tuple(f"{_DAILY}{day}" for day in WEEKDAYS if f"{_DAILY}{day}" in known)
        if subject is Subject.TIME and week:
            rows.append(Row(week, "Daily time"))
        rows += [
            Row((path,), title_of(known[path]))
            for path, spec in FIELDS.items()
            if path in known and path not in week and subject_of(spec.path) is subject
        ]
        return rows

    def choices(self, path: str) -> list[str]:
        """The options that the platform allows at this age, from the loosest."""
        spec, cap = FIELDS[path], self._cap(path)
        if cap is None:
            return list(spec.choices)
        return [value for value in spec.choices if not spec.order.looser_than_cap(value, cap)]

    def _cap(self, path: str) -> Any:
        found = self.fields[path]
        raw = next((layer.value for layer in found.layers if layer.owner == "cap"), None)
        return None if raw is None else decode(path, raw)

    def stepped(self, path: str, step: int, *, wrap: bool = False) -> Any:
        """The value `step` options, quarter hours or clock steps on; None when there is none."""
        spec, value = FIELDS[path], self.edited(path)
        match spec.kind:
            case Kind.CHOICE | Kind.TOGGLE:
                return _next_choice(self.choices(path), value, step, wrap=wrap)
            case Kind.MINUTES:
                return _next_minutes(spec, value, step)
            case Kind.TIME_OF_DAY:
                return _next_clock(value, step)
            case _:
                return None


def _flat(document: LayerDocument) -> dict[str, Any]:
    try:
        return flatten(document.values)
    except KeyError:  # a newer server has fields that this client does not know
        return {}


def title_of(found: Explained) -> str:
    """The title of a field; the server's words, made harmless, or the registry's."""
    return clean(found.title) or FIELDS[found.path].title


def subject_of(path: str) -> Subject:
    """The form on which a field stands."""
    return _SUBJECT_OF[path.split(".", maxsplit=1)[0]]


def words_of(path: str, value: Any, audience: Audience) -> str:
    """A JSON value in words; what this client cannot read is shown as it is."""
    if value is None:
        return "no rule"
    if is_count(value):
        return count_words(path, value["count"])
    try:
        return clean(say(path, decode(path, value), audience))
    except (KeyError, ValueError):
        return clean(str(value))


def _next_choice(options: list[str], value: Any, step: int, *, wrap: bool) -> Any:
    if not options:
        return None
    if value not in options:
        return options[0]
    place = options.index(value) + step
    if wrap:
        return options[place % len(options)]
    return options[max(0, min(len(options) - 1, place))]


def _next_minutes(spec: Field, value: Any, step: int) -> Any:
    order = spec.order
    if not isinstance(order, Minutes):
        return None
    size = 5 if order.high <= _SHORT else STEP_MINUTES
    if not isinstance(value, int):
        return order.high - (order.high % size or size) if step < 0 and order.none else value
    target = (value + step * size) // size * size if step > 0 else -(-(value - size) // size) * size
    if target > order.high:
        return "none" if order.none and value == order.high else order.high
    return max(order.low, target)


def _next_clock(value: Any, step: int) -> Any:
    if value == "off" or not isinstance(value, str):
        return "22:00"
    minutes = (int(value[:2]) * 60 + int(value[3:]) + step * STEP_MINUTES) % _DAY
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
