"""Which function does which command; each module loads only when its command runs."""

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from familypair.client.api import FamilyPairing
from familypair_tui.plain.console import Console

_MODULES = {
    "login": "account",
    "logout": "account",
    "whoami": "account",
    "invite": "invite",
    "accept": "accept",
    "invitations": "invite",
    "decline": "invite",
    "cancel": "invite",
    "links": "links",
    "link-scopes": "scopes",
    "end": "links",
    "resume": "links",
    "keep": "links",
    "safety-exit": "leaving",
    "receipt": "receipt",
    "teens": "show",
    "show": "show",
    "explain": "show",
    "set": "change",
    "undo": "change",
    "history": "records",
    "sharing": "records",
    "watch": "watch",
    "time": "days",
    "grant": "gifts",
    "code": "gifts",
    "ask": "asking",
    "requests": "requests",
    "approve": "requests",
    "counter": "requests",
    "withdraw": "requests",
    "note": "requests",
    "calendar": "dates",
    "agreements": "agreements",
    "auto-rules": "agreements",
    "apps": "apps",
    "applied": "applied",
    "preview": "drafts",
    "policy": "policy",
    None: "overview",
}


@dataclass(frozen=True, slots=True)
class Context:
    """What a command works with."""

    client: FamilyPairing
    console: Console
    args: argparse.Namespace


Handler = Callable[[Context], Awaitable[None]]


async def execute(
    args: argparse.Namespace,
    console: Console,
    connect: Callable[[argparse.Namespace], FamilyPairing],
) -> None:
    """Run the command of `args` with a client that is closed afterwards."""
    async with connect(args) as client:
        await handler(args.command)(Context(client, console, args))


def client_of(args: argparse.Namespace) -> FamilyPairing:
    """The client of the profile and the server that the arguments name."""
    profile, issuer = getattr(args, "profile", ""), getattr(args, "issuer", "")
    return FamilyPairing.open(profile=profile, issuer=issuer)


def handler(command: str | None) -> Handler:
    """The function of a command: `link-scopes` is `link_scopes` of its module."""
    module = import_module(f"familypair_tui.plain.{_MODULES[command]}")
    found: Handler = getattr(module, (command or "overview").replace("-", "_"))
    return found
