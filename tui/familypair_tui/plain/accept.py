"""`accept`: the guardian says that this is their teen; the teen reads everything and decides."""

import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from familypair.client.errors import NotSignedIn, ProblemError, StepUpNeeded
from familypair.reasons import Reason
from familypair.schema.invitations import Disclosure, Invitation
from familypair.schema.scopes import Scope
from familypair_tui.plain.account import Pages, has_terminal, launches_browser
from familypair_tui.plain.console import Console, Stopped, UsageError, listed
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.invite import asked_scopes, pick, waits_for_me
from familypair_tui.plain.people import i_am_guardian
from familypair_tui.plain.words import scopes_words, side_words

_GIFT = re.compile(r"[a-z]{3}_[0-9a-z]+")
"""An id; the codes and links of invitations have no underscore."""
T = TypeVar("T")


async def accept(context: Context) -> None:
    """Claim the code when there is one, then do what is next for this person.

    The name of a request or of a gift takes that in place of an invitation.
    """
    if await _taken(context, context.args.code or ""):
        return
    guardian = i_am_guardian(context)
    if context.args.code:
        one = await context.client.claim(_bare(context.args.code))
    else:
        one = await _waiting(context, guardian=guardian)
    if guardian:
        await _as_guardian(context, one)
    elif waits_for_me(one, guardian=False):
        await _as_teen(context, one)
    else:
        context.console.give(
            one,
            "Your guardian now says that you are their teen. Go on with: familypair accept",
        )


async def _taken(context: Context, said: str) -> bool:
    """Whether a request's or a gift's name was given, and it was accepted."""
    from familypair_tui.plain import gifts, requests

    if requests.names_request(said):
        await requests.accept_request(context, said)
        return True
    if _GIFT.fullmatch(said):
        await gifts.accept_gift(context, said)
        return True
    return False


def _bare(code: str) -> str:
    """The code of a pasted address: what follows the #."""
    return code.rpartition("#")[2].strip()


async def _waiting(context: Context, *, guardian: bool) -> Invitation:
    found = (await context.client.invitations()).items
    if any(waits_for_me(one, guardian=guardian) for one in found):
        return await pick(context, "accept", lambda one: waits_for_me(one, guardian=guardian))
    code = context.console.ask("Type the code from the other side:", flag="familypair accept CODE")
    return await context.client.claim(_bare(code))


async def _as_guardian(context: Context, one: Invitation) -> None:
    console = context.console
    console.say(f"On the other side: {side_words(one.other) if one.other else 'unknown'}.")
    scopes, needed = asked_scopes(context)
    console.say(
        f"You ask for: {scopes_words(scopes)}. You need: {scopes_words(needed)}. "
        "Your teen decides about each."
    )
    console.sure("Is this your teen?", "Yes, this is my teen", given=context.args.yes)
    done = await context.client.confirm(one.id, scopes=scopes, needed=needed)
    console.give(
        done,
        "Say these words to your teen in person or by voice, never in a message:",
        "",
        f"    {done.phrase or ''}",
        "",
        "Your teen types them with: familypair accept",
    )


async def _as_teen(context: Context, one: Invitation) -> None:
    console = context.console
    disclosure = await context.client.disclosure(one.id)
    console.say(*disclosure_lines(disclosure))
    if context.args.scopes is None or not context.args.yes:
        await _decide(context, one)
    scopes = await _choose_scopes(context, disclosure, one)
    history = _choose_history(context, disclosure)
    phrase = context.args.phrase or _ask_phrase(context)
    await until_armed(console, disclosure)
    done = await _approve(context, one, phrase, scopes, history=history)
    console.give(
        done,
        f"Linked with {disclosure.guardian.name}. They may {scopes_words(scopes)}.",
        "You can take anything back: familypair link-scopes, familypair end",
        "What they see: familypair sharing",
    )


def disclosure_lines(
    disclosure: Disclosure, wish: str = "They ask to be linked with you."
) -> tuple[str, ...]:
    """The whole disclosure, every line of it."""
    lines = [f"{side_words(disclosure.guardian)}.", wish, "", "If you allow it:"]
    for number, words in enumerate(disclosure.scopes, 1):
        needed = " (they need this one)" if words.needed else ""
        lines.append(f"  {number}. {words.title}{needed}")
        lines += [f"     They see: {line}" for line in words.see]
        lines += [f"     They can change: {line}" for line in words.change]
    lines += ["", "No guardian ever sees:", *(f"  - {line}" for line in disclosure.never)]
    lines += ["", "You can:", *(f"  - {line}" for line in disclosure.you_can), ""]
    return tuple(lines)


