class OAuth2Error(Exception):
    error: str
    state: str | None
    redirect_uri: str | None
    def __init__(
        self,
        description: str | None = None,
        uri: str | None = None,
        status_code: int | None = None,
        state: str | None = None,
        redirect_uri: str | None = None,
    ) -> None: ...
    def __call__(self, uri: str | None = None) -> tuple[int, object, list[tuple[str, str]]]: ...
