"""`agreements` and `auto-rules`: what was agreed, and standing yeses."""

from familypair.client.errors import ClientError
from familypair.schema.requests import Agreements, AutoRules
from familypair_tui.plain.console import UsageError, listed
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen, find_teens
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
    teens = await find_teens(context, said)
    found = {one: (await context.client.agreements(one.id)).items for one in teens}
    when = context.console.when
    lines = {
        teen.name: [line for one in items for line in agreement_lines(one, when)]
        for teen, items in found.items()
    }
    every = Agreements(items=tuple(one for items in found.values() for one in items))
    context.console.give(every, *(_by_teen(lines) or ["Nothing was agreed yet."]))


def _by_teen(lines: dict[str, list[str]]) -> list[str]:
    """The lines of each teen, below the name where there are several teens."""
    if len(lines) == 1:
        return next(iter(lines.values()))
    told = [(name, said) for name, said in lines.items() if said]
    return [line for name, said in told for line in (f"{name}:", *(f"  {one}" for one in said))]


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
    teens = await find_teens(context, said)
    found = {one: (await context.client.auto_rules(one.id)).items for one in teens}
    lines = {
        teen.name: [line for one in items for line in auto_rule_lines(one)]
        for teen, items in found.items()
    }
    every = AutoRules(items=tuple(one for items in found.values() for one in items))
    context.console.give(every, *(_by_teen(lines) or ["There is no standing yes."]))


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
    found = [
        rule.id
        for teen in await find_teens(context, context.args.teen)
        for rule in (await context.client.auto_rules(teen.id)).items
    ]
    name = only(said, found, "standing yes")
    await context.client.remove_auto_rule(name)
    context.console.give({"removed": name}, "Ended. From now on each request waits for an answer.")
