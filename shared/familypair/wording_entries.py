"""Entries of an inbox in one sentence, for the person who reads it. Plain text, never markup.

The projection has already removed what this reader must not know; nothing is added here.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, cast

import msgspec

from familypair.rules.free_text import is_count
from familypair.rules.zones import zone
from familypair.schema import ledger as entries
from familypair.schema.scopes import Scope
from familypair.settings import FIELDS, Audience, decode, say
from familypair.wording_entries_time import TIME_WORDS

SCOPE_WORDS: Final[Mapping[Scope, str]] = {
    Scope.SEE_TIME: "see screen time",
    Scope.SET_TIME: "set time rules",
    Scope.SET_SEARCH: "set search rules",
    Scope.SET_MESSAGES: "set rules for messages",
    Scope.SET_PRIVACY: "set privacy rules",
    Scope.SEE_CONTACTS: "see contacts",
    Scope.SEE_SETTINGS: "see all settings",
}
_ACCOUNT_WORDS: Final = {"country": "country", "zone": "home time zone", "band": "age group"}
_ITEMS: Final = {
    "search.blocked_terms": "blocked word",
    "search.allowed_terms": "allowed word",
    "contacts.blocked": "blocked account",
}
_SHOWN: Final = 3


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads: which side they are on, and what they call the teen."""

    audience: Literal["guardian", "teen"]
    teen_name: str
    zone: str
    """The teen's home zone: instants are said in its wall time."""

    @property
    def is_teen(self) -> bool:
        """Whether the reader is the teen of the entries."""
        return self.audience == "teen"


def entry_words(
    entry: entries.AnyEntry | entries.Erased | entries.Withheld, actor: str, reader: Reader
) -> str:
    """The entry as one sentence; `actor` is the doer as the inbox names them."""
    known = TIME_WORDS.get(type(entry))
    if known is not None:
        return known(entry, who(actor, reader), reader)
    return _WORDS[type(entry)](entry, actor, reader)


def who(actor: str, reader: Reader) -> str:
    """The doer at the start of a sentence."""
    match actor:
        case "me":
            return "You"
        case "teen":
            return reader.teen_name
        case "another_guardian":
            return "Another guardian"
        case "platform" | "":
            return "The platform"
        case name:
            return name


def when(instant: datetime, reader: Reader) -> str:
    """An instant in the teen's wall time, such as `Mon 23 Nov, 12:00`."""
    return f"{instant.astimezone(zone(reader.zone)):%a %d %b, %H:%M}"


def value_words(path: str, raw: Any, reader: Reader) -> str:
    """A value of an entry in words; of a list that people type, its size."""
    if raw is None:
        return "no rule"
    if isinstance(raw, dict):
        return count_words(path, cast("dict[str, int]", raw)["count"])
    if path not in FIELDS:
        return str(raw)
    return say(path, decode(path, raw), Audience(reader.audience))


def count_words(path: str, count: int) -> str:
    """So many items of a list that people type, such as `2 blocked words`."""
    return f"{count} {_ITEMS.get(path, 'item')}{'' if count == 1 else 's'}"


def _other(entry: Any, reader: Reader) -> str:
    """The other person of the entry's link."""
    return str(entry.guardian_name) if reader.is_teen else reader.teen_name


def _activated(entry: entries.LinkActivated, _: str, reader: Reader) -> str:
    until = when(entry.probation_until, reader)
    who = entry.guardian_name if reader.is_teen else "you"
    return (
        f"You are linked with {_other(entry, reader)}. "
        f"Until {until} {who} can only make rules stricter."
    )


def _scopes_changed(entry: entries.LinkScopesChanged, _: str, reader: Reader) -> str:
    teen = "You" if reader.is_teen else reader.teen_name
    guardian = entry.guardian_name if reader.is_teen else "you"
    parts: list[str] = []
    if entry.granted:
        parts.append(f"{teen} allowed {guardian} to {_scopes(entry.granted)}.")
    if entry.removed:
        parts.append(
            f"{teen} no longer let{'' if reader.is_teen else 's'} {guardian}"
            f" {_scopes(entry.removed)}."
        )
    if entry.asked:
        asks = f"{entry.guardian_name} asks" if reader.is_teen else "You ask"
        parts.append(f"{asks} to {_scopes(entry.asked)} as well.")
    return " ".join(parts) or "The permissions were looked at again; nothing changed."


def _scopes(scopes: Sequence[Scope]) -> str:
    return _and([SCOPE_WORDS[scope] for scope in scopes])


def _probation_ended(entry: entries.LinkProbationEnded, _: str, reader: Reader) -> str:
    return f"The first 24 hours with {_other(entry, reader)} are over; rules that waited now hold."


