"""`applied`: whether the connected apps apply a teen's rules."""

from collections.abc import Iterable
from datetime import datetime

from familypair.schema.policies import AppApplied, AppliedRules
from familypair_tui.plain.console import Console, counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen

NO_APP = "No app is connected, so no app applies these rules."


async def applied(context: Context) -> None:
    """Every app in sentences, with the rules that it does not apply everywhere yet."""
    teen = await find_teen(context, context.args.teen)
    found = await context.client.applied(teen.id)
    lines = [line for app in found.apps for line in app_lines(app, context.console)]
    context.console.give(found, f"{teen.name}:", *(lines or [f"  {NO_APP}"]))


def app_lines(app: AppApplied, console: Console) -> list[str]:
    """One app: how it stands, on how many devices, and which rules are not there yet."""
    lines = [f"  {app.words}"]
    if app.devices:
        parts = ((app.applied, "up to date"), (app.pending, "pending"), (app.unknown, "unknown"))
        said = ", ".join(f"{count} {words}" for count, words in parts if count)
        seen = f"; last seen on {_day(app.last_seen_at, console)}" if app.last_seen_at else ""
        lines.append(f"    {counted(app.devices, 'device')}: {said}{seen}.")
    if app.pending_since:
        lines.append(f"    Pending since {console.when(app.pending_since)}.")
    behind = [path for path, status in app.fields.items() if status == "pending"]
    if behind:
        lines.append(f"    Not applied everywhere yet: {', '.join(behind)}.")
    return lines


def _day(at: datetime, console: Console) -> str:
    """The day only: a guardian is told no more."""
    return console.when(at).rpartition(" ")[0]


def apps_words(found: AppliedRules) -> str:
    """All apps in one line."""
    return " ".join(_words(found.apps)) or NO_APP


def _words(apps: Iterable[AppApplied]) -> Iterable[str]:
    return (app.words for app in apps)
