"""Every operation of the service, read from the routes, so that no test can forget a new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar.handlers import HTTPRouteHandler

from familypair_server.app import Application, create_app
from familypair_server.settings import Settings

PUBLIC_API = frozenset(
    {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/schema"),
        ("GET", "/schema/openapi.json"),
        ("GET", "/schema/policy.json"),
        ("GET", "/schema/{path:str}"),
        ("GET", "/.well-known/authzen-configuration"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/.well-known/oauth-authorization-server"),
        ("GET", "/oauth/authorize"),
        ("GET", "/style.css"),
        ("POST", "/oauth/device_authorization"),
        ("POST", "/oauth/introspect"),
        ("POST", "/oauth/revoke"),
        ("POST", "/oauth/token"),
    }
)
"""What answers without a token; every other API route must refuse. Pages are listed below."""
PAGES = frozenset(
    {
        "/",
        "/account",
        "/ask",
        "/consent",
        "/device",
        "/docs/problems",
        "/pair",
        "/signin",
        "/signup",
    }
)
"""What a browser visits; cookies instead of tokens."""
ID = "0123456789abcdefghjkmnpqrs"
"""The random part of an id that nobody has."""


@dataclass(frozen=True)
class Operation:
    """One method of one path, with the document that Litestar publishes of it."""

    method: str
    path: str
    document: dict[str, Any]
    known: dict[str, Any]

    @property
    def name(self) -> str:
        """For test ids."""
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The path's parameters that are ids."""
        names = [part[1:-1].partition(":")[0] for part in self.path.split("/") if "{" in part]
        return tuple(name for name in names if name not in {"seq", "digest"})

    @property
    def for_hosts(self) -> bool:
        """Whether a host app calls it, and no person."""
        return (self.method, self.path) in for_hosts()

    @property
    def media_type(self) -> str:
        """The media type of the body; empty when there is none."""
        return next(iter(self.document.get("requestBody", {}).get("content", {})), "")

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of the body with its reference followed."""
        schema: dict[str, Any] = self.document["requestBody"]["content"][self.media_type]["schema"]
        found: dict[str, Any] = (
            self.known[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        )
        return found

    @property
    def body(self) -> Any:
        """An example body."""
        return self.document["requestBody"]["content"][self.media_type]["example"]

    def url(self, **ids: str) -> str:
        """The path with these ids; one that nobody has in place of each that is not given."""
        path = self.path.replace("{seq}", ids.get("seq", "1"))
        path = path.replace("{digest}", ids.get("digest", "0" * 64))
        for name in self.ids:
            prefix = {"teen_id": "acc", "link_id": "lnk", "invitation_id": "inv"}.get(name, "ses")
            path = path.replace("{" + name + "}", ids.get(name, f"{prefix}_{ID}"))
        return path


@cache
def application() -> Application:
    """The service, not started: only its routes are looked at."""
    return create_app(Settings(issuer="https://pair.example"))


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return dict(application().litestar.openapi_schema.to_schema())


@cache
def operations() -> tuple[Operation, ...]:
    """Every documented operation."""
    known = document()["components"]["schemas"]
    return tuple(
        Operation(method.upper(), path, operation, known)
        for path, item in sorted(document()["paths"].items())
        for method, operation in item.items()
    )


def api() -> tuple[Operation, ...]:
    """The operations that need a token."""
    return tuple(o for o in operations() if o.path.startswith("/v1/"))


@cache
def for_hosts() -> frozenset[tuple[str, str]]:
    """Method and path of what host apps call, told by what the handlers take."""
    return frozenset(
        (method, path.replace(":str}", "}"))
        for method, path, handler in handlers()
        if "host" in handler.parsed_fn_signature.parameters
    )


def with_json() -> tuple[Operation, ...]:
    """The operations of the API that take a JSON body."""
    return tuple(o for o in api() if o.media_type.endswith("json"))


def handlers() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path template and handler of everything that is served, documented or not."""
    for route in application().litestar.routes:
        for method in sorted(getattr(route, "methods", ())):
            if method != "OPTIONS":
                handler, _ = route.route_handler_map[method]  # type: ignore[union-attr]  # only HTTP routes have methods
                yield method, str(route.path), handler