def _ending(entry: entries.LinkEnding, _: str, reader: Reader) -> str:
    until = when(entry.notice_until, reader)
    if reader.is_teen:
        return f"You ended the link with {entry.guardian_name}. Its time rules stay until {until}."
    return f"{reader.teen_name} ended the link. Your time rules stay until {until}."


def _resume_proposed(entry: entries.LinkResumeProposed, actor: str, reader: Reader) -> str:
    verb = "propose" if actor == "me" else "proposes"
    return (
        f"{who(actor, reader)} {verb} to keep the link with {_you_or_other(entry, actor, reader)}."
    )


def _you_or_other(entry: entries.LinkResumeProposed, actor: str, reader: Reader) -> str:
    return _other(entry, reader) if actor == "me" else "you"


def _resumed(entry: entries.LinkResumed, _: str, reader: Reader) -> str:
    return f"The link with {_other(entry, reader)} goes on."


def _ended(entry: entries.LinkEnded, _: str, reader: Reader) -> str:
    said = f"The link with {_other(entry, reader)} is over."
    if entry.hold_until is None:
        return said
    until = when(entry.hold_until, reader)
    return f"{said} Rules for contact, privacy and search stay as they are until {until}."


def _hold_ended(entry: entries.HoldEnded, _actor: str, reader: Reader) -> str:
    said = "The rules that stayed after a link ended are gone."
    if not entry.kept:
        return said
    mine = "yours" if reader.is_teen else f"{reader.teen_name}'s own"
    return f"{said} {len(entry.kept)} of them {'is' if len(entry.kept) == 1 else 'are'} now {mine}."


def _layer_changed(entry: entries.LayerChanged, actor: str, reader: Reader) -> str:
    said = [_change(change, reader) for change in entry.changes[:_SHOWN]]
    rest = len(entry.changes) - _SHOWN
    if rest > 0:
        said.append(f"changed {rest} more")
    return f"{who(actor, reader)} {_and(said)}."


def _change(change: entries.FieldChange, reader: Reader) -> str:
    title = _title(change.path)
    if change.after is None:
        return f"removed the rule “{title}”"
    late = " from the end of the first 24 hours" if change.from_probation_end else ""
    if is_count(change.after):
        return _list_change(change.path, change.after) + late
    return f"set “{title}” to {value_words(change.path, change.after, reader)}{late}"


def _list_change(path: str, after: Mapping[str, int]) -> str:
    """A change of a list that people type: how many items came and went."""
    added, removed = after.get("added", 0), after.get("removed", 0)
    if added and removed:
        return f"added {added} and removed {count_words(path, removed)}"
    if added or removed:
        return f"{'added' if added else 'removed'} {count_words(path, added or removed)}"
    return f"set “{_title(path)}” to {count_words(path, after['count'])}"


def _effective_changed(entry: entries.EffectiveChanged, actor: str, reader: Reader) -> str:
    shown = [_effect(change, reader) for change in entry.effective[:_SHOWN]]
    rest = len(entry.effective) - _SHOWN
    if rest > 0:
        shown.append(f"{rest} more changed")
    return f"{who(actor, reader)} made a change: {_and(shown)}."


def _effect(change: entries.EffectiveChange, reader: Reader) -> str:
    value = value_words(change.path, change.after, reader)
    if change.starting and change.before == change.after:
        return f"“{_title(change.path)}” stays {value}, now as a rule instead of the starting value"
    return f"“{_title(change.path)}” is now {value}"


def _account_changed(entry: entries.AccountChanged, _: str, reader: Reader) -> str:
    whose = "Your" if reader.is_teen else f"{reader.teen_name}'s"
    what = _ACCOUNT_WORDS.get(entry.what, entry.what)
    return f"{whose} {what} changed from {entry.before} to {entry.after}."


def _erased(_entry: entries.Erased, _actor: str, _reader: Reader) -> str:
    return "What this entry said was erased."


def _withheld(_entry: entries.Withheld, _actor: str, _reader: Reader) -> str:
    return "Not shared any more."


def _title(path: str) -> str:
    return FIELDS[path].title if path in FIELDS else path


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_WORDS: Final[Mapping[type, Callable[[Any, str, Reader], str]]] = {
    entries.LinkActivated: _activated,
    entries.LinkScopesChanged: _scopes_changed,
    entries.LinkProbationEnded: _probation_ended,
    entries.LinkEnding: _ending,
    entries.LinkResumeProposed: _resume_proposed,
    entries.LinkResumed: _resumed,
    entries.LinkEnded: _ended,
    entries.HoldEnded: _hold_ended,
    entries.LayerChanged: _layer_changed,
    entries.EffectiveChanged: _effective_changed,
    entries.AccountChanged: _account_changed,
    entries.Erased: _erased,
    entries.Withheld: _withheld,
}
