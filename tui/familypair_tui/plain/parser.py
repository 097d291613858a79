"""The command line: every plain command with help and an example. Loads only argparse."""

import argparse

from familypair_tui.plain.command import Command, common, teen, yes
from familypair_tui.plain.parser_policy import POLICY
from familypair_tui.plain.parser_time import TIME_COMMANDS

SCOPES = (
    "see_time",
    "set_time",
    "set_search",
    "set_messages",
    "set_privacy",
    "see_contacts",
    "see_settings",
)

_FIRST = """\
examples:
  familypair login                     sign in with a code on another screen
  familypair invite                    start linking with your teen (or your guardian)
  familypair show mia                  what holds for Mia, and who decided
  familypair set mia screen_time.daily_minutes 90
  familypair time mia                  what is left today, with who and why
  familypair requests                  what was asked, and what waits for you
  familypair                           the full-screen client

exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not signed in, 4 server unreachable
environment: FAMILYPAIR_ISSUER (server), FAMILYPAIR_PROFILE, FAMILYPAIR_HOME (folder of sign-ins)
"""


def build() -> argparse.ArgumentParser:
    """The whole parser."""
    shared = common()
    parser = argparse.ArgumentParser(
        prog="familypair",
        description="Family Pairing: rules that a parent and a teen agree on, seen by both.",
        epilog=_FIRST,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[shared],
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument(
        "--plain", action="store_true", help="the overview in sentences, never full screen"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in (*COMMANDS, *TIME_COMMANDS):
        sub = commands.add_parser(
            command.name,
            help=command.help,
            description=command.help,
            epilog=f"example:\n  {command.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[shared],
        )
        command.takes(sub)
    return parser


def _login(p: argparse.ArgumentParser) -> None:
    way = p.add_mutually_exclusive_group()
    way.add_argument("--device", action="store_true", help="by a code (the default)")
    way.add_argument("--browser", action="store_true", help="in a browser on this machine")


def _scope_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--scopes", nargs="*", choices=SCOPES, metavar="SCOPE", help=_ASKED)
    p.add_argument("--needs", nargs="*", choices=SCOPES, metavar="SCOPE", default=[], help=_NEEDED)


_ASKED = "what a guardian asks for (default: everything): " + " ".join(SCOPES)
_NEEDED = "without these the guardian does not want the link"


def _invite(p: argparse.ArgumentParser) -> None:
    p.add_argument("--link", action="store_true", help="a link for 48 hours instead of a code")
    _scope_options(p)
    p.add_argument("--wait", action="store_true", help="stay until the other side answered")


def _accept(p: argparse.ArgumentParser) -> None:
    p.add_argument("code", nargs="?", help="a code, a link, a request or a gift")
    _scope_options(p)
    p.add_argument("--phrase", help="teen: the two words and two digits from your guardian")
    p.add_argument("--share-history", action="store_true", help="teen: also days before the link")
    p.add_argument("--no-browser", action="store_true", help="only print the sign-in address")
    yes(p)


def _invitation(p: argparse.ArgumentParser) -> None:
    p.add_argument("invitation", nargs="?", help="its id (default: the only open one)")
    yes(p)


def _decline(p: argparse.ArgumentParser) -> None:
    p.add_argument("invitation", nargs="?", help="an invitation's id, or a request's id or number")
    p.add_argument("--reason", default="", metavar="TEXT", help="a request: why; the teen reads it")
    yes(p)


def _link(p: argparse.ArgumentParser) -> None:
    p.add_argument("link", help="a link's id, or the beginning of the other person's name")


def _link_yes(p: argparse.ArgumentParser) -> None:
    _link(p)
    yes(p)


def _link_scopes(p: argparse.ArgumentParser) -> None:
    _link(p)
    p.add_argument("--allow", nargs="+", choices=SCOPES, metavar="SCOPE", default=[])
    p.add_argument("--take-back", nargs="+", choices=SCOPES, metavar="SCOPE", default=[])
    p.add_argument("--ask", nargs="+", choices=SCOPES, metavar="SCOPE", default=[])
    p.add_argument("--no-browser", action="store_true", help="only print the sign-in address")
    yes(p)


def _end(p: argparse.ArgumentParser) -> None:
    _link_yes(p)
    p.add_argument(
        "--not-my-guardian", action="store_true", help="teen, first 24 hours: end and report it"
    )


def _resume(p: argparse.ArgumentParser) -> None:
    _link_yes(p)


def _keep(p: argparse.ArgumentParser) -> None:
    _link(p)
    p.add_argument("fields", nargs="*", metavar="PATH", help="which settings (default: all)")
    yes(p)


def _exit(p: argparse.ArgumentParser) -> None:
    _link_yes(p)
    p.add_argument("--undo", action="store_true", help="take it back, within 24 hours")


def _show(p: argparse.ArgumentParser) -> None:
    teen(p)
    p.add_argument("field", nargs="?", help="a setting or a group, such as screen_time")


def _explain(p: argparse.ArgumentParser) -> None:
    teen(p)
    p.add_argument("path", help="a setting, such as messages.audience")


def _set(p: argparse.ArgumentParser) -> None:
    teen(p)
    p.add_argument("path", help="a setting, or a group of equal ones (screen_time.daily_minutes)")
    p.add_argument("value", help='the value; "null" takes your rule away')
    p.add_argument("--dry-run", action="store_true", help="only show what would change")
    yes(p)


def _undo(p: argparse.ArgumentParser) -> None:
    teen(p)
    p.add_argument("seq", nargs="?", type=int, help="a number of the history (default: the last)")
    yes(p)


def _history(p: argparse.ArgumentParser) -> None:
    teen(p)
    p.add_argument("--after", type=int, metavar="SEQ", help="from the entry after this one on")
    p.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default 20)")


def _sharing(p: argparse.ArgumentParser) -> None:
    p.add_argument("--log", action="store_true", help="who looked, and when")


def _receipt(p: argparse.ArgumentParser) -> None:
    acts = p.add_subparsers(dest="act", metavar="show|verify", required=True)
    show = acts.add_parser("show", help="the receipt of a link", parents=[common()])
    _link(show)
    show.add_argument("-o", "--output", metavar="FILE", help="write it to a file")
    verify = acts.add_parser("verify", help="check a receipt, offline", parents=[common()])
    verify.add_argument("file", help="the file that `receipt show -o` wrote, or the signed text")
    verify.add_argument("--keys", metavar="FILE", help="the server's published keys (JWK set)")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--transcript", action="store_true", help="print the story, check every step, and exit"
    )
    parser.add_argument(
        "--database", default="", metavar="URL", help="postgresql://... instead of a temporary file"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        metavar="60x",
        help="how fast time passes while you look: 0x, 1x, 10x, 60x or 300x; F5 to F7 change it",
    )
    parser.add_argument(
        "--app", action="store_true", help="the made-up social app in your browser, not the client"
    )
    parser.add_argument(
        "--teen", choices=("mia", "leo"), default="mia", help="with --app: who opens it"
    )
    parser.add_argument(
        "--port", type=_port, default=0, metavar="N", help="where the app answers (default: free)"
    )
    parser.add_argument(
        "--log", action="store_true", help="with --app: every question and answer, a line each"
    )


