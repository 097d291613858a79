"""`receipt show` and `receipt verify`: the proof of consent, checked offline."""

from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from familypair.client.errors import ClientError
from familypair.client.receipts import Verified, verify
from familypair.client.store import home_folder
from familypair.schema.links import Receipt
from familypair_tui.plain.dispatch import Context
from familypair_tui.plain.people import find_link

T = TypeVar("T")

_MOST_BYTES = 1_000_000


async def receipt(context: Context) -> None:
    """`show` fetches, checks and may write it; `verify` reads a file and needs no network."""
    if context.args.act == "verify":
        _verify_file(context)
    else:
        await _show(context)


async def _show(context: Context) -> None:
    link = await find_link(context, context.args.link, over=True)
    found = await context.client.receipt(link.id)
    keys = await context.client.published_keys()
    checked = verify(found.jws, keys)
    _remember(context.client.issuer, keys)
    if context.args.output:
        _write(Path(context.args.output), found)
        check = f"familypair receipt verify {context.args.output}"
        context.console.say(f"Written to {context.args.output}. Check it with: {check}")
    context.console.give(found, *_claim_lines(checked), "Signed by this server's published key.")


def _write(target: Path, found: Receipt) -> None:
    target.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def _verify_file(context: Context) -> None:
    held = _read(Path(context.args.file))
    keys, trust = _keys_for(context, held)
    checked = verify(held.jws, keys)
    context.console.give(
        {"valid": True, "keys": trust, **msgspec.to_builtins(checked)},
        "The receipt is valid: nothing in it was changed after it was signed.",
        *_claim_lines(checked),
        _TRUST[trust].format(thumbprint=checked.thumbprint),
    )


_TRUST = {
    "file given": "Checked with the keys that you gave.",
    "known server": "Checked with the keys that this machine knows of the server.",
    "in the receipt": (
        "Checked with the key in the receipt file itself. To be sure whose it is, compare its "
        "thumbprint {thumbprint} with the server's /.well-known/jwks.json."
    ),
}


def _keys_for(context: Context, held: Receipt) -> tuple[dict[str, Any], str]:
    """The keys to trust: those given, those known of the server, else those in the file."""
    if context.args.keys:
        return _json(Path(context.args.keys), dict[str, Any]), "file given"
    claims = verify(held.jws, held.keys).claims if held.keys else {}
    known = _known_keys(str(claims.get("iss", "")))
    if known.is_file():
        return _json(known, dict[str, Any]), "known server"
    if held.keys:
        return held.keys, "in the receipt"
    raise ClientError("This file holds no keys; give the server's with --keys FILE.")


def _read(path: Path) -> Receipt:
    raw = _bytes(path)
    if raw.lstrip().startswith(b"{"):
        return _json(path, Receipt)
    return Receipt(jws=raw.decode("ascii", "replace").strip(), keys={})


def _json(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(_bytes(path), type=kind)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ClientError(f"{path} is not what this command can read.") from error


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ClientError(f"{path} is too large to be a receipt.")
    return raw


def _known_keys(issuer: str) -> Path:
    parts = urlsplit(issuer)
    name = "".join(c if c.isalnum() or c in ".-" else "_" for c in parts.netloc)
    return home_folder() / "keys" / f"{name.lstrip('.') or 'none'}.json"


def _remember(issuer: str, keys: dict[str, object]) -> None:
    """Keep a server's keys, so that a later check needs neither network nor trust in a file."""
    target = _known_keys(issuer)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.write_bytes(msgspec.json.encode(keys))


def _claim_lines(checked: Verified) -> tuple[str, ...]:
    return tuple(f"  {name}: {_shown(value)}" for name, value in checked.claims.items())


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode().strip("[]").replace('"', "").replace(",", ", ")
