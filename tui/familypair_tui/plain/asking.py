"""`ask`: a teen asks for the exact change, and reads who can answer."""

import tomllib
from pathlib import Path
from typing import Any

from familypair.client.errors import ClientError
from familypair.schema.requests import (
    ChangePlace,
    ChangeSettings,
    LiftBlock,
    Plan,
    Request,
    SearchFor,
    UnblockContact,
    Wish,
)
from familypair.settings import CATEGORIES
from familypair_tui.plain.change import read_patch
from familypair_tui.plain.console import UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen, i_am_guardian, zone_of
from familypair_tui.plain.request_lines import asked_lines
from familypair_tui.plain.said import amount_of, note_of, patch_of, until_of

_WORDS = (
    "Write what you ask for: 30, rest, block-until 17:30, set PATH VALUE, zone NAME, "
    "country CODE, unblock HOST ACCOUNT, plan PATH=VALUE ..., or --search CATEGORY"
)
_MOST_BYTES = 100_000
_REVIEW = range(7, 181)


async def ask(context: Context) -> None:
    """Send the wish; nothing changes before a yes of everybody whose rule is in the way."""
    if i_am_guardian(context):
        raise ClientError("Asking is for teens. Give minutes with: familypair grant TEEN 30")
    teen = await find_teen(context, "me")
    wish = await wish_of(context, teen.id, context.args.words)
    asked = await _send(context, teen.id, wish)
    context.console.give(asked, *asked_lines(asked, context.console.when))


async def _send(context: Context, teen: str, wish: Wish) -> Request:
    reason = note_of(context.args.reason)
    if isinstance(wish, Plan):
        return await context.client.propose(teen, wish, reason=reason)
    return await context.client.ask(teen, wish, reason=reason)


async def wish_of(context: Context, teen: str, words: list[str]) -> Wish:
    """The typed wish. Raises `UsageError`."""
    if context.args.search or context.args.searched:
        return _searched(context.args.search, context.args.searched, words)
    match words:
        case ["block-until", wall]:
            zone = await zone_of(context, teen)
            return LiftBlock(end=until_of(wall, context.console.clock(), zone))
        case ["set", path, *value] if value:
            return ChangeSettings(patch=read_patch(path, " ".join(value)))
        case ["zone", zone_name]:
            return ChangePlace(zone=zone_name)
        case ["country", country]:
            return ChangePlace(country=country.upper())
        case ["unblock", host, account]:
            return UnblockContact(host=host, account=account)
        case ["plan", *said] if said:
            return plan_of(said, title=context.args.title, review=context.args.review)
        case [amount]:
            return amount_of(amount)
        case _:
            raise UsageError(_WORDS)


def _searched(category: str, searched: str, words: list[str]) -> SearchFor:
    if not category:
        raise UsageError("--words goes with --search.")
    if words:
        raise UsageError("With --search, write the words that you search for after --words.")
    return search_of(category, searched)


def search_of(category: str, words: str) -> SearchFor:
    """Searches of a category; words only where the teen adds them. Raises `UsageError`."""
    names = [one.name for one in CATEGORIES]
    name = category.strip().lower().replace("-", "_").replace(" ", "_")
    if name not in names:
        raise UsageError(f"--search takes one of: {', '.join(names)}.")
    return SearchFor(category=name, words=words)


def plan_of(said: list[str], *, title: str, review: int) -> Plan:
    """A plan from `PATH=VALUE` words or from a TOML file of settings. Raises `UsageError`."""
    if review not in _REVIEW:
        raise UsageError("--review is 7 to 180 days.")
    patch = patch_of(said) if "=" in said[0] else _from_file(said)
    return Plan(patch=patch, title=title, review_in_days=review)


def _from_file(said: list[str]) -> dict[str, Any]:
    if len(said) > 1:
        raise UsageError("A plan is one TOML file, or PATH=VALUE words.")
    raw = Path(said[0]).read_bytes()
    if len(raw) > _MOST_BYTES:
        raise UsageError("That file is too large for a plan.")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{said[0]} is not a TOML file: {error}.") from error
