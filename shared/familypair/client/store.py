"""The token file: one per profile, 0600 in a 0700 folder, replaced whole and fsynced.

Threat T4 (curious sibling at a shared terminal) and T5 (stolen refresh token): the file is refused
when others may read it, and a rotated token is on disk before it is used for the first time.
"""

import asyncio
import contextlib
import os
import re
import stat
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import msgspec

from familypair.client.errors import ClientError, UnsafeStore

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOCK_POLL = 0.02
"""Seconds between two tries for a lock that another process holds."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in session as it lies in the token file."""

    issuer: str
    access_token: str
    expires_at: float
    """Epoch seconds after which the access token is not tried any more."""
    refresh_token: str = ""
    account: str = ""
    """The account's id, so that a step-up as somebody else is noticed."""
    name: str = ""
    kind: str = ""

    def __repr__(self) -> str:
        """Without the tokens: a traceback or a log must not hold them."""
        return f"Saved(issuer={self.issuer!r}, account={self.account!r}, kind={self.kind!r})"


class Store(Protocol):
    """Where a session is kept. `TokenStore` is the file; `MemoryStore` ends with the process."""

    def load(self) -> Saved | None:
        """The session, or None."""
        ...

    def save(self, saved: Saved) -> None:
        """Keep the session; durable when it returns."""
        ...

    def clear(self) -> None:
        """Forget the session."""
        ...

    def locked(
        self, sleep: Callable[[float], Awaitable[None]]
    ) -> AbstractAsyncContextManager[None]:
        """Hold the right to change it."""
        ...


class MemoryStore:
    """A session that ends with the process: for demos, tests and hosts that keep their own."""

    def __init__(self, saved: Saved | None = None) -> None:
        self._saved = saved
        self._lock = asyncio.Lock()

    def load(self) -> Saved | None:
        """The session, or None."""
        return self._saved

    def save(self, saved: Saved) -> None:
        """Keep the session."""
        self._saved = saved

    def clear(self) -> None:
        """Forget the session."""
        self._saved = None

    @contextlib.asynccontextmanager
    async def locked(self, sleep: Callable[[float], Awaitable[None]]) -> AsyncGenerator[None]:
        """Hold the right to change it; `sleep` is not needed within one process."""
        del sleep
        async with self._lock:
            yield


def home_folder(environ: dict[str, str] | None = None) -> Path:
    """Where profiles live: `FAMILYPAIR_HOME`, else the user's data folder for this platform."""
    chosen = (os.environ if environ is None else environ).get("FAMILYPAIR_HOME", "")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs  # noqa: PLC0415 - loads only without FAMILYPAIR_HOME

    return Path(platformdirs.user_data_dir("familypair", appauthor=False))


class TokenStore:
    """The token file of one profile, and the lock that makes refreshing a single flight."""

    def __init__(self, profile: str = "default", *, home: Path | None = None) -> None:
        if not _PROFILE.fullmatch(profile):
            raise ClientError("A profile name has letters, digits, dots, dashes and underscores.")
        self.folder = (home or home_folder()) / "profiles"
        self.path = self.folder / f"{profile}.json"
        self._lock = self.folder / f"{profile}.lock"

    def load(self) -> Saved | None:
        """Read the session; None when nobody is signed in. Raises `UnsafeStore`, `ClientError`."""
        try:
            raw = self._read()
        except FileNotFoundError:
            return None
        try:
            return msgspec.json.decode(raw, type=Saved)
        except msgspec.DecodeError as error:
            raise ClientError(f"The token file {self.path} is damaged; sign in again.") from error

    def save(self, saved: Saved) -> None:
        """Replace the file atomically; on disk when this returns."""
        self._prepare()
        draft = self.path.with_suffix(f".{os.getpid()}.new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        descriptor = os.open(draft, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(saved))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        self._sync_folder()

    def clear(self) -> None:
        """Forget the session on this machine."""
        self.path.unlink(missing_ok=True)

    @contextlib.asynccontextmanager
    async def locked(self, sleep: Callable[[float], Awaitable[None]]) -> AsyncGenerator[None]:
        """Hold the profile's lock across processes; waits without blocking the event loop.

        The operating system frees the lock when its holder dies.
        """
        self._prepare()
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not try_lock(descriptor):
                await sleep(_LOCK_POLL)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> bytes:
        with self.path.open("rb") as file:
            if sys.platform != "win32":
                self._check(os.fstat(file.fileno()))
            return file.read()

    def _check(self, found: os.stat_result) -> None:
        shared = stat.S_IMODE(found.st_mode) & 0o077
        folder = stat.S_IMODE(self.folder.stat().st_mode) & 0o077
        if shared or folder or found.st_uid != os.geteuid():
            place = self.path if shared or found.st_uid != os.geteuid() else self.folder
            mode = "600" if place == self.path else "700"
            raise UnsafeStore(
                f"Other people on this machine can open {place}, so it is not used. "
                f"If it is yours: chmod {mode} '{place}'"
            )

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32" and stat.S_IMODE(self.folder.stat().st_mode) & 0o077:
            raise UnsafeStore(
                f"Other people on this machine can open {self.folder}, so nothing is kept there. "
                f"If it is yours: chmod 700 '{self.folder}'"
            )

    def _sync_folder(self) -> None:
        if sys.platform == "win32":
            return
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take an open file's lock unless another process holds it; freed when it is closed."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
