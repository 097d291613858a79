"""`safety-exit`: a teen ends a link at once, alone, and sees who can help."""

from functools import partial

from familypair.client.errors import ClientError
from familypair.schema.links import ExitDone
from familypair_tui.plain.accept import with_step_up
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_link, i_am_guardian
from familypair_tui.plain.words import handle


async def safety_exit(context: Context) -> None:
    """One confirmation, then it is over; --undo takes it back within 24 hours."""
    if i_am_guardian(context):
        raise ClientError("A guardian ends a link with: familypair end")
    link = await find_link(context, context.args.link, over=True)
    if context.args.undo:
        undo = partial(context.client.safety_exit_undo, link.id)
        done = await with_step_up(context, undo)
        context.console.give(done, f"Linked with {done.guardian.name} again.")
        return
    context.console.sure(
        f"Leave {link.guardian.name} at once? All their rules and views end now. "
        "They are not told why.",
        "Yes, leave now",
        given=context.args.yes,
    )
    left = await context.client.safety_exit(link.id)
    context.console.give(left, *_left_lines(context, left))


def _left_lines(context: Context, left: ExitDone) -> tuple[str, ...]:
    until = context.console.when(left.undo_until)
    undo = f"familypair safety-exit {handle(left.link.guardian.name)} --undo"
    lines = ["The link has ended.", f"Only you can take it back, until {until}: {undo}"]
    if left.help_lines:
        lines.append("You can talk to somebody:")
    for one in left.help_lines:
        lines.append(f"  {one.name}: {one.contact}, {one.hours}")
        lines.append(f"    checked on {one.checked_on}, {one.source}")
    return tuple(lines)
