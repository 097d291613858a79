"""The commands of screen time, asking and agreeing. Loads only argparse."""

import argparse

from familypair_tui.plain.command import Command, for_teen, some_teen, yes

_REQUEST = "its number in the last list of `familypair requests`, or the beginning of its id"


def _usage(p: argparse.ArgumentParser, words: str) -> None:
    """The usage line in words; what argparse makes of several forms cannot be read."""
    p.usage = f"%(prog)s [options] {words}"


def _time(p: argparse.ArgumentParser) -> None:
    some_teen(p)
    p.add_argument("--days", type=int, default=7, metavar="N", help="1 to 28 (default 7)")
    p.add_argument("--csv", metavar="FILE", help="write the days as CSV; - is the output")


def _grant(p: argparse.ArgumentParser) -> None:
    _usage(p, "[TEEN] 30|rest, or undo ID, or accept ID")
    p.add_argument(
        "words",
        nargs="+",
        metavar="[TEEN] 30|rest",
        help="minutes for today, or the rest of the day; undo ID; accept ID (teen)",
    )
    p.add_argument("--dry-run", action="store_true", help="only say what it would do")
    yes(p)


def _code(p: argparse.ArgumentParser) -> None:
    _usage(p, "[TEEN] 30, or redeem CODE, or withdraw ID")
    p.add_argument(
        "words", nargs="+", metavar="[TEEN] 30", help="minutes; redeem CODE (teen); withdraw ID"
    )


def _ask(p: argparse.ArgumentParser) -> None:
    _usage(p, "30|rest|block-until 17:30|set PATH VALUE|zone NAME|--search drugs|...")
    p.add_argument(
        "words",
        nargs="*",
        metavar="30|rest|...",
        help="minutes, rest, block-until 17:30, set PATH VALUE, zone NAME, country CODE, "
        "unblock HOST ACCOUNT, or plan PATH=VALUE ... (or a TOML file)",
    )
    p.add_argument("--reason", default="", metavar="TEXT", help="read only by those who are asked")
    p.add_argument(
        "--review", type=int, default=30, metavar="DAYS", help="plan: look again after (7 to 180)"
    )
    p.add_argument("--title", default="", metavar="TEXT", help="plan: its name")
    p.add_argument(
        "--search", default="", metavar="CATEGORY", help="open searches of a category, as drugs"
    )
    p.add_argument(
        "--words",
        dest="searched",
        default="",
        metavar="TEXT",
        help="search: only these words; those who are asked read them",
    )


def _requests(p: argparse.ArgumentParser) -> None:
    some_teen(p)
    p.add_argument("--all", action="store_true", help="also those that are closed")


def _request(p: argparse.ArgumentParser) -> None:
    p.add_argument("request", help=_REQUEST)


def _approve(p: argparse.ArgumentParser) -> None:
    _request(p)
    p.add_argument("amount", nargs="?", default="", help="fewer minutes, or: rest (of the day)")
    p.add_argument("--note", default="", metavar="TEXT", help="a line for the others")


def _counter(p: argparse.ArgumentParser) -> None:
    _usage(p, "REQUEST 20|PATH=VALUE ...")
    _request(p)
    p.add_argument("offer", nargs="+", metavar="20|PATH=VALUE", help="what you offer in its place")
    p.add_argument("--note", default="", metavar="TEXT", help="a line for the others")


def _note(p: argparse.ArgumentParser) -> None:
    _request(p)
    p.add_argument("text", nargs="+", help="at most 140 characters")


def _calendar(p: argparse.ArgumentParser) -> None:
    _usage(p, "[TEEN], or import FILE, or add DATES WHAT")
    p.add_argument(
        "words",
        nargs="*",
        metavar="[TEEN] | import FILE | add DATES WHAT",
        help="add: 2026-12-24..2027-01-06 no school; 2026-12-31 180; 2026-12-25 away 18:00-20:00",
    )
    p.add_argument("--days", type=int, default=7, metavar="N", help="1 to 7 (default 7)")
    for_teen(p)
    p.add_argument(
        "--as",
        dest="effect",
        default="lift_blocks",
        choices=("lift_blocks", "add_blocks", "lift_limit", "set_limit"),
        help="import: what an event does (default: lift_blocks)",
    )
    p.add_argument(
        "--kinds",
        nargs="+",
        default=[],
        choices=("sleep", "school", "away", "custom"),
        metavar="KIND",
        help="import: which blocks are lifted (default: all)",
    )
    p.add_argument("--minutes", type=int, metavar="N", help="import with --as set_limit")
    yes(p)


def _agreements(p: argparse.ArgumentParser) -> None:
    _usage(p, "[TEEN], or later ID [DAYS], or end ID")
    p.add_argument(
        "words", nargs="*", metavar="[TEEN] | later ID [DAYS] | end ID", help="the list, or review"
    )
    yes(p)


def _auto_rules(p: argparse.ArgumentParser) -> None:
    _usage(p, "[TEEN], or add 15, or remove ID")
    p.add_argument(
        "words", nargs="*", metavar="[TEEN] | add 15 | remove ID", help="the list, or change it"
    )
    p.add_argument("--days", default="", metavar="DAYS", help="add: sat,sun (default: every day)")
    p.add_argument("--times", type=int, default=1, metavar="N", help="add: times a day, 1 to 3")
    for_teen(p)
    yes(p)


def _apps(p: argparse.ArgumentParser) -> None:
    _usage(p, "[remove ID]")
    p.add_argument("words", nargs="*", metavar="remove ID", help="unbind an app")
    yes(p)


def _preview(p: argparse.ArgumentParser) -> None:
    _usage(p, "[TEEN] PATH=VALUE ...")
    p.add_argument(
        "words", nargs="+", metavar="[TEEN] PATH=VALUE", help='a draft of your rule; "null": none'
    )


TIME_COMMANDS = (
    Command("time", "today's balance, days and weeks of use", "familypair time mia", _time),
    Command(
        "grant",
        "give minutes for today (a gift), or take them back",
        "familypair grant mia 30",
        _grant,
    ),
    Command("code", "a one-time code for more minutes", "familypair code mia 30", _code),
    Command(
        "ask",
        "teen: ask for more time or another rule",
        'familypair ask 30 --reason "film night"',
        _ask,
    ),
    Command("requests", "what was asked, and what waits for you", "familypair requests", _requests),
    Command("approve", "say yes to a request", "familypair approve 1 15", _approve),
    Command("counter", "offer something else", "familypair counter 1 20", _counter),
    Command("withdraw", "teen: take a request back", "familypair withdraw 1", _request),
    Command("note", "add a line to a request", "familypair note 1 after dinner", _note),
    Command(
        "calendar",
        "the next 7 days; import a school or custody calendar; add an exception",
        "familypair calendar add 2026-12-24..2027-01-06 no school",
        _calendar,
    ),
    Command(
        "agreements",
        "what was agreed, and when to look again",
        "familypair agreements",
        _agreements,
    ),
    Command(
        "auto-rules",
        "standing yeses: requests that are granted by themselves, such as +15 once a day",
        "familypair auto-rules add 15 --days sat,sun --times 1",
        _auto_rules,
    ),
    Command("apps", "teen: the apps that you have bound", "familypair apps", _apps),
    Command(
        "applied",
        "whether the apps apply the rules: applied, pending, unknown or advice",
        "familypair applied mia",
        some_teen,
    ),
    Command(
        "preview",
        "what a draft of your rule would change, before you save it",
        "familypair preview mia screen_time.daily_minutes=45",
        _preview,
    ),
)
