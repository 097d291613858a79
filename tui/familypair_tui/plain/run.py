"""From arguments to an exit code: 0 done, 1 refused, 2 usage, 3 not signed in, 4 unreachable."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

from familypair_tui.plain.parser import build

if TYPE_CHECKING:
    from familypair.client.api import FamilyPairing
    from familypair_tui.plain.console import Console

DONE, REFUSED, USAGE, NOT_SIGNED_IN, UNREACHABLE = range(5)


def run(argv: Sequence[str]) -> int:
    """Run one command on the real terminal. `argparse` itself exits for --help and bad usage."""
    args = build().parse_args(argv)
    if args.version:
        return _version()
    if args.command == "demo":
        return _demo(args)
    if args.command is None and not getattr(args, "json", False) and not args.plain:
        if _full_screen():
            return _open_app(args)
        sys.stderr.write("plain mode: this is not a terminal that can show the full screen.\n")
    return perform(args, _console(args))


def _demo(args: argparse.Namespace) -> int:
    as_json = bool(getattr(args, "json", False))
    if as_json and not (args.app and args.log):
        sys.stderr.write("demo tells a story in sentences and has no --json; --app --log does.\n")
        return USAGE
    from familypair_tui.demo import Wanted, main

    return main(
        Wanted(
            transcript=args.transcript,
            database=args.database,
            speed=args.speed,
            app=args.app,
            teen=args.teen,
            port=args.port,
            log=args.log,
            as_json=as_json,
        )
    )


def perform(
    args: argparse.Namespace,
    console: "Console",
    connect: "Callable[[argparse.Namespace], FamilyPairing] | None" = None,
) -> int:
    """Run a parsed command; every failure becomes one sentence and its code.

    `connect` replaces the client of the profile, for tests.
    """
    import asyncio

    from familypair.client.errors import ClientError, NotSignedIn, Unreachable
    from familypair_tui.plain.console import Stopped, UsageError
    from familypair_tui.plain.dispatch import client_of, execute
    from familypair_tui.plain.faults import document_of, sentence_of

    def failed(error: Exception, code: int) -> int:
        said = sentence_of(error) if isinstance(error, ClientError) else str(error)
        console.fail(said, document_of(error, said))
        return code

    try:
        asyncio.run(execute(args, console, connect or client_of))
    except UsageError as error:
        return failed(error, USAGE)
    except NotSignedIn as error:
        return failed(error, NOT_SIGNED_IN)
    except Unreachable as error:
        return failed(error, UNREACHABLE)
    except (ClientError, Stopped) as error:
        return failed(error, REFUSED)
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:
        return failed(Stopped(f"{error.filename or 'Failed'}: {error.strerror}."), REFUSED)
    except KeyboardInterrupt:
        return DONE if args.command == "watch" else failed(Stopped("Stopped."), REFUSED)
    return DONE


def _reader_left() -> int:
    """`familypair history mia | head -1`: nobody reads on, which is no failure worth words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return REFUSED


def _version() -> int:
    from importlib.metadata import version

    sys.stdout.write(f"familypair {version('familypair')}\n")
    return DONE


def _full_screen() -> bool:
    able = os.environ.get("TERM", "") not in {"", "dumb"}
    return able and sys.stdin.isatty() and sys.stdout.isatty()


def _open_app(args: argparse.Namespace) -> int:
    import asyncio

    from familypair.client.errors import ClientError
    from familypair_tui.app import FamilyPairApp
    from familypair_tui.plain.dispatch import client_of

    async def show() -> int:
        async with client_of(args) as client:
            return await FamilyPairApp(client).run_async() or DONE

    try:
        return asyncio.run(show())
    except ClientError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED


def _console(args: argparse.Namespace) -> "Console":
    from datetime import UTC, datetime

    from familypair_tui.plain.console import Console

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that this locale cannot write
    return Console(
        out=sys.stdout,
        err=sys.stderr,
        ask_line=sys.stdin.readline,
        as_json=getattr(args, "json", False),
        echo=not sys.stdin.isatty(),
        zone=datetime.now().astimezone().tzinfo or UTC,
        glyphs="utf" in (sys.stdout.encoding or "").lower(),
    )
