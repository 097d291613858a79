"""`invite`, `invitations`, `decline`, `cancel`."""

from collections.abc import Callable

from familypair.client.errors import ClientError
from familypair.schema.accounts import Kind
from familypair.schema.invitations import Invitation, InvitationForm, InvitationState
from familypair.schema.scopes import ALL_SCOPES, Scope
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import i_am_guardian
from familypair_tui.plain.words import invitation_lines, next_words, side_words

POLL = 2.0
"""Seconds between two looks at an invitation that is waited for."""
NONE_OPEN = "No invitation is open. Start one with: familypair invite"
_OPEN = frozenset({InvitationState.OFFERED, InvitationState.CLAIMED, InvitationState.CONFIRMED})


def asked_scopes(context: Context) -> tuple[tuple[Scope, ...], tuple[Scope, ...]]:
    """What a guardian asks for and needs, from the options; what is needed is asked for."""
    needed = tuple(Scope(name) for name in context.args.needs)
    named = context.args.scopes
    asked = ALL_SCOPES if named is None else tuple(Scope(name) for name in named)
    return tuple(scope for scope in ALL_SCOPES if scope in {*asked, *needed}), needed


async def invite(context: Context) -> None:
    """Make a code or a link; with --wait stay until the other side answered."""
    client, console = context.client, context.console
    guardian = i_am_guardian(context)
    scopes, needed = asked_scopes(context)
    form = InvitationForm.LINK if context.args.link else InvitationForm.CODE
    made = await client.create_invitation(form=form, scopes=scopes, needed=needed)
    if not context.args.wait:
        console.give(made, *_how_to(context, made, guardian=guardian))
        return
    console.say(*_how_to(context, made, guardian=guardian), "Waiting.")
    done = await _wait(context, made, guardian=guardian)
    console.give(done, _ending(done))


def _how_to(context: Context, made: Invitation, *, guardian: bool) -> tuple[str, ...]:
    other = "Your teen" if guardian else "Your guardian"
    works = f"It works once, for {context.console.until(made.expires_at)}."
    if made.form is InvitationForm.CODE:
        lines = [f"{other} types this with: familypair accept", "", f"    {made.code or ''}", ""]
        lines += [f"Or in a browser: {made.url}"] if made.url else []
        lines.append(f"{works} Give it in person or by voice.")
    else:
        lines = [f"{other} opens this link, or pastes it after: familypair accept", ""]
        lines += [f"    {made.url or ''}", ""]
        lines.append(f"{works} Send it only to them: whoever opens it first can answer it.")
    then = "familypair invitations" if guardian else "familypair accept"
    return (*lines, f"When they have typed it, go on with: {then}")


async def _wait(context: Context, made: Invitation, *, guardian: bool) -> Invitation:
    """Look until it is over (for a teen: until it is their turn), saying each step once."""
    seen = made
    while seen.state in _OPEN:
        await context.console.sleep(POLL)
        now = await context.client.invitation(made.id)
        if now.state is not seen.state and now.state in _OPEN:
            who = f"{side_words(now.other)}. " if now.other else ""
            context.console.say(who + next_words(now, guardian=guardian))
        seen = now
        if not guardian and seen.state is InvitationState.CONFIRMED:
            break
    return seen


def _ending(done: Invitation) -> str:
    if done.state is InvitationState.APPROVED:
        return "Linked. See: familypair links"
    if done.state in _OPEN:
        return "It is your turn now."
    return f"Not linked: {done.state.value}."


async def invitations(context: Context) -> None:
    """Open invitations with what is next."""
    guardian = i_am_guardian(context)
    found = await context.client.invitations()
    lines: list[str] = []
    for one in found.items:
        lines += invitation_lines(one, context.console, guardian=guardian)
    context.console.give(found, *(lines or [NONE_OPEN]))


async def decline(context: Context) -> None:
    """Say no to an invitation that waits for me, or to the request that is named."""
    from familypair_tui.plain import requests

    if requests.names_request(context.args.invitation):
        await requests.decline(context)
        return
    one = await pick(context, "decline", lambda found: found.state is not InvitationState.OFFERED)
    context.console.sure("Decline this invitation?", "Yes, decline", given=context.args.yes)
    done = await context.client.decline(one.id)
    context.console.give(done, "Declined. Nothing was linked.")


async def cancel(context: Context) -> None:
    """Take an invitation of mine back."""
    one = await pick(context, "cancel", lambda found: found.mine)
    context.console.sure("Take this invitation back?", "Yes, cancel it", given=context.args.yes)
    done = await context.client.cancel(one.id)
    context.console.give(done, "Cancelled. The code does not work any more.")


async def pick(context: Context, act: str, fits: Callable[[Invitation], bool]) -> Invitation:
    """The invitation named by the arguments, else the only open one that fits, else by number."""
    named = getattr(context.args, "invitation", None)
    if named:
        return await context.client.invitation(named)
    found = [one for one in (await context.client.invitations()).items if fits(one)]
    if not found:
        raise ClientError(NONE_OPEN)
    if len(found) == 1:
        return found[0]
    names = [f"{side_words(one.other) if one.other else one.id}, {one.state}" for one in found]
    flag = f"familypair {act} ID"
    return found[context.console.choose("Which invitation?", names, flag=flag)]


def waits_for_me(one: Invitation, *, guardian: bool) -> bool:
    """Whether this person has to answer now."""
    if guardian:
        return one.started_by is Kind.TEEN and one.state is InvitationState.CLAIMED
    if one.started_by is Kind.TEEN:
        return one.state is InvitationState.CONFIRMED
    return one.state in {InvitationState.CLAIMED, InvitationState.CONFIRMED}
