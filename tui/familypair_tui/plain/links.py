"""`links`, `end`, `resume`, `keep`."""

from functools import partial

from familypair.client.errors import ClientError
from familypair.schema.links import Link, LinkPhase, LinkState
from familypair_tui.plain.accept import with_step_up
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_link, i_am_guardian, other_of
from familypair_tui.plain.words import link_lines

NO_LINKS = "Nobody is linked with you now. Start with: familypair invite"


async def links(context: Context) -> None:
    """Every link, newest first."""
    guardian = i_am_guardian(context)
    found = await context.client.links()
    lines: list[str] = []
    for one in found.items:
        lines += link_lines(one, context.console, guardian=guardian)
    context.console.give(found, *(lines or [NO_LINKS]))


async def end(context: Context) -> None:
    """End a link after one question that says what follows."""
    guardian = i_am_guardian(context)
    link = await find_link(context, context.args.link)
    name = other_of(link, guardian=guardian)
    context.console.sure(
        f"End the link with {name}? {_what_follows(link, guardian=guardian)}",
        f"Yes, end the link with {name}",
        given=context.args.yes,
    )
    done = await context.client.end(link.id, not_my_guardian=context.args.not_my_guardian)
    context.console.give(done, *link_lines(done, context.console, guardian=guardian))


def _what_follows(link: Link, *, guardian: bool) -> str:
    if guardian:
        return "You stop seeing and setting anything at once; protection stays for 7 days."
    if link.phase is LinkPhase.PROBATION:
        return (
            "They stop seeing and setting anything at once, and on the first day their time rules "
            "end at once too. Contact, privacy and search settings stay for 7 days."
        )
    return (
        "They stop seeing and setting anything at once. Time rules stay for a notice period, "
        "contact, privacy and search settings for 7 days."
    )


async def resume(context: Context) -> None:
    """Propose to take the end back, or agree to the other side's proposal."""
    guardian = i_am_guardian(context)
    link = await find_link(context, context.args.link)
    name = other_of(link, guardian=guardian)
    if link.state is not LinkState.ENDING:
        raise ClientError(f"The link with {name} is not ending, so there is nothing to take back.")
    theirs = link.resume_by is not None and link.resume_by != ("guardian" if guardian else "teen")
    question = "Agree to take" if theirs else "Propose to take"
    context.console.sure(
        f"{question} the end of the link with {name} back?", "Yes", given=context.args.yes
    )
    done = await with_step_up(context, partial(_resume, context, link, theirs=theirs))
    said = "Linked again." if theirs else f"Proposed. {name} has to agree: familypair resume"
    context.console.give(done, said)


async def _resume(context: Context, link: Link, *, theirs: bool) -> Link:
    if theirs:
        return await context.client.resume_confirm(link.id)
    return await context.client.resume(link.id)


async def keep(context: Context) -> None:
    """Keep values as my own rules, so that they stay when the link's are gone."""
    link = await find_link(context, context.args.link, over=True)
    fields = tuple(context.args.fields)
    what = ", ".join(fields) or "all of today's values"
    context.console.sure(f"Keep {what} as your own rules?", "Yes, keep", given=context.args.yes)
    done = await context.client.keep_rules(link.id, fields)
    context.console.give(done, f"Kept as your own: {', '.join(done.fields) or 'nothing new'}.")
