"""`familypair`: the full-screen client without arguments, plain commands with them."""

import sys

from familypair_tui.plain.run import run


def main() -> None:
    """The entry point of the console script."""
    _no_core_dumps()
    sys.exit(run(sys.argv[1:]))


def _no_core_dumps() -> None:
    """A crash must not write tokens into a core file (threat T4)."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
