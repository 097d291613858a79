"""One process per SQLite file, kept by an advisory lock that the kernel drops with the process."""

import errno
import fcntl
import os
import time
from pathlib import Path

from familypair_server.storage.errors import FileInUse

_STEP = 0.05


class FileLock:
    """An exclusive lock on `<database>.lock`. A crash releases it; the file itself stays."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._file = -1

    def acquire(self, *, wait: float = 0.0) -> None:
        """Take the lock, waiting up to `wait` seconds; raises `FileInUse` with the holder's id."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + wait
        while not _try(file):
            if time.monotonic() >= end:
                holder = os.pread(file, 32, 0).decode(errors="replace").strip() or "unknown"
                os.close(file)
                raise FileInUse(f"{self.path} is held by process {holder}: one process per file")
            time.sleep(_STEP)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _try(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        return False
    return True
