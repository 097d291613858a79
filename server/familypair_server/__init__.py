"""The Family Pairing service: an ASGI application over SQLite or PostgreSQL."""
