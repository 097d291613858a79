from collections.abc import Callable

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request

class ClientAuthentication:
    def __init__(self, query_client: Callable[[str], ClientMixin | None]) -> None: ...
    def __call__(
        self, request: OAuth2Request, methods: list[str], endpoint: str = "token"
    ) -> ClientMixin: ...
