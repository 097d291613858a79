"""`preview`: what a draft of my rule would change, against the next and the last days."""

from familypair.schema.settings import Preview
from familypair_tui.plain.change import change_lines
from familypair_tui.plain.console import UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen
from familypair_tui.plain.said import parted, patch_of
from familypair_tui.plain.time_lines import ahead_lines


async def preview(context: Context) -> None:
    """Sentences first, then each field; nothing is saved."""
    said, pairs = parted(context.args.words)
    if not pairs:
        raise UsageError("Write: familypair preview [TEEN] PATH=VALUE ...")
    patch = patch_of(pairs)
    teen = await find_teen(context, said)
    found = await context.client.preview(teen.id, patch)
    lines = [*change_lines(found.changes), *preview_lines(found), "Nothing was saved."]
    context.console.give(found, *lines)


def preview_lines(found: Preview) -> list[str]:
    """The sentences about the last days, and the next days that differ."""
    ahead = ahead_lines(found.ahead)
    return [*found.words, *(["The next days:", *ahead] if ahead else [])]
