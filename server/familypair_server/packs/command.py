"""`familypair-server packs add|list|check|remove`."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from familypair.packs import About, PackError, load
from familypair.rules.search import Pack
from familypair.schema.packs import PackInfo
from familypair.wording import sentence
from familypair_server.packs import service
from familypair_server.problems import Refused
from familypair_server.settings import Settings, SettingsError
from familypair_server.storage import Store
from familypair_server.storage.opening import open_store

T = TypeVar("T")
_ABOUT = ("name", "category", "language", "licence", "source", "version")


class NoSuchPackError(Exception):
    """The operator named a pack that is not theirs."""


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Do it and print what was done; 1 when the file is no pack, with a sentence for each fault."""
    if asked.act != "list" and not asked.file:
        raise SettingsError(f"packs {asked.act} needs {_WHAT[asked.act]}")
    return asyncio.run(_ACTS[asked.act](settings, asked))


_WHAT = {"add": "a file", "check": "a file", "remove": "the name of a pack"}


async def _check(_: Settings, asked: argparse.Namespace) -> int:
    pack = _load(asked)
    return 1 if pack is None else _say(asked, service.info(pack), f"{asked.file} can be added: ")


async def _add(settings: Settings, asked: argparse.Namespace) -> int:
    pack = _load(asked)
    if pack is None:
        return 1
    await _with_store(settings, lambda store: store.run(service.add(pack, datetime.now(UTC))))
    return _say(asked, service.info(pack), "in force: ")


async def _remove(settings: Settings, asked: argparse.Namespace) -> int:
    name: str = asked.file
    work = service.remove(name, datetime.now(UTC))
    if not await _with_store(settings, lambda store: store.run(work)):
        raise NoSuchPackError(f"you have added no pack {name}; see: familypair-server packs list")
    _print(msgspec.json.encode({"removed": name}).decode() if asked.json else f"removed {name}")
    return 0


async def _list(settings: Settings, asked: argparse.Namespace) -> int:
    found = await _with_store(settings, lambda store: store.read(service.listed()), read_only=True)
    if asked.json:
        _print(msgspec.json.encode(found).decode())
    else:
        _print("\n".join(_line(one) for one in found.items))
    return 0


_ACTS: dict[str, Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "add": _add,
    "check": _check,
    "list": _list,
    "remove": _remove,
}


def _load(asked: argparse.Namespace) -> Pack | None:
    about = About(severity=asked.severity, **{name: getattr(asked, name) for name in _ABOUT})
    try:
        pack = load(Path(asked.file), about)
        service.usable(pack)
    except Refused as refused:
        _complain(sentence(refused.refusals[0]).rstrip("."))
    except OSError as error:
        _complain(f"{asked.file} cannot be read: {(error.strerror or 'no reason given').lower()}")
    except PackError as error:
        for fault in error.faults:
            _complain(fault.of(asked.file))
    else:
        return pack
    return None


async def _with_store(
    settings: Settings, work: Callable[[Store], Awaitable[T]], *, read_only: bool = False
) -> T:
    store = await open_store(settings.database, read_only=read_only)
    try:
        return await work(store)
    finally:
        await store.close()


def _say(asked: argparse.Namespace, one: PackInfo, before: str) -> int:
    _print(msgspec.json.encode(one).decode() if asked.json else before + _line(one))
    return 0


def _line(one: PackInfo) -> str:
    terms = f"{one.terms} term{'' if one.terms == 1 else 's'}"
    about = f"{one.category}, severity {one.severity}, {one.language}, {one.licence}"
    return f"{one.name} ({about}): {terms}, {one.digest[:12]}"


def _complain(text: str) -> None:
    print(f"familypair-server: {text}", file=sys.stderr)  # noqa: T201 - this is the command's output


def _print(text: str) -> None:
    print(text)  # noqa: T201 - this is the command's output
