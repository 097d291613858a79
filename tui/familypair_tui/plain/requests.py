"""`requests` and the answers: approve, decline, counter, accept, withdraw, note."""

from familypair.client.errors import ClientError
from familypair.schema.requests import (
    ChangeSettings,
    LiftBlock,
    MoreTime,
    Plan,
    Request,
    Requests,
    Wish,
)
from familypair_tui.plain.console import UsageError, counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.last_list import recall, remember
from familypair_tui.plain.people import find_teens, i_am_guardian, zone_of
from familypair_tui.plain.request_lines import answered_lines, request_lines
from familypair_tui.plain.said import amount_of, merged, note_of, patch_of, until_of

REQUEST_PREFIX = "req_"
_MOST_PAGES = 20
_NUMBER_DIGITS = 3
_LIVE = frozenset({"open", "countered"})


def names_request(said: str | None) -> bool:
    """Whether this can only mean a request: a number, or a request's id."""
    number = bool(said) and str(said).isdecimal() and len(str(said)) <= _NUMBER_DIGITS
    return number or (said or "").startswith(REQUEST_PREFIX)


async def requests(context: Context) -> None:
    """Numbered, newest first: what waits; with --all also what is closed."""
    args, console = context.args, context.console
    found = await _listed(context, args.teen, everything=args.all)
    remember(context, [one.id for one in found.items])
    guardian = i_am_guardian(context)
    lines: list[str] = []
    for number, one in enumerate(found.items, 1):
        lines += request_lines(one, console.when, number=number, guardian=guardian)
    if found.waiting:
        lines.append(f"{counted(found.waiting, 'request')} for you to answer.")
    console.give(found, *(lines or [_nothing(guardian=guardian)]))


def _nothing(*, guardian: bool) -> str:
    if guardian:
        return "Nothing waits for you. Give unasked: familypair grant TEEN 30"
    return "You have asked for nothing. Ask: familypair ask 30"


async def _listed(context: Context, said: str, *, everything: bool) -> Requests:
    teens = [one.id for one in await find_teens(context, said)]
    items: list[Request] = []
    waiting = 0
    for teen in teens:
        page = await context.client.requests(teen)
        waiting += page.waiting
        items += page.items
        pages = 1
        while everything and page.next and pages < _MOST_PAGES:
            page = await context.client.requests(teen, after=page.next)
            items += page.items
            pages += 1
    kept = [one for one in items if everything or one.state in _LIVE]
    kept.sort(key=lambda one: one.created_at, reverse=True)
    return Requests(items=tuple(kept), waiting=waiting)


async def find_request(context: Context, said: str) -> Request:
    """The request that was meant: a number of the last list, an id, or its beginning."""
    if said.isdecimal() and len(said) <= _NUMBER_DIGITS:
        return await context.client.request(recall(context, int(said)))
    if len(said) > len(REQUEST_PREFIX) + 20 and said.startswith(REQUEST_PREFIX):
        return await context.client.request(said)
    start = REQUEST_PREFIX + said.removeprefix(REQUEST_PREFIX)
    everything = (await _listed(context, "", everything=True)).items
    fits = [one for one in everything if one.id.startswith(start)]
    live = [one for one in fits if one.state in _LIVE]
    found = live if len(fits) > 1 else fits
    if len(found) == 1:
        return found[0]
    if fits:
        raise UsageError(f'"{said}" fits {len(fits)} requests; type more of the id.')
    raise ClientError(f'There is no request "{said}". See: familypair requests --all')


async def approve(context: Context) -> None:
    """Yes, to all of it or to fewer minutes."""
    args = context.args
    amount = amount_of(args.amount) if args.amount else MoreTime()
    one = await find_request(context, args.request)
    done = await context.client.approve_request(
        one.id, minutes=amount.minutes, rest_of_day=amount.rest_of_day, note=note_of(args.note)
    )
    _tell(context, done)


async def decline(context: Context) -> None:
    """No to a request; also the other `decline`, of an invitation."""
    one = await find_request(context, context.args.invitation)
    _tell(
        context, await context.client.decline_request(one.id, reason=note_of(context.args.reason))
    )


async def counter(context: Context) -> None:
    """Another offer in place of a yes or a no."""
    args = context.args
    one = await find_request(context, args.request)
    wish = await offer_of(context, one, args.offer)
    _tell(context, await context.client.counter_request(one.id, wish, note=note_of(args.note)))


async def offer_of(context: Context, one: Request, words: list[str]) -> Wish:
    """The counter-offer in the form of what was asked: minutes, a time, or settings."""
    if isinstance(one.wish, LiftBlock):
        zone = await zone_of(context, one.teen)
        end = until_of(words[-1], context.console.clock(), zone)
        return LiftBlock(start=one.wish.start, end=end)
    if isinstance(one.wish, MoreTime):
        return amount_of(" ".join(words))
    if isinstance(one.wish, ChangeSettings):
        return ChangeSettings(patch=patch_of(words))
    if isinstance(one.wish, Plan):
        patch = merged(one.wish.patch, patch_of(words))
        days, title = one.wish.review_in_days, one.wish.title
        return Plan(patch=patch, title=title, review_in_days=days)
    raise ClientError("There is no other offer for this: say yes or no.")


async def accept_request(context: Context, said: str) -> None:
    """Teen: take the counter-offer of a request."""
    one = await find_request(context, said)
    _tell(context, await context.client.accept_request(one.id))


async def withdraw(context: Context) -> None:
    """Teen: take a request back."""
    one = await find_request(context, context.args.request)
    _tell(context, await context.client.withdraw_request(one.id))


async def note(context: Context) -> None:
    """A line that the others of the request read."""
    one = await find_request(context, context.args.request)
    noted = await context.client.note_request(one.id, note_of(" ".join(context.args.text)))
    context.console.give(noted, "Noted; the others of this request read it.")


def _tell(context: Context, done: Request) -> None:
    context.console.give(done, *answered_lines(done, context.console.when))
