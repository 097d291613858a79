from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request, TokenEndpoint, TokenMixin

class IntrospectionEndpoint(TokenEndpoint):
    def check_permission(
        self, token: TokenMixin, client: ClientMixin, request: OAuth2Request
    ) -> bool: ...
    def introspect_token(self, token: TokenMixin) -> dict[str, object]: ...
