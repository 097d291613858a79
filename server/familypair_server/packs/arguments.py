"""The command line of `familypair-server packs`. Loads only argparse."""

import argparse

ACTS = ("add", "list", "check", "remove")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `packs`."""
    parser.add_argument("act", choices=ACTS, help="what to do")
    parser.add_argument("file", nargs="?", default="", help="FILE to add or check; NAME to remove")
    helps = {
        "name": "what the pack is called; the file's name when left out",
        "category": "drugs, profanity, ... as in the settings; or help",
        "language": "of its words, as en; und for any",
        "licence": "of the list, as CC-BY-4.0",
        "source": "where it comes from",
        "version": "of the list",
    }
    for name, words in helps.items():
        parser.add_argument(f"--{name}", default="", help=words)
    parser.add_argument("--severity", type=int, default=0, help="1 mild, 2 plain, 3 strong")
