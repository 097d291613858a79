"""The handshake: codes and links, claims, the disclosure, and the teen's consent."""
