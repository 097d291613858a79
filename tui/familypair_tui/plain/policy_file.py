"""A policy file: my own rules for one teen as TOML, written in a stable order and read back.

What is in the file is my whole layer: a rule that is not in it is no rule of mine. Comments say
what holds and who decided. Faults name the line and the field.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, cast

import msgspec
import tomli_w

from familypair.client.clean import clean
from familypair.reasons import Reason, Refusal
from familypair.schema.settings import Explained, LayerDocument
from familypair.settings import FIELDS, Patch, Value, decode, encode, flatten, nest, parse_patch
from familypair.settings.json_schema import VERSION
from familypair.wording import sentence
from familypair_tui.plain.console import UsageError
from familypair_tui.plain.show import value_and_reason

_HEADER = frozenset({"version", "teen", "name", "etag", "pulled_at"})
_HEAD = re.compile(r"^\s*\[\[?\s*([A-Za-z0-9_. -]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")
_TAG = re.compile(r"(?m)^(etag|pulled_at)( *= *).*$")
_WIDTH = 100
_SHOWN = 3


class PolicyFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says."""

    teen: str
    name: str
    etag: str
    pulled_at: str
    values: Mapping[str, Value]
    """Path to value; every rule that the file has."""


# Writing


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a file."""

    name: str
    layer: LayerDocument
    fields: tuple[Explained, ...]
    """What holds, for the comments."""
    at: datetime
    """By the server's clock, with which later changes are compared."""
    schema: str
    """Where the file's JSON Schema is published."""


def write(pulled: Pulled) -> str:
    """The file's text; the same layer gives the same rules in the same order."""
    values = known(pulled.layer.values)
    seen = {one.path: one for one in pulled.fields}
    lines = [*_opening(pulled), *_header(pulled)]
    for table, paths in _tables().items():
        lines += _table(table, paths, values, seen)
    return "\n".join(lines) + "\n"


def known(document: Mapping[str, Any]) -> dict[str, Value]:
    """A layer's values as far as this client knows the fields."""
    flat = flatten(_only_known(document, _known_tree()))
    return {path: decode(path, raw) for path, raw in flat.items()}


def _known_tree() -> dict[str, Any]:
    return nest(dict.fromkeys(FIELDS))


