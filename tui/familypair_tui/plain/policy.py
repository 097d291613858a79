"""`policy`: my rules as a file that is pulled, planned and applied; templates and copies."""

import contextlib
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from familypair.client.errors import ClientError
from familypair.schema.ledger import LayerChanged
from familypair.schema.settings import Draft, LayerDocument, Preview
from familypair.settings import FIELDS, encode, nest
from familypair_tui.plain import policy_file
from familypair_tui.plain.change import change_lines
from familypair_tui.plain.console import Stopped, UsageError
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.drafts import preview_lines
from familypair_tui.plain.people import TeenRef, find_teen
from familypair_tui.plain.policy_file import PolicyFile
from familypair_tui.plain.records import newest
from familypair_tui.plain.words import handle

_MOST_BYTES = 4_000_000
_LOOKED_BACK = 200
"""How many entries back a later change of mine is looked for."""
_SHOWN = 5


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What `plan` found, for `--json`."""

    teen: str
    etag: str
    """Of my rules now."""
    stale: bool
    """Whether they have changed since the file was pulled."""
    patch: dict[str, Any]
    preview: Preview


async def policy(context: Context) -> None:
    """Run one of the acts."""
    acts = {"pull": _pull, "plan": _plan, "apply": _apply, "template": _template, "copy": _copy}
    await acts[context.args.act](context)


# The file


async def _pull(context: Context) -> None:
    args, console, client = context.args, context.console, context.client
    teen = await find_teen(context, args.teen)
    layer = await client.layer(teen.id)
    settings = await client.settings(teen.id)
    pulled = policy_file.Pulled(
        name=teen.name,
        layer=layer,
        fields=settings.fields,
        at=settings.at,
        schema=f"{client.issuer}/schema/policy.json",
    )
    text = policy_file.write(pulled)
    if not args.output:
        console.give(layer, *text.splitlines())
        return
    target = Path(args.output)
    if _is_there(target):
        console.sure(f"{args.output} is there already. Replace it?", "Yes", given=args.yes)
    _put(target, text)
    count = len(policy_file.known(layer.values))
    console.give(
        layer,
        f"Written to {args.output}: {count} {'rule' if count == 1 else 'rules'} of yours.",
        f"Edit it, then: familypair policy plan {args.output}",
    )


async def _plan(context: Context) -> None:
    args, console = context.args, context.console
    _, found = _read(args.file)
    layer = await context.client.layer(found.teen)
    patch = _patch(found, layer)
    stale = found.etag not in {"", layer.etag}
    preview = await _preview(context, found.teen, patch)
    planned = Planned(teen=found.teen, etag=layer.etag, stale=stale, patch=patch, preview=preview)
    lines = (
        _plan_lines(found, preview) if patch else ["Nothing to do: your rules say this already."]
    )
    warned = (
        ["They were changed since this file was pulled; `apply` will say how."] if stale else []
    )
    console.give(planned, *lines, *warned, "Nothing was saved.")
    if patch and args.exit_code:
        raise Stopped(f"{args.file} changes your rules.")


async def _apply(context: Context) -> None:
    args, console, client = context.args, context.console, context.client
    text, found = _read(args.file)
    layer = await client.layer(found.teen)
    patch = _patch(found, layer)
    if not patch:
        console.give(layer, "Nothing to do: your rules say this already.")
        return
    if found.etag != layer.etag and not args.force:
        raise ClientError(await _later_changes(context, found))
    if not args.yes:
        preview = await _preview(context, found.teen, patch)
        console.say(*_plan_lines(found, preview))
    console.sure(f"Save this for {found.name}?", "Yes, save", given=args.yes)
    saved = await client.patch_layer(found.teen, patch, etag=layer.etag)
    if args.file != "-":
        at = saved.layer.changed_at or console.clock()
        _put(Path(args.file), policy_file.renewed(text, saved.layer, at))
    undo = f" Undo: familypair undo {handle(found.name)} {saved.entry}" if saved.entry else ""
    console.give(saved, *change_lines(saved.changes), f"Saved.{undo}")


def _read(name: str) -> tuple[str, PolicyFile]:
    try:
        raw = sys.stdin.buffer.read(_MOST_BYTES) if name == "-" else Path(name).read_bytes()
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{name} is not text in UTF-8.") from error
    if len(raw) >= _MOST_BYTES:
        raise UsageError(f"{name} is too large for a policy file.")
    return text, policy_file.read(text, name)


def _is_there(target: Path) -> bool:
    return target.exists()


def _put(target: Path, text: str) -> None:
    """Write whole or not at all: the file may be somebody's only copy."""
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        with contextlib.suppress(FileNotFoundError):
            beside.chmod(target.stat().st_mode & 0o777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _patch(found: PolicyFile, layer: LayerDocument) -> dict[str, Any]:
    """The merge patch that makes my rules what the file says; empty when they are."""
    mine = policy_file.known(layer.values)
    changed = {
        path: encode(path, found.values.get(path))
        for path in FIELDS
        if mine.get(path) != found.values.get(path)
    }
    return nest(changed)


async def _preview(context: Context, teen: str, patch: dict[str, Any]) -> Preview:
    return await context.client.preview(teen, patch) if patch else Preview(changes=())


def _plan_lines(found: PolicyFile, preview: Preview) -> list[str]:
    many = len(preview.changes)
    head = f"{found.name}: {many} rule{'' if many == 1 else 's'} of yours would change."
    return [head, *change_lines(preview.changes), *preview_lines(preview)]


async def _later_changes(context: Context, found: PolicyFile) -> str:
    """What I changed after the file was pulled, as the reason why it is not applied."""
    if not found.etag:
        return "The file does not say which version it is of: pull it first, or use --force."
    entries = await newest(context, found.teen, _LOOKED_BACK)
    since = _instant(found.pulled_at)
    mine = [
        f"{context.console.when(one.at)} {one.words.rstrip('.')}"
        for one in entries
        if one.actor == "me"
        and isinstance(one.entry, LayerChanged)
        and since is not None
        and one.at > since
    ]
    said = f" Since then: {'; '.join(mine[-_SHOWN:])}." if mine else ""
    return (
        f"Your rules have changed since this file was pulled.{said}"
        " Pull it again, or apply it over them with --force."
    )


def _instant(text: str) -> datetime | None:
    """When a file was pulled, if it says so."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


# Drafts


async def _template(context: Context) -> None:
    args, console = context.args, context.console
    if not args.name:
        known = await context.client.templates()
        lines = [f"{one.name}: {one.title}, {one.band}. {one.summary}" for one in known.items]
        console.give(known, *lines, "Try one: familypair policy template NAME TEEN")
        return
    if not args.teen:
        raise UsageError("Write: familypair policy template NAME TEEN")
    teen = await find_teen(context, args.teen)
    await _draft(context, teen, await context.client.template_draft(teen.id, args.name))


async def _copy(context: Context) -> None:
    teen = await find_teen(context, context.args.teen)
    other = await find_teen(context, context.args.from_teen)
    made = await context.client.copy_draft(teen.id, other.id, lists=context.args.lists)
    await _draft(context, teen, made)


async def _draft(context: Context, teen: TeenRef, made: Draft) -> None:
    """Show a draft with its preview, ask, save."""
    args, console = context.args, context.console
    lines = [line.words for line in made.lines] or ["Nothing would change."]
    lines += [f"Left out. {one}" for one in made.skipped]
    if args.dry_run or not made.lines:
        console.give(made, *lines, "Nothing was saved.")
        return
    layer = await context.client.layer(teen.id)
    if not args.yes:
        preview = await context.client.preview(teen.id, made.patch)
        console.say(*lines, *preview_lines(preview))
    console.sure("Save this as your rules?", "Yes, save", given=args.yes)
    saved = await context.client.patch_layer(teen.id, made.patch, etag=layer.etag)
    undo = f" Undo: familypair undo {handle(teen.name)} {saved.entry}" if saved.entry else ""
    console.give(saved, *change_lines(saved.changes), f"Saved.{undo}")