def _speed(text: str) -> int:
    """`60x` as 60."""
    number = text.removesuffix("x")
    if number not in {"0", "1", "10", "60", "300"}:
        raise argparse.ArgumentTypeError("choose 0x, 1x, 10x, 60x or 300x")
    return int(number)


def _port(text: str) -> int:
    """A port, or 0 for a free one."""
    if not text.isdecimal() or not 0 <= int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"choose a number from 0 to {_LAST_PORT}")
    return int(text)


_LAST_PORT = 65_535


def _watch(p: argparse.ArgumentParser) -> None:
    p.add_argument("--count", type=int, metavar="N", help="stop after so many events")


COMMANDS = (
    Command("login", "sign in", "familypair login --issuer https://pair.example", _login),
    Command("logout", "sign out here and at the server", "familypair logout"),
    Command("whoami", "who is signed in", "familypair whoami --json"),
    Command("invite", "start a link from your side", "familypair invite --needs see_time", _invite),
    Command(
        "accept",
        "answer an invitation; teen: take a counter-offer or a gift",
        "familypair accept BCDF-GHJK",
        _accept,
    ),
    Command("invitations", "open invitations", "familypair invitations"),
    Command("decline", "say no to an invitation or a request", "familypair decline 1", _decline),
    Command("cancel", "take your own invitation back", "familypair cancel", _invitation),
    Command("links", "who is linked with you", "familypair links"),
    Command(
        "link-scopes",
        "what a link allows: allow, take back (teen) or ask for more (guardian)",
        "familypair link-scopes dana --take-back set_search",
        _link_scopes,
    ),
    Command("teens", "the teens that you may see", "familypair teens"),
    Command("show", "what holds for a teen, and who decided", "familypair show mia", _show),
    Command(
        "set",
        "change your own rule for a teen",
        "familypair set mia screen_time.daily_minutes.mon 90",
        _set,
    ),
    Command("undo", "take a change of yours back", "familypair undo mia 12", _undo),
    Command(
        "explain",
        "why a setting is as it is, and who could change it",
        "familypair explain mia messages.audience",
        _explain,
    ),
    Command("history", "what happened", "familypair history mia --limit 5", _history),
    Command("sharing", "teen: what every guardian sees", "familypair sharing --log", _sharing),
    Command("end", "end a link; no reason is asked", "familypair end dana", _end),
    Command("resume", "take the end of a link back", "familypair resume dana", _resume),
    Command("keep", "keep today's values as your own rules", "familypair keep mia", _keep),
    Command(
        "safety-exit",
        "teen: end a link at once, with help lines",
        "familypair safety-exit dana",
        _exit,
    ),
    Command("receipt", "the proof of consent", "familypair receipt verify receipt.json", _receipt),
    POLICY,
    Command("watch", "live events, one line each", "familypair watch", _watch),
    Command("demo", "try it: a family on a server of its own", "familypair demo", _demo),
)
