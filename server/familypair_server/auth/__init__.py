"""Sign-in: the authorization server, opaque tokens, browser sessions, and who a caller is."""
