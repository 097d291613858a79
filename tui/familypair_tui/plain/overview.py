"""Without a command and without a full screen: everything that matters now, in sentences."""

from typing import Any

from familypair_tui.plain.console import counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.invite import waits_for_me
from familypair_tui.plain.people import NO_TEENS_GUARDIAN, i_am_guardian
from familypair_tui.plain.show import card_lines
from familypair_tui.plain.words import invitation_lines, link_lines


async def overview(context: Context) -> None:
    """Who I am, the teens or my guardians, open invitations, and the next command."""
    client, console = context.client, context.console
    guardian = i_am_guardian(context)
    me, teens = await client.me(), await client.teens()
    links, invitations = await client.links(), await client.invitations()
    lines = [f"{me.name}, {me.kind.value}, at {client.issuer}."]
    for card in teens.items:
        lines += card_lines(card, console)
    if guardian and not teens.items:
        lines.append(NO_TEENS_GUARDIAN)
    if not guardian:
        lines += [line for one in links.items for line in link_lines(one, console, guardian=False)]
        lines.append(_shared(len(links.items)))
    for one in invitations.items:
        lines += invitation_lines(one, console, guardian=guardian)
    waiting = sum(waits_for_me(one, guardian=guardian) for one in invitations.items)
    if waiting:
        lines.append(f"{counted(waiting, 'invitation')} waits for you: familypair accept")
    whole: dict[str, Any] = {"me": me, "teens": teens, "links": links, "invitations": invitations}
    console.give(whole, *lines, "All commands: familypair --help")


def _shared(links: int) -> str:
    if links:
        return "What they see and who looked: familypair sharing"
    return "Nobody is linked with you. Start with: familypair invite"