def _only_known(document: Mapping[str, Any], tree: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, member in document.items():
        branch = tree.get(name)
        if isinstance(branch, dict):
            found[name] = _only_known(member, cast("dict[str, Any]", branch))
        elif name in tree:
            found[name] = member
    return found


def _opening(pulled: Pulled) -> list[str]:
    return [
        f"#:schema {pulled.schema}",
        f"# My own rules for {_comment(pulled.name)}. A rule that is taken out here is taken away.",
        '# "none" is a wish for no limit; a line that begins with # says nothing.',
        "# Then: familypair policy plan FILE, and: familypair policy apply FILE",
        "",
    ]


def _header(pulled: Pulled) -> list[str]:
    header = {
        "version": VERSION,
        "teen": pulled.layer.teen,
        "name": clean(pulled.name),
        "etag": pulled.layer.etag,
        "pulled_at": pulled.at.isoformat(),
    }
    return ["[policy]", *(f"{name} = {_literal(value)}" for name, value in header.items())]


def _tables() -> dict[str, list[str]]:
    """Table name to its fields, a group before the groups inside it."""
    tables: dict[str, list[str]] = {}
    for path in FIELDS:
        top, *_ = path.split(".")
        tables.setdefault(top, [])
        tables.setdefault(path.rpartition(".")[0], []).append(path)
    return tables


def _table(
    table: str,
    paths: Iterable[str],
    values: Mapping[str, Value],
    seen: Mapping[str, Explained],
) -> Iterator[str]:
    shown = [path for path in paths if path in values or (path in seen and seen[path].writable)]
    if not shown:
        return
    yield from ("", f"[rules.{table}]")
    for path in shown:
        leaf = path.rpartition(".")[2]
        if path in seen:
            one = seen[path]
            yield f"# {_comment(f'{one.title}: {value_and_reason(one.words, one.reason)}')}"
        if path in values:
            yield f"{leaf} = {_literal(encode(path, values[path]))}"
        else:
            yield f"# {leaf} ="


def _comment(text: str) -> str:
    """Text of the server as part of one comment line."""
    return " ".join(clean(text).split())


def _literal(value: object) -> str:
    """A value in TOML; a list of tables with one line for each."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return "{ " + ", ".join(f"{name} = {_literal(one)}" for name, one in members) + " }"
    if isinstance(value, list):
        items = [_literal(one) for one in cast("list[object]", value)]
        line = f"[{', '.join(items)}]"
        tables = any(isinstance(one, dict) for one in cast("list[object]", value))
        return line if len(line) < _WIDTH and not tables else "[\n" + _lines(items) + "]"
    return tomli_w.dumps({"v": value}).removeprefix("v = ").rstrip("\n")


def _lines(items: Iterable[str]) -> str:
    return "".join(f"  {item},\n" for item in items)


def renewed(text: str, layer: LayerDocument, at: datetime) -> str:
    """The file with the version that was just saved; nothing else of it changes."""
    fresh = {"etag": layer.etag, "pulled_at": at.isoformat()}
    head, bracket, rest = text.partition("[rules")

    def put(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{_literal(fresh[match[1]])}"

    return _TAG.sub(put, head) + bracket + rest


# Reading


def read(text: str, name: str) -> PolicyFile:
    """What a file says. Raises `UsageError` with line and field; `name` is the file's."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{name}: {clean(str(error))}.") from error
    for key in document.keys() - {"policy", "rules"}:
        raise UsageError(f"{name}: there is no table called [{clean(key)}]; rules are in [rules].")
    header = _read_header(document.get("policy"), text, name)
    found = parse_patch(_plain(document.get("rules", {})))
    if not isinstance(found, Patch):
        raise UsageError(_faults(found, text, name))
    values = {path: value for path, value in found.changes.items() if value is not None}
    return PolicyFile(
        teen=header["teen"],
        name=header.get("name", header["teen"]),
        etag=header.get("etag", ""),
        pulled_at=header.get("pulled_at", ""),
        values=values,
    )


def _read_header(raw: object, text: str, name: str) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise UsageError(f"{name}: it has no [policy] table; begin with: familypair policy pull")
    header = cast("dict[str, object]", raw)
    for key in header.keys() - _HEADER:
        raise UsageError(f"{_place(text, name, ['policy', key])}: policy.{clean(key)}: not known.")
    if header.get("version") != VERSION or isinstance(header["version"], bool):
        place = _place(text, name, ["policy", "version"])
        raise UsageError(f"{place}: this client reads version {VERSION} of policy files.")
    found = {key: value for key, value in header.items() if isinstance(value, str)}
    if not found.get("teen", "").startswith("acc_"):
        raise UsageError(f"{_place(text, name, ['policy', 'teen'])}: policy.teen: a teen's id.")
    return found


def _plain(value: object) -> object:
    """TOML's own dates and times as the text that rules have."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[object]", value)]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value.isoformat() if isinstance(value, date) else value


def _faults(found: tuple[Refusal, ...], text: str, name: str) -> str:
    """The first few faults in one line."""
    said = [_fault(one, text, name) for one in found[:_SHOWN]]
    rest = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return " ".join([*said, *rest])


def _fault(refusal: Refusal, text: str, name: str) -> str:
    parts = [part for part in refusal.pointer.split("/") if part]
    said = sentence(refusal)
    if refusal.reason is Reason.UNKNOWN_FIELD:
        said = "There is no such rule."
    place = _place(text, name, ["rules", *parts])
    return f"{place}: {clean('.'.join(parts) or 'rules')}: {said}"


def _place(text: str, name: str, parts: list[str]) -> str:
    """File and line of the deepest part of a path that has a line of its own."""
    lines = text.splitlines()
    found = [(number, here) for number, here in _headed(lines) if parts[: len(here)] == here]
    if not found:
        return name
    depth = max(len(here) for _, here in found)
    numbers = [number for number, here in found if len(here) == depth]
    item = int(parts[depth]) if len(parts) > depth and parts[depth].isdecimal() else 0
    return f"{name}, line {_item_line(lines, numbers, item)}"


def _headed(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Every line that begins a table or a key, with the whole path of it."""
    table: list[str] = []
    for number, line in enumerate(lines, 1):
        if head := _HEAD.match(line):
            table = [part.strip() for part in head[1].split(".")]
            yield number, table
        elif key := _KEY.match(line):
            yield number, [*table, key[1]]


def _item_line(lines: list[str], numbers: list[int], item: int) -> int:
    """The line of one item of a list: its own table, or its line of the array."""
    if len(numbers) > 1:
        return numbers[min(item, len(numbers) - 1)]
    (first,) = numbers
    own = first + 1 + item
    one_each = lines[first - 1].rstrip().endswith("[")
    return own if one_each and own <= len(lines) and lines[own - 1].lstrip()[:1] == "{" else first
