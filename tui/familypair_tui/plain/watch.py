"""`watch`: live events, one line each, until Ctrl-C."""

import contextlib

import msgspec

from familypair.client.live import LiveEvent, LiveState
from familypair.schema.events import (
    AppliedEvent,
    EntryEvent,
    GoneEvent,
    PendingEvent,
    RequestEvent,
    ResetEvent,
    UseEvent,
)
from familypair.schema.requests import Request
from familypair_tui.plain.applied import apps_words
from familypair_tui.plain.console import Console, counted
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.records import entry_line
from familypair_tui.plain.time_lines import today_words

_NAMES: dict[type[LiveEvent], str] = {
    EntryEvent: "entry",
    PendingEvent: "pending",
    UseEvent: "use",
    RequestEvent: "request",
    AppliedEvent: "applied",
    ResetEvent: "reset",
    GoneEvent: "gone",
}


async def watch(context: Context) -> None:
    """Print events as they come; reconnecting is told on stderr."""
    console = context.console
    names = _Names(context)
    left = context.args.count
    stream = context.client.events(on_state=_Teller(console))
    async with contextlib.aclosing(stream.__aiter__()) as events:
        async for event in events:
            console.give(
                {"event": _NAMES[type(event)], **msgspec.to_builtins(event)},
                await _line(event, console, names),
            )
            left = None if left is None else left - 1
            if left is not None and left <= 0:
                return


class _Teller:
    """Says once on stderr that the connection dropped, and once that it is back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._down = False

    def __call__(self, state: LiveState) -> None:
        if state is LiveState.WAITING and not self._down:
            self._down = True
            self._console.fail("The connection dropped; trying again.")
        if state is LiveState.LIVE and self._down:
            self._down = False
            self._console.fail("Connected again; nothing was missed.")


class _Names:
    """Who a teen's id is, from the links; read once, and again when somebody new appears."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[str, str] = {}

    async def of(self, teen: str) -> str:
        """The name; "A teen" for somebody of whom nothing is known any more."""
        if teen not in self._known:
            items = (await self._context.client.links()).items
            self._known.update({link.teen.id: link.teen.name for link in items})
        return self._known.get(teen, "A teen")


async def _line(event: LiveEvent, console: Console, names: _Names) -> str:
    match event:
        case EntryEvent(entry=entry):
            return f"{await names.of(entry.teen)}: {entry_line(entry, console, entry.teen)}"
        case PendingEvent(invitations=invitations):
            count = len(invitations)
            return f"{counted(count, 'invitation')} open." if count else "No invitation is open."
        case UseEvent(teen=teen) | RequestEvent(teen=teen):
            return event_line(event, await names.of(teen))
        case AppliedEvent(teen=teen, applied=found):
            return f"{await names.of(teen)}: {apps_words(found)}"
        case GoneEvent(teen=teen):
            return f"{await names.of(teen)} is no longer yours to see."
        case ResetEvent():
            return "Watching from here on. What was before: familypair history"


def event_line(event: UseEvent | RequestEvent, name: str) -> str:
    """Today's time, or the open requests, of the teen of that name."""
    if isinstance(event, UseEvent):
        return f"{name}: {today_words(event.time)}."
    return f"{name}: {_requests_words(event.requests, event.waiting)}"


def _requests_words(requests: tuple[Request, ...], waiting: int) -> str:
    """How many requests are open and how many wait for me; the newest in words."""
    live = [one for one in requests if one.state in {"open", "countered"}]
    if not live:
        return "no request is open."
    mine = f", {waiting} for you to answer" if waiting else ""
    newest = max(live, key=lambda one: one.created_at)
    return f"{counted(len(live), 'request')} open{mine}: {newest.words.rstrip('.')}."
