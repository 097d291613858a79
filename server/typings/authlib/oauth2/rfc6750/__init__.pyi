from collections.abc import Callable

class BearerTokenGenerator:
    def __init__(
        self,
        access_token_generator: Callable[..., str],
        refresh_token_generator: Callable[..., str] | None = None,
        expires_generator: Callable[..., int] | None = None,
    ) -> None: ...
    def __call__(
        self,
        grant_type: str,
        client: object,
        user: object = None,
        scope: str | None = None,
        expires_in: int | None = None,
        *,
        include_refresh_token: bool = True,
    ) -> dict[str, object]: ...
