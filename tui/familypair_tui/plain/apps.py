"""`apps`: the host apps that a teen has bound, and what each learns."""

from familypair.client.errors import ClientError
from familypair.schema.usage import App
from familypair_tui.plain.agreements import only
from familypair_tui.plain.console import Console, UsageError, counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import i_am_guardian


async def apps(context: Context) -> None:
    """The list, or unbind one."""
    if i_am_guardian(context):
        raise ClientError("Apps are bound by teens; this list is theirs.")
    found = await context.client.apps()
    match context.args.words:
        case []:
            lines = [line for one in found.items for line in app_lines(one, context.console)]
            context.console.give(found, *(lines or ["You have bound no app."]))
        case ["remove", said]:
            name = only(said, [one.id for one in found.items], "app")
            context.console.sure(
                "Unbind this app? It learns nothing any more, and its use is not counted here.",
                "Yes, unbind it",
                given=context.args.yes,
            )
            await context.client.remove_app(name)
            context.console.give({"removed": name}, "Unbound.")
        case _:
            raise UsageError("Write: familypair apps, or remove ID.")


def app_lines(one: App, console: Console) -> list[str]:
    """One app: since when, on how many devices, and what it learns."""
    report = f", last report {console.when(one.last_report_at)}" if one.last_report_at else ""
    lines = [
        f"{one.name}: bound {console.when(one.bound_at)}, {counted(one.devices, 'device')}{report}."
    ]
    lines += [f"  Learns: {text}" for text in one.learns]
    return [*lines, f"  id {one.id}, unbind: familypair apps remove {one.id}"]
