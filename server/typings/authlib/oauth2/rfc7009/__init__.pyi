from authlib.oauth2.rfc6749 import OAuth2Request, TokenEndpoint, TokenMixin

class RevocationEndpoint(TokenEndpoint):
    def revoke_token(self, token: TokenMixin, request: OAuth2Request) -> None: ...
