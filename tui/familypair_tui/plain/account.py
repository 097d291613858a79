"""`login`, `logout`, `whoami`."""

import asyncio
import sys
import webbrowser
from datetime import timedelta

from familypair.client.errors import ClientError, NotSignedIn, Unreachable
from familypair.client.tokens import SIGN_IN
from familypair.schema.accounts import Kind, Me
from familypair.schema.oauth import DeviceCode
from familypair_tui.plain.console import Console
from familypair_tui.plain.dispatch import Context


class Pages:
    """Shows the address of a sign-in page, and opens a browser for it when wanted.

    A text browser takes the terminal until it is closed; `finish` waits for that.
    """

    def __init__(self, console: Console, *, launch: bool) -> None:
        self._console = console
        self._launch = launch
        self._opened: asyncio.Future[bool] | None = None

    def __call__(self, url: str) -> None:
        self._console.say("Open this address in a browser on this machine to sign in:", url)
        if self._launch:
            # In a thread: a text browser blocks, and our listener must answer it meanwhile.
            self._opened = asyncio.get_running_loop().run_in_executor(None, webbrowser.open, url)

    async def finish(self) -> None:
        """Wait until a browser that holds the terminal is closed."""
        if self._opened is not None:
            await self._opened


async def login(context: Context) -> None:
    """Sign in and say who it is and what is next."""
    console, client = context.console, context.client
    if client.session is not None:
        raise ClientError(
            f"Already signed in as {client.session.name}. Sign out first with: familypair logout"
        )
    try:
        me = await _sign_in(context)
    except Unreachable as error:
        raise Unreachable(
            f"No server answers at {client.issuer}. Name yours with --issuer URL, or set "
            "FAMILYPAIR_ISSUER."
        ) from error
    next_step = "familypair invite" if me.kind is Kind.GUARDIAN else "familypair accept"
    console.give(me, f"Signed in as {_who(me)} at {client.issuer}. Next: {next_step}")


async def _sign_in(context: Context) -> Me:
    console, client = context.console, context.client
    if not context.args.browser:
        return await client.sign_in_with_device(lambda code: _show_code(console, code))
    pages = Pages(console, launch=True)
    me = await client.sign_in_with_browser(pages)
    await pages.finish()
    return me


def _show_code(console: Console, code: DeviceCode) -> None:
    ends = console.clock() + timedelta(seconds=code.expires_in)
    console.say(
        f"On any screen, open {code.verification_uri} and type this code:",
        "",
        f"    {code.user_code}",
        "",
        f"It works for {console.until(ends)}. Only type it if you started this yourself.",
        "Waiting for you.",
    )


async def logout(context: Context) -> None:
    """Sign out here and end the session at the server."""
    session = context.client.session
    if session is None:
        raise NotSignedIn(SIGN_IN)
    try:
        await context.client.sign_out()
    except Unreachable as error:
        raise Unreachable(
            "Signed out here, but the server could not be told; end it on its account page."
        ) from error
    context.console.give({"signed_out": session.name}, f"Signed out {session.name}.")


async def whoami(context: Context) -> None:
    """Who is signed in, from the server."""
    me = await context.client.me()
    context.console.give(
        me,
        f"{_who(me)}, sign-in name {me.sign_in_name}, at {context.client.issuer}.",
        f"Country {me.country}, time zone {_zone(me)}.",
    )


def _zone(me: Me) -> str:
    if me.zone_pending is None or me.zone_from is None:
        return me.zone
    return f"{me.zone}, and {me.zone_pending} from {me.zone_from:%Y-%m-%d %H:%M} UTC"


def _who(me: Me) -> str:
    band = f", {me.band.value}" if me.band is not None else ""
    return f"{me.name} ({me.kind.value}{band})"


def has_terminal() -> bool:
    """Whether a person is there to sign in: the input is a terminal."""
    return sys.stdin.isatty()


def launches_browser(context: Context) -> bool:
    """Whether a page is opened for the person: not with --no-browser or without a terminal."""
    return not getattr(context.args, "no_browser", False) and has_terminal()
