"""`history` and `sharing`: what happened, and what is shared."""

from familypair.client.errors import ClientError
from familypair.schema.ledger import Inbox, InboxEntry
from familypair.schema.teens import SharedItem, SharedWith
from familypair_tui.plain.console import Console, UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_teen, i_am_guardian
from familypair_tui.plain.words import scopes_words


async def history(context: Context) -> None:
    """The newest entries, or those after a number; the oldest first."""
    teen = await find_teen(context, context.args.teen)
    limit = context.args.limit
    if limit < 1:
        raise UsageError("--limit is at least 1.")
    after = context.args.after
    items = (
        await newest(context, teen.id, limit)
        if after is None
        else await entries_after(context, teen.id, after, limit)
    )
    head = items[-1].seq if items else 0
    said = context.args.teen
    lines = [entry_line(one, context.console, said) for one in items]
    context.console.give(
        Inbox(items=tuple(items), head=head), *(lines or [f"Nothing happened yet for {teen.name}."])
    )


async def newest(context: Context, teen: str, limit: int) -> list[InboxEntry]:
    """The last `limit` entries of a teen, the oldest first."""
    head = (await context.client.teen(teen)).head
    return await entries_after(context, teen, max(0, head - limit), limit)


async def entries_after(context: Context, teen: str, after: int, limit: int) -> list[InboxEntry]:
    """At most `limit` entries after a number, over as many pages as that takes."""
    found: list[InboxEntry] = []
    cursor: int | None = after
    while cursor is not None and len(found) < limit:
        page = await context.client.ledger(teen, after=cursor)
        found += page.items
        cursor = page.next if page.items else None
    return found[:limit]


def entry_line(one: InboxEntry, console: Console, said: str) -> str:
    """One entry: number, time, words, and how to take it back."""
    undo = f" Undo: familypair undo {said} {one.seq}" if one.undoable else ""
    return f"{one.seq}. {console.when(one.at)}: {one.words}{undo}"


async def sharing(context: Context) -> None:
    """Teen: what every guardian sees and can change; with --log who looked."""
    session = context.client.session
    if i_am_guardian(context) or session is None:
        raise ClientError("This page is the teen's. What you may see: familypair links")
    if context.args.log:
        await _log(context, session.account)
        return
    found = await context.client.sharing(session.account)
    lines = [line for one in found.guardians for line in _shared_lines(one, context.console)]
    if not lines:
        lines = ["No guardian is linked with you, so nobody sees anything here."]
    lines += ["No guardian ever sees:", *(f"  - {item}" for item in found.never)]
    context.console.give(found, *lines)


def _shared_lines(one: SharedWith, console: Console) -> list[str]:
    name = one.link.guardian.name
    looked = (
        f"last looked {console.when(one.last_viewed_at)}"
        if one.last_viewed_at
        else "has not looked yet"
    )
    lines = [f"{name} may {scopes_words(one.link.scopes)}; {looked}."]
    lines += [f"  Sees: {_item(item)}" for item in one.sees]
    lines += [f"  Can change: {_item(item)}" for item in one.changes]
    return lines


def _item(item: SharedItem) -> str:
    return f"{item.title.rstrip('.')}. {item.example}." if item.example else item.title


async def _log(context: Context, teen: str) -> None:
    found = await context.client.access_log(teen)
    lines = [f"{context.console.when(a.at)}: {a.name} looked at {a.what}." for a in found.items]
    context.console.give(found, *(lines or ["Nobody has looked yet."]))
