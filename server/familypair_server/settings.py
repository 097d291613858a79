"""Configuration: `FAMILYPAIR_*` variables over an optional TOML file, into one frozen struct."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from platformdirs import user_data_path

PREFIX = "FAMILYPAIR_"
FILE_VARIABLE = "FAMILYPAIR_CONFIG"
CLIENT_VARIABLES = {"FAMILYPAIR_HOME", "FAMILYPAIR_ISSUER", "FAMILYPAIR_PROFILE"}
"""Variables that the terminal client reads; the server only shares `FAMILYPAIR_ISSUER`."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Addresses that only this machine can reach."""

DATABASES = ("sqlite:///", "postgresql://", "postgres://")
"""How a database URL begins."""

_ORIGIN = re.compile(r"https?://[^\s/?#@]+/?")

Positive = Annotated[int, msgspec.Meta(ge=1)]


class SettingsError(Exception):
    """A bad value: the message gives the name, the fault, and the nearest valid name."""


def _default_database() -> str:
    return f"sqlite:///{user_data_path('familypair') / 'familypair.db'}"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that an operator can set. Each field is a `FAMILYPAIR_<NAME>` variable."""

    database: str = msgspec.field(default_factory=_default_database)
    """Where the data lives: `sqlite:///path/to/file.db` or `postgresql://user@host/name`."""
    host: str = "127.0.0.1"
    """Address to listen on. Anything but loopback needs an `https` issuer in front."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8085
    """Port to listen on; 0 takes a free one."""
    issuer: str = ""
    """Public base URL, such as `https://pair.example`. Empty: `http://<host>:<port>`."""
    secret_file: str = ""
    """File with the root secret, made on the first start. Empty: beside the SQLite file."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-For` is believed; comma-separated in the environment."""
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")] = "IE"
    """The operator's country (ISO 3166), used where a person's country is not known."""
    operator_contact: str = "the operator of this service"
    """Shown wherever people are told whom to ask."""
    max_teens_per_guardian: Positive = 10
    """Most teens that one guardian may be linked with."""
    max_guardians_per_teen: Positive = 6
    """Most guardians that one teen may be linked with."""
    notice_hours: Annotated[int, msgspec.Meta(ge=0, le=168)] = 48
    """Hours that time rules stay after a teen ends a link, where no jurisdiction says less."""
    layer_writes_per_hour: Positive = 60
    """Most changes of one person's rules for one teen in an hour."""
    signups_per_hour: Positive = 20
    """Most new accounts from one network (an IPv4 /24, an IPv6 /56) in an hour."""
    usage_per_minute: Annotated[int, msgspec.Meta(ge=1_000)] = 300_000
    """Most intervals of use that one host app may send to one node in a minute."""
    questions_per_minute: Annotated[int, msgspec.Meta(ge=1_000)] = 6_000_000
    """Most decisions that one host app may ask of one node in a minute."""
    questions_per_batch: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 50
    """Most questions of one `/access/v1/evaluations`; a body has at most 64 KiB anyway."""
    decision_cache_mb: Positive = 256
    """Memory for compiled rules of teens that hosts ask about: 1 MiB for about 500 teens."""
    password_cost: Literal["standard", "cheapest"] = "standard"  # noqa: S105 - a cost profile
    """Argon2id profile; `cheapest` is for tests and the demo only."""
    jobs_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 30
    """Most seconds between two looks for work that has become due; 0 turns that work off here."""
    webhook_loopback: bool = False
    """Let webhooks go to this machine, also over http, to try them out. Refused beyond loopback."""
    demo: bool = False
    """A demonstration: `POST /demo/clock` moves the clock. Refused unless on loopback."""
    demo_days: Annotated[int, msgspec.Meta(ge=0, le=366)] = 0
    """How many days ago the clock of a demonstration begins, so that weeks can pass in it."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the server writes to stderr; bodies and names are never written."""

    def base_url(self) -> str:
        """The issuer without a trailing slash."""
        return (self.issuer or f"http://{self.host}:{self.port}").rstrip("/")

    def secret_path(self) -> Path:
        """Where the root secret is."""
        if self.secret_file:
            return Path(self.secret_file)
        if self.database.startswith("sqlite:///"):
            return Path(self.database.removeprefix("sqlite:///") + ".secret")
        return user_data_path("familypair") / "familypair.secret"


def load(environ: Mapping[str, str], given: Mapping[str, object] | None = None) -> Settings:
    """Read the settings; `given` (a command's options) win over the environment over the file.

    Raises `SettingsError` on a value or name that cannot be used.
    """
    values = _from_file(environ.get(FILE_VARIABLE, ""))
    values.update(_from_environment(environ))
    values.update(given or {})
    _refuse_unknown(values)
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_sentence(error)) from error
    for name, fault in _faults(settings):
        message = f"{PREFIX}{name}: {fault}"
        raise SettingsError(message)
    return settings


def _faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """What a type cannot say; a database URL may hold a password and is never repeated."""
    if settings.demo and settings.host not in LOOPBACK:
        yield "DEMO", f"a demonstration listens on loopback only, not on {settings.host}"
    if settings.demo_days and not settings.demo:
        yield "DEMO_DAYS", "only the clock of a demonstration can begin in the past; see DEMO"
    if settings.webhook_loopback and not _is_local(settings):
        yield "WEBHOOK_LOOPBACK", "only a server that listens on loopback and is named there may"
    if settings.issuer and not _ORIGIN.fullmatch(settings.issuer):
        yield "ISSUER", f"{settings.issuer} is not a base URL such as https://pair.example"
    if not settings.database.startswith(DATABASES):
        yield "DATABASE", "it begins with none of " + ", ".join(DATABASES)
    for entry in settings.trusted_proxies:
        try:
            ip_network(entry, strict=False)
        except ValueError:
            yield "TRUSTED_PROXIES", f"{entry!r} is neither an address nor a network"


def _is_local(settings: Settings) -> bool:
    """Whether nobody but this machine can reach the service, also not through a proxy."""
    named = urlsplit(settings.issuer).hostname if settings.issuer else settings.host
    return settings.host in LOOPBACK and named in LOOPBACK


def _from_file(name: str) -> dict[str, object]:
    if not name:
        return {}
    try:
        return dict(tomllib.loads(Path(name).read_text()))
    except (OSError, tomllib.TOMLDecodeError) as error:
        message = f"{FILE_VARIABLE}={name}: {error}"
        raise SettingsError(message) from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, text in environ.items():
        own = name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_")
        if not own or name == FILE_VARIABLE or name in CLIENT_VARIABLES - {"FAMILYPAIR_ISSUER"}:
            continue
        key = name.removeprefix(PREFIX).lower()
        listed = tuple(filter(None, text.replace(" ", "").split(",")))
        values[key] = listed if key == "trusted_proxies" else text
    return values


def _refuse_unknown(values: Mapping[str, object]) -> None:
    known = Settings.__struct_fields__
    for key in values:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
            message = f"{PREFIX}{key.upper()} is not a setting{hint}"
            raise SettingsError(message)


def _sentence(error: msgspec.ValidationError) -> str:
    fault, _, place = str(error).partition(" - at ")
    return f"{PREFIX}{place.strip('`$.').upper()}: {fault}"
