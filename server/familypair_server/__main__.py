"""`familypair-server`: serve, migrate, check, verify-ledger."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence

from familypair_server import settings as settings_module
from familypair_server.packs.arguments import arguments as pack_arguments
from familypair_server.settings import Settings, SettingsError

OK, REFUSED, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; exit codes as in docs/operators.md."""
    arguments = _parser().parse_args(argv)
    try:
        settings = settings_module.load(os.environ, _given(arguments))
    except SettingsError as error:
        return _failed(error, USAGE)
    command: Callable[[Settings, argparse.Namespace], int] = arguments.run
    try:
        return command(settings, arguments)
    except SettingsError as error:
        return _failed(error, USAGE)
    except Exception as error:  # noqa: BLE001 - one sentence for the operator, and a non-zero exit
        return _failed(error, REFUSED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="familypair-server",
        description="The Family Pairing service.",
        epilog="Settings are FAMILYPAIR_* variables or a TOML file named by FAMILYPAIR_CONFIG.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = _command(commands, "serve", _serve, "migrate if needed, then answer requests")
    serve.add_argument("--host", dest="address", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on; 0 takes a free one")
    _command(commands, "migrate", _migrate, "bring the database to this version")
    _command(commands, "check", _check, "report on the database and the configuration")
    verify = _command(commands, "verify-ledger", _verify, "check the ledgers' hash chains")
    verify.add_argument("teen", nargs="?", default="", help="one teen's id; all when left out")
    clients = _command(
        commands, "clients", _clients, "register a host app, or a server that may introspect tokens"
    )
    clients.add_argument("add", choices=["add"], metavar="add", help="make one; shown once")
    clients.add_argument("name", help="what people are told it is")
    clients.add_argument("--host", action="store_true", help="a host app that teens can connect")
    clients.add_argument(
        "--redirect",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="where the browser goes after a teen's answer: https://..., or http://127.0.0.1/path"
        " for any port; may be given several times",
    )
    clients.add_argument(
        "--scope",
        action="append",
        default=[],
        help="what the host app may do: usage:write, policy:read; both when left out",
    )
    packs = _command(commands, "packs", _packs, "word packs: add, list, check, remove")
    pack_arguments(packs)
    for name in ("migrate", "check", "verify-ledger", "clients", "packs"):
        commands.choices[name].add_argument("--json", action="store_true", help="print JSON")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",  # pyright: ignore[reportPrivateUsage]  # it has no public name
    name: str,
    run: Callable[[Settings, argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument("--database", help="sqlite:///path or postgresql://... (over the setting)")
    parser.set_defaults(run=run)
    return parser


def _given(arguments: argparse.Namespace) -> dict[str, object]:
    """The settings that the command line names; they are judged like all others."""
    named = {name: getattr(arguments, name, None) for name in ("database", "address", "port")}
    given = {"host" if name == "address" else name: value for name, value in named.items()}
    return {name: value for name, value in given.items() if value is not None}


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from familypair_server.serve import serve  # noqa: PLC0415 - only this command needs the stack

    return serve(settings)


def _migrate(settings: Settings, arguments: argparse.Namespace) -> int:
    from familypair_server import operations  # noqa: PLC0415 - see `_serve`

    return asyncio.run(operations.run_migrate(settings, as_json=arguments.json))


def _check(settings: Settings, arguments: argparse.Namespace) -> int:
    from familypair_server import operations  # noqa: PLC0415 - see `_serve`

    return asyncio.run(operations.run_check(settings, as_json=arguments.json))


def _verify(settings: Settings, arguments: argparse.Namespace) -> int:
    from familypair_server import operations  # noqa: PLC0415 - see `_serve`

    return asyncio.run(operations.run_verify(settings, arguments.teen, as_json=arguments.json))


def _clients(settings: Settings, arguments: argparse.Namespace) -> int:
    from familypair_server import operations  # noqa: PLC0415 - see `_serve`
    from familypair_server.auth.clients import HOST_SCOPES  # noqa: PLC0415 - see `_serve`
    from familypair_server.auth.registration import NewHost  # noqa: PLC0415 - see `_serve`

    name, as_json = arguments.name, arguments.json
    if not arguments.host:
        if arguments.redirect or arguments.scope:
            raise SettingsError("--redirect and --scope are for host apps: add --host")
        return asyncio.run(operations.run_add_client(settings, name, as_json=as_json))
    scopes = tuple(dict.fromkeys(arguments.scope)) or HOST_SCOPES
    asked = NewHost(name=name, redirects=tuple(arguments.redirect), scopes=scopes)
    return asyncio.run(operations.run_add_host(settings, asked, as_json=as_json))


def _packs(settings: Settings, arguments: argparse.Namespace) -> int:
    from familypair_server.packs import command  # noqa: PLC0415 - see `_serve`

    return command.run(settings, arguments)


def _failed(error: Exception, code: int) -> int:
    print(f"familypair-server: {error}", file=sys.stderr)  # noqa: T201 - this is the program's output
    return code


if __name__ == "__main__":
    sys.exit(main())
