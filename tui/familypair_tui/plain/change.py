"""`set` and `undo`: change my own layer after seeing before and after."""

from itertools import groupby
from typing import Any

import msgspec

from familypair.client.errors import ClientError
from familypair.schema.ledger import InboxEntry, LayerChanged
from familypair.schema.settings import Change, LayerSaved, Preview
from familypair.settings import FIELDS, WEEKDAYS, decode, nest, say_days, say_items
from familypair.settings import field as registered
from familypair_tui.plain.console import UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import TeenRef, find_teen
from familypair_tui.plain.records import entries_after, newest
from familypair_tui.plain.show import unknown_path, value_words
from familypair_tui.typed import NotTypedError, how_to_type, read

_SEEN_BACK = 100
"""How many entries back the last undoable change is looked for."""


async def set(context: Context) -> None:  # noqa: A001 - the command's name
    """Show what would change, ask, save. `--dry-run` stops before the question."""
    args, console, client = context.args, context.console, context.client
    patch = read_patch(args.path, args.value)
    teen = await find_teen(context, args.teen)
    layer = await client.layer(teen.id)
    preview = await client.preview(teen.id, patch)
    if args.dry_run:
        console.give(preview, *_before(preview), "Nothing was saved.")
        return
    if not preview.changes:
        console.give(
            LayerSaved(layer=layer, changes=()), "That is your rule already; nothing was changed."
        )
        return
    if not args.yes:
        console.say(*_before(preview))
    console.sure(f"Save this for {teen.name}?", "Yes, save", given=args.yes)
    saved = await client.patch_layer(teen.id, patch, etag=layer.etag)
    console.give(saved, *saved_lines(saved, args.teen))


def _before(preview: Preview) -> list[str]:
    """What is read before a save: each field, then the days that lie behind and ahead."""
    return [*change_lines(preview.changes), *preview.words]


def read_patch(path: str, text: str) -> dict[str, Any]:
    """The merge patch for a path (or a group of equal fields) and a typed value; null unsets."""
    paths = [one for one in FIELDS if one == path or one.startswith(f"{path}.")]
    if not paths:
        raise UsageError(unknown_path(path, list(FIELDS)))
    if text == "null":
        return nest(dict.fromkeys(paths))
    if len({(FIELDS[one].kind, str(FIELDS[one].choices)) for one in paths}) > 1:
        raise UsageError(f'"{path}" is a group of different settings; name one of them.')
    return nest({one: _read_value(one, text) for one in paths})


def _read_value(path: str, text: str) -> Any:
    if text.startswith(("[", "{")):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise UsageError("That looks like JSON, but it is not.") from error
    try:
        return read(registered(path), text)
    except NotTypedError as error:
        hint = how_to_type(registered(path))
        said = f"{path}: {error}" if hint in str(error) else f"{path}: {error} {hint}."
        raise UsageError(said) from error


def change_lines(changes: tuple[Change, ...]) -> list[str]:
    """Before and after of my rule and of what holds; days that change alike stand together."""
    lines: list[str] = []
    for (_, *body), alike in groupby(changes, key=lambda one: (_field_of(one), *_body(one))):
        same = list(alike)
        lines += [f"{_title(same)}: {body[0]}", *body[1:]]
    return lines or ["Nothing would change."]


def _field_of(one: Change) -> str:
    """The path without the weekday."""
    group, _, last = one.path.rpartition(".")
    return group if last in WEEKDAYS else one.path


def _title(same: list[Change]) -> str:
    """The title of one field, or of the same field on several days."""
    days = [one.path.rpartition(".")[2] for one in same]
    if len(same) == 1:
        return same[0].title
    return f"{same[0].title.rpartition(' on ')[0]}, {say_days(days)}"


def _body(one: Change) -> list[str]:
    items = item_lines(one.path, one.before, one.after)
    lines = ["your rule changes.", *items] if items else [f"{_rule_words(one)}."]
    lines += _effect_lines(one, items)
    if one.note:
        lines.append(f"  {one.note}")
    elif one.takes_effect != "now":
        lines.append("  Only from the end of the first 24 hours.")
    return lines


def _effect_lines(one: Change, mine: list[str]) -> list[str]:
    """What holds before and after; of a list only what differs, unless it does as my rule does."""
    if one.effective_before is None and one.effective_after is None:
        return []
    if items := item_lines(one.path, one.effective_before, one.effective_after):
        return ["  What holds changes alike."] if items == mine else ["  What holds:", *items]
    held, holds = (value_words(one.path, v) for v in (one.effective_before, one.effective_after))
    same = "stays" if held == holds else f"{held} becomes"
    return [f"  What holds: {same} {holds}."]


def item_lines(path: str, before: object, after: object) -> list[str]:
    """Of a list of times or dates what goes (`-`) and what comes (`+`); else nothing."""
    held, wanted = _items(path, before), _items(path, after)
    gone = [f"  - {item}" for item in held if item not in wanted]
    return gone + [f"  + {item}" for item in wanted if item not in held]


def _items(path: str, raw: object) -> tuple[str, ...]:
    """The items of a list in words; none for another kind of field, or one that is not known."""
    try:
        return say_items(path, None if raw is None else decode(path, raw)) or ()
    except (KeyError, ValueError):
        return ()


def _rule_words(one: Change) -> str:
    """What happens to my rule; there may be none before or after."""
    if one.before is None and one.after is None:
        return "you have no rule, before or after"
    if one.before is None:
        return f"your rule becomes {value_words(one.path, one.after)}; you had none"
    before = value_words(one.path, one.before)
    if one.after is None:
        return f"your rule {before} is taken away"
    return f"your rule {before} becomes {value_words(one.path, one.after)}"


def saved_lines(saved: LayerSaved, said: str) -> list[str]:
    """What was saved, and how to take it back."""
    undo = f" Undo: familypair undo {said} {saved.entry}" if saved.entry else ""
    return [*change_lines(saved.changes), f"Saved.{undo}"]


async def undo(context: Context) -> None:
    """Take one of my changes back, the last one when none is named."""
    args, console = context.args, context.console
    teen = await find_teen(context, args.teen)
    found = await _named(context, teen) if args.seq is not None else None
    entry = await _last_undoable(context, teen) if args.seq is None else found
    seq: int = context.args.seq if entry is None else entry.seq
    question = f"Take change {seq} back?"
    if entry is not None and _is_undo(entry):
        question = f"That takes back your undo: {entry.words} Continue?"
        if args.yes:
            console.say(f"That takes back your undo: {entry.words}")
    elif entry is not None and not args.yes:
        console.say(f"{console.when(entry.at)}: {entry.words}")
    console.sure(question, "Yes, take it back", given=args.yes)
    saved = await context.client.revert(teen.id, seq)
    console.give(saved, *saved_lines(saved, args.teen))


async def _named(context: Context, teen: TeenRef) -> InboxEntry | None:
    """The entry with the number of the arguments, when it is there; the server decides."""
    found = await entries_after(context, teen.id, max(0, context.args.seq - 1), 1)
    return found[0] if found and found[0].seq == context.args.seq else None


def _is_undo(one: InboxEntry) -> bool:
    return isinstance(one.entry, LayerChanged) and one.entry.undo_of is not None


async def _last_undoable(context: Context, teen: TeenRef) -> InboxEntry:
    """The newest change; one that is itself an undo only when there is no other."""
    entries = reversed(await newest(context, teen.id, _SEEN_BACK))
    undoable = sorted((one for one in entries if one.undoable), key=_is_undo)
    if undoable:
        return undoable[0]
    raise ClientError(f"There is no change of yours to take back for {teen.name}.")
