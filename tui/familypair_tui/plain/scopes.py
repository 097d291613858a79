"""`link-scopes`: what a link allows, and changing it."""

from collections.abc import Sequence

from familypair.schema.links import Link
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.plain.accept import disclosure_lines, until_armed, with_step_up
from familypair_tui.plain.console import UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_link, i_am_guardian
from familypair_tui.plain.words import SCOPE_WORDS, link_lines, scopes_words


async def link_scopes(context: Context) -> None:
    """Show the scopes, or change them: a teen allows and takes back, a guardian asks for more."""
    guardian = i_am_guardian(context)
    args = context.args
    link = await find_link(context, args.link)
    if guardian and (args.allow or args.take_back):
        raise UsageError("Only the teen allows or takes back; a guardian asks with --ask.")
    if args.ask and not guardian:
        raise UsageError("A teen does not ask: allow with --allow, take back with --take-back.")
    if args.ask:
        link = await _ask_for(context, link)
    elif args.allow or args.take_back:
        link = await _regrant(context, link)
    lines = link_lines(link, context.console, guardian=guardian)
    context.console.give(link, *lines, *_missing(link))


async def _ask_for(context: Context, link: Link) -> Link:
    asked = _in_order([*link.asked, *map(Scope, context.args.ask)])
    return await context.client.change_scopes(link.id, asked=asked, etag=link.etag)


async def _regrant(context: Context, link: Link) -> Link:
    back = set(map(Scope, context.args.take_back))
    granted = _in_order(
        [s for s in (*link.scopes, *map(Scope, context.args.allow)) if s not in back]
    )
    name = link.guardian.name
    if set(granted) - set(link.scopes):
        disclosure = await context.client.link_disclosure(link.id)
        context.console.say(*disclosure_lines(disclosure, "You would allow them more."))
        await until_armed(context.console, disclosure)
    context.console.sure(
        f"From now on {name} may {scopes_words(granted)}. Is that right?",
        "Yes",
        given=context.args.yes,
    )
    return await with_step_up(
        context,
        lambda: context.client.change_scopes(link.id, granted=granted, etag=link.etag),
    )


def _in_order(scopes: Sequence[Scope]) -> tuple[Scope, ...]:
    return tuple(scope for scope in ALL_SCOPES if scope in scopes)


def _missing(link: Link) -> tuple[str, ...]:
    rest = [f"{SCOPE_WORDS[scope]} ({scope})" for scope in ALL_SCOPES if scope not in link.scopes]
    return (f"  Not allowed: {', '.join(rest)}.",) if rest else ()
