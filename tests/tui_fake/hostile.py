"""Text that must never act, crash or reach the terminal raw; and a family made of it."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any, cast

import msgspec

from tui_fake.api import FakeApi

ESC = "\x1b"
HOSTILE = (
    "[@click=app.boom]press me[/]",
    "[@click=screen.dismiss]x[/]",
    "[/nope]",
    "[b]bold[/b]",
    "[red on white]red[/]",
    "[[[[[",
    "]]]]]",
    "[/]",
    "[link=https://evil.example]x[/link]",
    "\\[b]",
    "$fp-accent",
    "{name}",
    "%s %d %n",
    f"{ESC}[2J{ESC}[H",
    f"{ESC}]52;c;ZXZpbA==\x07",
    f"{ESC}]0;owned\x07",
    f"{ESC}]8;;https://evil.example\x07x{ESC}]8;;\x07",
    f"{ESC}[31mred{ESC}[0m",
    f"{ESC}P+q544e{ESC}\\",
    f"{ESC}c",
    "\x9b2J",
    "\x9d52;c;ZXZpbA==\x9c",
    "\x90q\x9c",
    "a\x00b",
    "a\x07b",
    "a\x08\x08b",
    "a\rb",
    "a\nb\n\nc",
    "a\tb",
    "\x7f\x7f",
    "\u202egnirts desrever",
    "\u2066isolate\u2069",
    "\u200b\u200b\u200b",
    "\ufeffbom",
    "\u00adsoft",
    "\u2028line\u2029paragraph",
    "👩\u200d👩\u200d👧\u200d👦",
    "❤\ufe0f",
    "🇮🇪🇩🇪",
    "e" + "\u0301" * 60,
    "Z̸̢̛̺͇͙a̴l̷g̸o̵",
    "日本語の名前",
    "عائلة",
    "משפחה",
    "ก็็็็็็็็",
    "\ud800lone",
    "\udcff",
    "\ue000private",
    "\U000e0041tag",
    "x" * 4000,
    " " * 300,
    "",
    "…" * 200,
    "│╭╮╯╰─┃",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "NULL",
    "-1",
    "日" * 500,
)

_TEXT = frozenset(
    [
        "name",
        "words",
        "reason",
        "title",
        "example",
        "what",
        "change",
        "note",
        "contact",
        "hours",
        "source",
        "checked_on",
        "actor",
        "guardian_name",
        "owner_name",
        "by",
        "sign_in_name",
        "account_since",
        "teen_name",
        "effect",
        "context",
        "outcome",
        "binds",
        "text",
        "label",
        "ended_by",
    ]
)
_LISTS = frozenset({"never", "you_can", "see", "with_", "limited_by", "learns", "skipped"})


def poison(value: Any, texts: Iterator[str]) -> Any:
    """The same answer with the next hostile text in every field that people can write."""
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        return type(value)(**{name: _field(name, getattr(value, name), texts) for name in names})
    if isinstance(value, list | tuple):
        items = [poison(item, texts) for item in cast("list[Any]", value)]
        return items if isinstance(value, list) else tuple(items)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {key: poison(item, texts) for key, item in members.items()}
    return value


def _field(name: str, found: Any, texts: Iterator[str]) -> Any:
    if name in _TEXT and isinstance(found, str):
        return next(texts)
    if name in _LISTS and isinstance(found, tuple):
        return tuple(next(texts) for _ in cast("tuple[str, ...]", found))
    return poison(found, texts)


def poisoned(api: FakeApi, turn: int) -> FakeApi:
    """This family with hostile names and words; `turn` rotates which text stands where."""
    texts = islice(cycle(HOSTILE), turn, None)
    api.who = poison(api.who, texts)
    for place in ("cards", "invites", "entries", "my_links", "disclosures", "shared", "looked"):
        setattr(api, place, poison(getattr(api, place), texts))
    api.exit_done = poison(api.exit_done, texts)
    for place in ("times", "calendars", "asked_requests", "agreed", "bound", "gift", "previewed"):
        setattr(api, place, poison(getattr(api, place), texts))
    for teen in api.family.values():
        teen.others = {next(texts): layer for layer in teen.others.values()}
        teen.mine["search.blocked_terms"] = ["[/x]", "[@click=app.boom]y[/]"]
    return api
