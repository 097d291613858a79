"""`grant` and `code`: minutes for today, given, taken back, or said as a code."""

from familypair.schema.time import Code, GrantPreview
from familypair.settings import say_minutes
from familypair_tui.plain.console import Console, UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen
from familypair_tui.plain.said import amount_of
from familypair_tui.plain.time_lines import balance_lines, grant_lines

_MINUTES_ONLY = "A code is worth a number of minutes: familypair code 30"


async def grant(context: Context) -> None:
    """Give after reading what it does now; `undo` and `accept` name a gift."""
    match context.args.words:
        case ["undo", gift]:
            await _undo(context, gift)
        case ["accept", gift]:
            await accept_gift(context, gift)
        case [said]:
            await _give(context, "", said)
        case [teen, said]:
            await _give(context, teen, said)
        case _:
            raise UsageError("Write: familypair grant [TEEN] 30, or rest, or undo ID.")


async def _give(context: Context, teen_said: str, said: str) -> None:
    args, console, client = context.args, context.console, context.client
    wish = amount_of(said)
    teen = await find_teen(context, teen_said)
    preview = await client.preview_grant(
        teen.id, minutes=wish.minutes, rest_of_day=wish.rest_of_day
    )
    if args.dry_run:
        console.give(preview, *preview_lines(preview), "Nothing was given.")
        return
    if not args.yes:
        console.say(*preview_lines(preview))
    console.sure(f"Give this to {teen.name}?", "Yes, give it", given=args.yes)
    given = await client.give(teen.id, minutes=wish.minutes, rest_of_day=wish.rest_of_day)
    console.give(given, *grant_lines(given, teen.name))


def preview_lines(preview: GrantPreview) -> list[str]:
    """What a gift would do: its amount, how much of it counts now, and why not more."""
    lines = [f"{preview.words.rstrip('.')}."]
    if preview.write_off_seconds:
        over = say_minutes(-(-preview.write_off_seconds // 60))
        lines.append(f"  It first writes off {over} that were used over your limit.")
    return lines


async def _undo(context: Context, gift: str) -> None:
    undone = await context.client.undo_grant(gift)
    said = say_minutes(undone.minutes)
    lines = [f"Taken back: what was not used of {said}.", f"  {undone.balance.words}"]
    context.console.give(undone, *(line for line in lines if line.strip()))


async def accept_gift(context: Context, gift: str) -> None:
    """Teen: take a gift that waited; my own limit gives way for today."""
    taken = await context.client.accept_grant(gift)
    lines = balance_lines(taken.balance, "You", context.console.when)
    context.console.give(taken, f"Taken: {say_minutes(taken.minutes)} from {taken.by}.", *lines[:2])


async def code(context: Context) -> None:
    """Make a code (guardian), use one (teen), or take one back."""
    match context.args.words:
        case ["redeem", *parts] if parts:
            await _redeem(context, "".join(parts))
        case ["withdraw", said]:
            gone = await context.client.withdraw_code(said)
            context.console.give(gone, "The code does not work any more.")
        case [said]:
            await _make(context, "", said)
        case [teen, said]:
            await _make(context, teen, said)
        case _:
            raise UsageError("Write: familypair code [TEEN] 30, redeem CODE, or withdraw ID.")


async def _make(context: Context, teen_said: str, said: str) -> None:
    minutes = amount_of(said).minutes
    if minutes is None:
        raise UsageError(_MINUTES_ONLY)
    teen = await find_teen(context, teen_said)
    made = await context.client.make_code(teen.id, minutes)
    context.console.give(made, *code_lines(made, teen.name, context.console))


def code_lines(made: Code, name: str, console: Console) -> list[str]:
    """The code on a line of its own, how long it works, and how to take it back."""
    spaced = f"{made.code[:3]} {made.code[3:]}"
    return [
        f"One-time code for {name}, {say_minutes(made.minutes)}:",
        "",
        f"    {spaced}",
        "",
        f"It works once, until {console.when(made.expires_at)} ({console.until(made.expires_at)}).",
        f"Take it back: familypair code withdraw {made.id}",
    ]


async def _redeem(context: Context, said: str) -> None:
    used = await context.client.redeem_code(said)
    lines = balance_lines(used.balance, "You", context.console.when)
    context.console.give(used, f"{used.words.rstrip('.')}.", *lines[:2])
