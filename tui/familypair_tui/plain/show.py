"""`teens`, `show`, `explain`: what holds, and who decided."""

from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from familypair.client.errors import ClientError
from familypair.schema.settings import EffectiveSettings, Explained
from familypair.schema.teens import TeenCard
from familypair_tui.plain.console import Console, UsageError, counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import NO_TEENS_GUARDIAN, find_teen
from familypair_tui.plain.time_lines import glance_lines, show_hint
from familypair_tui.plain.words import handle


async def teens(context: Context) -> None:
    """The teens that I may see, each today at a glance."""
    found = await context.client.teens()
    lines: list[str] = []
    for card in found.items:
        lines += card_lines(card, context.console)
    context.console.give(found, *(lines or [NO_TEENS_GUARDIAN]))


def card_lines(card: TeenCard, console: Console) -> tuple[str, ...]:
    """One teen in sentences: who, when it is there, today's time, and what stands out."""
    lines = [_who_and_when(card)]
    lines += [f"  {line}" for line in glance_lines(card, console.clock(), console.when)]
    for one in card.highlights:
        lock = " (you cannot loosen it)" if one.locked else ""
        lines.append(f"  {one.title}: {value_and_reason(one.words, one.reason, lock)}")
    if card.search is not None and card.search.this_week != "0":
        lines += [f"  {line}" for line in search_lines(card)]
    if card.link is not None and card.link.note:
        lines.append(f"  {card.link.note}")
    if card.unread:
        lines.append(f"  {counted(card.unread, 'new entry').replace('entrys', 'entries')}.")
    return (*lines, f"  id {card.id}, details: familypair show {handle(card.name)}")


def search_lines(card: TeenCard) -> list[str]:
    """How many searches packs matched until yesterday; nothing where it is not shared."""
    if card.search is None:
        return []
    weeks = f"{card.search.this_week} this week until yesterday, {card.search.last_week} last week"
    return [f"Searches in a stopped category: {weeks}."]


def _who_and_when(card: TeenCard) -> str:
    if card.unavailable:
        return f"{card.name}: nothing can be shown at the moment; try again later."
    time = card.local_time.rpartition("T")[2]
    return f"{card.name}, {card.band}: it is {card.weekday.capitalize()} {time} in {card.zone}."


def value_and_reason(words: str, reason: str, mark: str = "") -> str:
    """One sentence: the reason when it begins with the value, else both; a mark at its end."""
    said = reason if reason.startswith(words) else f"{words}. {reason}"
    return f"{said.rstrip('.')}{mark}."


async def show(context: Context) -> None:
    """All settings, a group, or one, with the reason of each."""
    teen = await find_teen(context, context.args.teen)
    found = await context.client.settings(teen.id)
    if context.args.field:
        found = msgspec.structs.replace(found, fields=matching(found, context.args.field))
    heading = f"{teen.name}, {found.band}, as of {context.console.when(found.at)}:"
    lines = await _today(context, teen.id)
    lines += _by_group(found.fields) or ["  Nothing that you may see: no permission covers it."]
    context.console.give(found, heading, *lines)


async def _today(context: Context, teen: str) -> list[str]:
    """Today's time and the week's searches; nothing where JSON or another group was asked for."""
    said = context.args.field or ""
    about_time, about_search = (not said or said.startswith(p) for p in ("screen_time", "search"))
    if context.console.as_json or not (about_time or about_search):
        return []
    card = await context.client.teen(teen)
    searches = search_lines(card) if about_search else []
    if not about_time:
        return searches
    lines = [*glance_lines(card, context.console.clock(), context.console.when), *searches]
    return [*lines, show_hint(card.name)] if card.time is not None else lines


def matching(found: EffectiveSettings, said: str) -> tuple[Explained, ...]:
    """The fields of a path or of a group. Raises `UsageError` with the nearest name."""
    fields = tuple(f for f in found.fields if f.path == said or f.path.startswith(f"{said}."))
    if not fields:
        raise _not_there(said, [f.path for f in found.fields])
    return fields


def _not_there(said: str, seen: Sequence[str]) -> Exception:
    """A setting that exists is one that this person may not see; else a typing error."""
    from familypair.settings import FIELDS

    if any(path == said or path.startswith(f"{said}.") for path in FIELDS):
        return ClientError(f'You may not see "{said}": the permission for it was not granted.')
    return UsageError(unknown_path(said, seen))


def unknown_path(said: str, known: Sequence[str]) -> str:
    """The sentence for a path that is not there, with the nearest one."""
    groups = {path.rpartition(".")[0] for path in known}
    near = get_close_matches(said, [*known, *sorted(groups - {""})], n=1, cutoff=0.5)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'There is no setting called "{said}" here.{hint}'


def _by_group(fields: Sequence[Explained]) -> list[str]:
    """A line for each group, and the fields below it."""
    lines: list[str] = []
    group = ""
    for one in fields:
        if one.path.partition(".")[0] != group:
            group = one.path.partition(".")[0]
            lines.append(group.replace("_", " ").capitalize())
        said = value_and_reason(one.words, one.reason, _marks(one))
        lines.append(f"  {one.title}: {said}  [{one.path}]")
    return lines


def _marks(one: Explained) -> str:
    return " (locked for you)" if one.locked and one.writable else ""


async def explain(context: Context) -> None:
    """One setting: what holds, what each layer says, what would change it and who could."""
    teen = await find_teen(context, context.args.teen)
    found = await context.client.settings(teen.id)
    fields = matching(found, context.args.path)
    lines = [line for one in fields for line in explain_lines(one)]
    context.console.give(msgspec.structs.replace(found, fields=fields), *lines)


def explain_lines(one: Explained) -> list[str]:
    """The whole explanation of one field."""
    lines = [f"{one.title} ({one.path}): {value_and_reason(one.words, one.reason)}"]
    for layer in one.layers:
        wins = ", and this decides" if layer.wins else ""
        later = ", from the end of the first 24 hours" if layer.from_ else ""
        said = value_words(one.path, layer.value)
        lines.append(f"  {layer.name[:1].upper()}{layer.name[1:]}: {said}{wins}{later}.")
    if one.change:
        lines.append(f"  To change it: {one.change}")
    return lines


def value_words(path: str, value: object) -> str:
    """A layer's JSON value in words; as it is when this client does not know the field."""
    from familypair.settings import decode, say

    try:
        return "nothing" if value is None else say(path, decode(path, value))
    except (KeyError, ValueError):
        return str(value)
