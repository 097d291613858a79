"""Fixtures that every test may ask for."""

pytest_plugins = (
    "support.databases",
    "support.live_server",
    "support.server",
    "support.linked",
    "support.shells",
)
