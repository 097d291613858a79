"""`familypair`: the full-screen client without arguments, plain commands with them."""

import sys

from familypair_tui.plain.run import run


def main() -> None:
    """The entry point of the console script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