async def _decide(context: Context, one: Invitation) -> None:
    """Decline comes first; deciding later changes nothing."""
    options = ("No, decline", "Yes, choose what they may do", "Decide later")
    chosen = context.console.choose("Do you want this link?", options, flag="--yes and --scopes")
    if chosen == 0:
        await _decline(context, one)
    if chosen == len(options) - 1:
        raise Stopped("Nothing was decided. Go on later with: familypair accept")


async def _decline(context: Context, one: Invitation) -> None:
    await context.client.decline(one.id)
    raise Stopped("Declined. Nothing was linked.")


async def _choose_scopes(
    context: Context, disclosure: Disclosure, one: Invitation
) -> tuple[Scope, ...]:
    asked = [words.scope for words in disclosure.scopes]
    if context.args.scopes is not None:
        chosen = tuple(scope for scope in asked if scope.value in context.args.scopes)
    else:
        question = "Which numbers do you allow? Such as 1 3, or all, or Enter for none:"
        places = context.console.choose_many(question, len(asked), flag="--scopes")
        chosen = tuple(asked[place] for place in places)
    missing = [w.title for w in disclosure.scopes if w.needed and w.scope not in chosen]
    if missing:
        context.console.say(f"They need: {listed(missing)}. Without it there is no link.")
        options = ("Decline the link", "Allow it after all", "Decide later")
        answer = context.console.choose("What now?", options, flag="--scopes")
        if answer == 0:
            await _decline(context, one)
        if answer == len(options) - 1:
            raise Stopped("Nothing was decided. Go on later with: familypair accept")
        needed = {words.scope for words in disclosure.scopes if words.needed}
        chosen = tuple(scope for scope in asked if scope in {*chosen, *needed})
    return chosen


def _choose_history(context: Context, disclosure: Disclosure) -> bool:
    if context.args.share_history or context.args.yes or not disclosure.history:
        return bool(context.args.share_history)
    options = ("No", "Yes, also days before the link")
    return context.console.choose(disclosure.history, options, flag="--share-history") == 1


async def until_armed(console: Console, disclosure: Disclosure) -> None:
    """The server takes no yes before the text could be read."""
    wait = (disclosure.arm_at - console.clock()).total_seconds()
    if wait > 0:
        await console.sleep(wait)


async def _approve(
    context: Context, one: Invitation, phrase: str, scopes: tuple[Scope, ...], *, history: bool
) -> Invitation:
    """With the phrase; a wrong one may be typed again until the server says stop."""
    while True:
        try:
            send = partial(_send, context, one, phrase, scopes, history=history)
            return await with_step_up(context, send)
        except ProblemError as error:
            if error.problem.code is not Reason.WRONG_PHRASE or context.args.phrase:
                raise
            context.console.say(str(error))
        phrase = _ask_phrase(context)


async def _send(
    context: Context, one: Invitation, phrase: str, scopes: tuple[Scope, ...], *, history: bool
) -> Invitation:
    return await context.client.approve(one.id, phrase=phrase, scopes=scopes, share_history=history)


def _ask_phrase(context: Context) -> str:
    said = context.console.ask(
        "Ask your guardian for the two words and two digits, and type them:", flag="--phrase"
    )
    if not said:
        raise UsageError("The phrase is missing; nothing was sent.")
    return said


async def with_step_up(context: Context, act: Callable[[], Awaitable[T]]) -> T:
    """Do the act; when the server wants a fresh sign-in, do that once and try again.

    Raises `NotSignedIn` at once when there is no terminal, and so nobody who could sign in.
    """
    try:
        return await act()
    except StepUpNeeded as error:
        if not has_terminal():
            raise NotSignedIn(
                "This step was not done: it needs you to sign in again, on a page in a browser. "
                f"Run it in a terminal: familypair {context.args.command}"
            ) from error
        context.console.say("For this step, please sign in again.")
    pages = Pages(context.console, launch=launches_browser(context))
    await context.client.step_up(pages)
    await pages.finish()
    return await act()
