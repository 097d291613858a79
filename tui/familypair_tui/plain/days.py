"""`time`: today's arithmetic, days and weeks of use, and the days as CSV."""

from datetime import date, timedelta
from pathlib import Path

from familypair.client.clean import clean
from familypair.schema.time import Time
from familypair_tui.plain.console import UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import TeenRef, find_teen
from familypair_tui.plain.time_lines import time_lines

_MOST_DAYS = 28


async def time(context: Context) -> None:
    """The balance with who and why, then days as a table, then weeks; or a CSV file."""
    args, console = context.args, context.console
    if not 1 <= args.days <= _MOST_DAYS:
        raise UsageError(f"--days is 1 to {_MOST_DAYS}.")
    teen = await find_teen(context, args.teen)
    found = await context.client.time(teen.id)
    if args.csv:
        await _csv(context, teen, found)
        return
    if args.days > len(found.days):
        first = _first(found, args.days)
        found = await context.client.time(teen.id, first=first, last=found.today.day)
    lines = time_lines(found, teen.name, console.when, days=args.days, glyphs=console.glyphs)
    console.give(found, *lines)


def _first(found: Time, days: int) -> date:
    """The first of so many days up to the teen's own today."""
    return found.today.day - timedelta(days=days - 1)


async def _csv(context: Context, teen: TeenRef, found: Time) -> None:
    first, last = _first(found, context.args.days), found.today.day
    console = context.console
    text = await context.client.time_csv(teen.id, first=first, last=last)
    if context.args.csv == "-":
        console.out.write("\r\n".join(clean(row) for row in text.split("\r\n")))
        return
    console.give(
        _written(Path(context.args.csv), text, first, last), f"Written to {context.args.csv}."
    )


def _written(target: Path, text: str, first: date, last: date) -> dict[str, str]:
    target.write_bytes(text.encode("utf-8"))
    return {"file": str(target), "from": first.isoformat(), "to": last.isoformat()}
