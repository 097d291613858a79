"""The command `policy`: my rules as a file, templates and copies. Loads only argparse."""

import argparse

from familypair_tui.plain.command import Command, common, teen, yes

_FILE = "a policy file; - is the input"
_CODES = """\
`plan` exits 0 whether or not it finds changes, and with --exit-code 1 when it finds some.
A file that cannot be read as a policy is wrong usage (2), with its line and field.
`apply` of a file that was pulled before somebody's later change is refused (1) unless --force.
"""


def _policy(p: argparse.ArgumentParser) -> None:
    p.formatter_class = argparse.RawDescriptionHelpFormatter
    p.epilog = f"{p.epilog}\n\n{_CODES}"
    acts = p.add_subparsers(
        dest="act", metavar="pull|plan|apply|template|copy", required=True, title="acts"
    )

    def act(name: str, words: str) -> argparse.ArgumentParser:
        return acts.add_parser(name, help=words, description=words, parents=[common()])

    _pull(act("pull", "write my own rules for a teen as a file"))
    _plan(act("plan", "what a file would change, with its preview"))
    _apply(act("apply", "make my rules what a file says"))
    _template(act("template", "the templates, or one as a draft of my rules"))
    _copy(act("copy", "my rules of another teen as a draft"))


def _pull(p: argparse.ArgumentParser) -> None:
    teen(p)
    p.add_argument("-o", "--output", metavar="FILE", help="write it there (default: the output)")
    yes(p)


def _plan(p: argparse.ArgumentParser) -> None:
    p.add_argument("file", help=_FILE)
    p.add_argument("--exit-code", action="store_true", help="exit with 1 when there are changes")


def _apply(p: argparse.ArgumentParser) -> None:
    p.add_argument("file", help=_FILE)
    p.add_argument(
        "--force", action="store_true", help="also over changes made since it was pulled"
    )
    yes(p)


def _template(p: argparse.ArgumentParser) -> None:
    p.add_argument("name", nargs="?", default="", help="its name (default: the list)")
    p.add_argument("teen", nargs="?", default="", help="an id, the beginning of a name, or: me")
    p.add_argument("--dry-run", action="store_true", help="only show what would change")
    yes(p)


def _copy(p: argparse.ArgumentParser) -> None:
    p.add_argument("from_teen", metavar="FROM", help="the teen whose rules of mine are copied")
    p.add_argument("teen", metavar="TO", help="the teen who gets them")
    p.add_argument("--lists", action="store_true", help="also my lists of words and accounts")
    p.add_argument("--dry-run", action="store_true", help="only show what would change")
    yes(p)


POLICY = Command(
    "policy",
    "my rules as a file: pull, plan, apply; templates and copies",
    "familypair policy pull mia -o mia.toml",
    _policy,
)
