"""Policies on disk, so that a restart without a network goes on where it was.

One file a teen with the signed document, and one with the keys, the counters and the time of the
last sync. Each is 0600, replaced whole, and sealed with a key derived from the client's secret, so
that nobody who lacks it can make old rules young. What does not hold is ignored, and told.
"""

import contextlib
import hashlib
import hmac
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from familypair.client.errors import ClientError, UnsafeStore
from familypair.client.store import try_lock
from familypair.schema.policies import Help, TeenUse

T = TypeVar("T")

_STATE: Final = "state"
_ENDING: Final = ".policy"
_MAC_BYTES: Final = 32


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One teen's policy as it lies on disk."""

    teen: str
    version: int
    document: str
    """The signed one: its signature is checked again when it is read."""
    use: TeenUse


class KeptState(msgspec.Struct, frozen=True, kw_only=True):
    """What was known at the last sync."""

    keys: dict[str, Any]
    """The issuer's key set."""
    server_ms: int
    """The server's time when this was written."""
    monotonic: float
    boot: str
    wall_ms: int
    confirmed_ms: int
    """The server's time at which every teen was confirmed, but for those in `behind`."""
    behind: dict[str, int]
    versions: dict[str, int]
    """Every counter; negative for who is gone."""
    help: Help | None = None
    """The server's help lines for teens without a policy."""


class Folder:
    """A folder of one cache; a second process is turned away while it is open."""

    def __init__(self, folder: Path, *, issuer: str, client: tuple[str, str]) -> None:
        name = hashlib.sha256("\n".join((issuer, client[0])).encode()).hexdigest()
        self.path = folder / name[:16]
        self._key = hmac.digest(client[1].encode(), b"familypair policy folder 1", "sha256")
        self.damaged: list[str] = []
        """The names of files that were ignored; the owner empties it."""
        self._lock: int | None = None

    def open(self) -> None:
        """Make it and take its lock. Raises `UnsafeStore`, `ClientError`, `OSError`."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32":
            found = self.path.stat()
            if stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.geteuid():
                raise UnsafeStore(
                    f"Other people on this machine can open {self.path}, so nothing is kept "
                    f"there. If it is yours: chmod 700 '{self.path}'"
                )
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not try_lock(self._lock):
            self.close()
            raise ClientError(f"Another process keeps its policies in {self.path}.")

    def close(self) -> None:
        """Let go of the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def state(self) -> KeptState | None:
        """What was known; None when nothing usable is there."""
        return self._read(self.path / _STATE, KeptState)

    def save_state(self, state: KeptState) -> None:
        """Keep what is known."""
        self._write(self.path / _STATE, state)

    def policies(self) -> Iterable[Kept]:
        """Every usable file of a teen."""
        for path in sorted(self.path.glob(f"*{_ENDING}")):
            found = self._read(path, Kept)
            if found is not None and path == self._file(found.teen):
                yield found
            elif found is not None:
                self.damaged.append(path.name)

    def keep(self, policies: Iterable[Kept]) -> None:
        """Keep these; on disk when it returns."""
        for one in policies:
            self._write(self._file(one.teen), one)

    def keep_use(self, uses: Iterable[TeenUse]) -> None:
        """Keep what was used, beside the policies that are there."""
        for use in uses:
            kept = self._read(self._file(use.teen), Kept)
            if kept is not None:
                self._write(self._file(use.teen), msgspec.structs.replace(kept, use=use))

    def drop(self, teens: Iterable[str]) -> None:
        """Remove the policies of teens who are gone; their counters are in the state."""
        for teen in teens:
            self._file(teen).unlink(missing_ok=True)

    def pack(self, digest: str) -> bytes | None:
        """A word pack that was fetched; the reader checks the digest."""
        with contextlib.suppress(OSError):
            return (self.path / f"{_named(digest)}.pack").read_bytes()
        return None

    def keep_pack(self, digest: str, raw: bytes) -> None:
        """Keep a word pack."""
        self._replace(self.path / f"{_named(digest)}.pack", raw)

    def _file(self, teen: str) -> Path:
        return self.path / f"{_named(teen)}{_ENDING}"

    def _read(self, path: Path, kind: type[T]) -> T | None:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            self.damaged.append(path.name)
            return None
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        try:
            if hmac.compare_digest(mac, self._mac(path, body)):
                return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError:
            pass  # sealed by a version that wrote it otherwise: told like any other fault
        self.damaged.append(path.name)
        return None

    def _write(self, path: Path, value: msgspec.Struct) -> None:
        body = msgspec.json.encode(value)
        self._replace(path, self._mac(path, body) + body)

    def _mac(self, path: Path, body: bytes) -> bytes:
        return hmac.digest(self._key, path.name.encode() + b"\n" + body, "sha256")

    def _replace(self, path: Path, raw: bytes) -> None:
        draft = path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)


def _named(text: str) -> str:
    """A file name that tells nothing and cannot leave the folder."""
    return hashlib.sha256(text.encode()).hexdigest()[:40]
