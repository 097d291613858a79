"""Every route of sign-in: the OAuth endpoints, and the pages for people."""

from typing import Any

from litestar import Router
from litestar.di import Provide

from familypair_server.auth import (
    oauth_routes,
    pages_account,
    pages_apps,
    pages_public,
    pages_sign_in,
)
from familypair_server.auth.page_errors import HANDLERS
from familypair_server.auth.wiring import provide_auth

ROUTES: list[Any] = [
    Router("/", route_handlers=oauth_routes.ROUTES, dependencies={"auth": Provide(provide_auth)}),
    Router(
        "/",
        route_handlers=[
            *pages_public.ROUTES,
            *pages_sign_in.ROUTES,
            *pages_apps.ROUTES,
            *pages_account.ROUTES,
        ],
        dependencies={"auth": Provide(provide_auth)},
        exception_handlers=HANDLERS,
    ),
]
