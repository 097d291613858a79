"""What a plain command is, and the options that many of them take. Loads only argparse."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command: one line of help, examples, and what it takes."""

    name: str
    help: str
    example: str
    takes: Callable[[argparse.ArgumentParser], object] = lambda _: None


def common() -> argparse.ArgumentParser:
    """Options that may stand before or after the command's name."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--json", action="store_true", help="the result as JSON on stdout")
    common.add_argument("--profile", metavar="NAME", help="which sign-in on this machine")
    common.add_argument("--issuer", metavar="URL", help="the server's address")
    return common


def yes(p: argparse.ArgumentParser) -> None:
    """`--yes`."""
    p.add_argument("--yes", action="store_true", help="do not ask")


def teen(p: argparse.ArgumentParser) -> None:
    """Which teen, named."""
    p.add_argument("teen", help="an id, the beginning of a name, or: me")


def some_teen(p: argparse.ArgumentParser) -> None:
    """Which teen; the only one when there is one."""
    p.add_argument("teen", nargs="?", default="", help="an id, the beginning of a name, or: me")


def for_teen(p: argparse.ArgumentParser) -> None:
    """The same as an option, where other words stand first."""
    p.add_argument("--teen", default="", metavar="TEEN", help="which teen (default: the only one)")
