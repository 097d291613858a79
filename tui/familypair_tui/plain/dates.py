"""`calendar`: the next days with their reasons, an import, and exceptions typed by hand."""

from pathlib import Path
from typing import Any

from familypair.schema.settings import LayerSaved, Preview
from familypair.schema.time import CalendarDraft, CalendarImport
from familypair.settings import FIELDS
from familypair_tui.plain.change import change_lines, saved_lines
from familypair_tui.plain.console import UsageError, counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.drafts import preview_lines
from familypair_tui.plain.people import TeenRef, find_teen
from familypair_tui.plain.time_lines import calendar_lines
from familypair_tui.plain.words import handle
from familypair_tui.typed import NotTypedError, read

_FIELD = FIELDS["schedule.exceptions"]
_MOST_BYTES = 1_000_000
_MOST_DAYS = 7
_NOTHING = "Nothing in it was taken, so there is nothing to save."


async def calendar(context: Context) -> None:
    """Show the effective calendar, or write dated exceptions of my own layer."""
    match context.args.words:
        case ["import", file]:
            await _import(context, Path(file))
        case ["add", *said] if said:
            await _add(context, " ".join(said))
        case []:
            await _show(context, context.args.teen)
        case [teen] if teen not in {"import", "add"}:
            await _show(context, teen)
        case _:
            raise UsageError("Write: familypair calendar [TEEN], import FILE, or add DATES WHAT.")


async def _show(context: Context, said: str) -> None:
    days = context.args.days
    if not 1 <= days <= _MOST_DAYS:
        raise UsageError(f"--days is 1 to {_MOST_DAYS}.")
    teen = await find_teen(context, said)
    found = await context.client.calendar(teen.id)
    context.console.give(found, *calendar_lines(found, teen.name, days=days))


async def _import(context: Context, file: Path) -> None:
    args, console = context.args, context.console
    if (args.effect == "set_limit") is (args.minutes is None):
        raise UsageError("--minutes belongs to --as set_limit: the limit on those days.")
    asked = CalendarImport(
        ics=_read(file),
        as_=args.effect,
        kinds=tuple(args.kinds),
        minutes=args.minutes,
    )
    teen = await find_teen(context, args.teen)
    draft = await context.client.import_calendar(teen.id, asked)
    console.say(*draft_lines(draft))  # also with --yes: what was not taken must be read
    if not draft.added:
        console.give(draft, _NOTHING)
        return
    await _save(context, teen, draft.patch)


def _read(file: Path) -> str:
    raw = file.read_bytes()
    if len(raw) > _MOST_BYTES:
        raise UsageError(f"{file} is larger than a calendar may be (1 MB).")
    return raw.decode("utf-8", errors="replace")


def draft_lines(draft: CalendarDraft) -> list[str]:
    """How many events were taken, and why others were not."""
    lines = [f"{counted(draft.added, 'exception')} from this calendar."]
    return [*lines, *(f"  Not taken: {text}" for text in draft.skipped)]


async def _add(context: Context, text: str) -> None:
    try:
        added = read(_FIELD, text)
    except NotTypedError as error:
        raise UsageError(str(error)) from error
    teen = await find_teen(context, context.args.teen)
    layer = await context.client.layer(teen.id)
    held: list[Any] = layer.values.get("schedule", {}).get("exceptions") or []
    patch = {"schedule": {"exceptions": [*held, *(one for one in added if one not in held)]}}
    await _save(context, teen, patch)


async def _save(context: Context, teen: TeenRef, patch: dict[str, Any]) -> None:
    """Preview, question, save: the same for an import and for typed dates."""
    args, console, client = context.args, context.console, context.client
    layer = await client.layer(teen.id)
    preview = await client.preview(teen.id, patch)
    if not preview.changes:
        console.give(LayerSaved(layer=layer, changes=()), "That is your rule already.")
        return
    if not args.yes:
        console.say(*_before(preview))
    console.sure(f"Save this for {teen.name}?", "Yes, save", given=args.yes)
    saved = await client.patch_layer(teen.id, patch, etag=layer.etag)
    console.give(saved, *saved_lines(saved, args.teen or handle(teen.name)))


def _before(preview: Preview) -> list[str]:
    return [*change_lines(preview.changes), *preview_lines(preview)]
