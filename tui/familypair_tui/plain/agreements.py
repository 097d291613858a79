"""`agreements` and `auto-rules`: what was agreed, and standing yeses."""

from familypair.client.errors import ClientError
from familypair_tui.plain.console import UsageError, listed
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen
from familypair_tui.plain.request_lines import agreement_lines, auto_rule_lines
from familypair_tui.plain.said import amount_of
from familypair_tui.typed import NotTypedError
from familypair_tui.typed_spans import read_days

_DEFAULT_REVIEW = 30
_MINUTES, _TIMES = range(5, 121), range(1, 4)


async def agreements(context: Context) -> None:
    """The list, or a review: later, or the end of the mark (the rules stay)."""
    match context.args.words:
        case ["later", said]:
            await _later(context, said, _DEFAULT_REVIEW)
        case ["later", said, days] if days.isdecimal():
            await _later(context, said, int(days))
        case ["end", said]:
            await _end(context, said)
        case []:
            await _agreements(context, "")
        case [teen]:
            await _agreements(context, teen)
        case _:
            raise UsageError("Write: familypair agreements [TEEN], later ID [DAYS], or end ID.")


async def _agreements(context: Context, said: str) -> None:
    teen = await find_teen(context, said)
    found = await context.client.agreements(teen.id)
    lines = [line for one in found.items for line in agreement_lines(one, context.console.when)]
    context.console.give(found, *(lines or ["Nothing was agreed yet."]))


async def _later(context: Context, said: str, days: int) -> None:
    name = await _agreement(context, said)
    one = await context.client.review_agreement(name, again_in_days=days)
    context.console.give(one, f"Kept. Look at it again on {context.console.when(one.review_at)}.")


async def _end(context: Context, said: str) -> None:
    name = await _agreement(context, said)
    context.console.sure(
        "End this agreement? The rules stay as they are until somebody changes them.",
        "Yes, end it",
        given=context.args.yes,
    )
    one = await context.client.review_agreement(name, end=True)
    context.console.give(one, "Ended. The rules stay as they are; the history says who ended it.")


async def _agreement(context: Context, said: str) -> str:
    """The whole id of an agreement that was named by its beginning, over all my teens."""
    found: list[str] = []
    for card in (await context.client.teens()).items:
        if not card.unavailable:
            found += [one.id for one in (await context.client.agreements(card.id)).items]
    return only(said, found, "agreement")


def only(said: str, ids: list[str], what: str) -> str:
    """The one id that begins with `said`. Raises `UsageError` or `ClientError`."""
    fits = [one for one in ids if one.startswith(said) or one.partition("_")[2].startswith(said)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UsageError(f'"{said}" fits {listed(fits)}; type more.')
    raise ClientError(f'There is no {what} "{said}".')


async def auto_rules(context: Context) -> None:
    """The list, a new standing yes, or the end of one."""
    match context.args.words:
        case ["add", minutes]:
            await _add(context, minutes)
        case ["remove", said]:
            await _remove(context, said)
        case []:
            await _auto_rules(context, context.args.teen)
        case [teen] if teen not in {"add", "remove"}:
            await _auto_rules(context, teen)
        case _:
            raise UsageError("Write: familypair auto-rules [TEEN], add 15, or remove ID.")


async def _auto_rules(context: Context, said: str) -> None:
    teen = await find_teen(context, said)
    found = await context.client.auto_rules(teen.id)
    lines = [line for one in found.items for line in auto_rule_lines(one)]
    context.console.give(found, *(lines or ["There is no standing yes."]))


async def _add(context: Context, said: str) -> None:
    args = context.args
    minutes = amount_of(said).minutes or 0
    if minutes not in _MINUTES or args.times not in _TIMES:
        raise UsageError("A standing yes is 5 to 120 minutes, 1 to 3 times a day.")
    try:
        days = tuple(read_days(args.days))
    except NotTypedError as error:
        raise UsageError(str(error)) from error
    teen = await find_teen(context, args.teen)
    made = await context.client.add_auto_rule(teen.id, minutes, days=days, times_a_day=args.times)
    context.console.give(made, *auto_rule_lines(made))


async def _remove(context: Context, said: str) -> None:
    teen = await find_teen(context, context.args.teen)
    found = await context.client.auto_rules(teen.id)
    name = only(said, [one.id for one in found.items], "standing yes")
    await context.client.remove_auto_rule(name)
    context.console.give({"removed": name}, "Ended. From now on each request waits for an answer.")
