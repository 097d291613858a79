"""Examples of policies for host apps, for the OpenAPI document."""

from typing import Any

_TEEN = "sub_0123456789abcdefghjkmnpqrs"
_NOW = "2026-11-22T15:00:00Z"
_USE = {
    "teen": _TEEN,
    "day_start": "2026-11-22T00:00:00Z",
    "seconds": 2700,
    "as_of": "2026-11-22T14:45:00Z",
}
_POLICY = {
    "teen": _TEEN,
    "version": 7,
    "document": "eyJhbGciOiJFZDI1NTE5In0.e30.c2lnbmF0dXJl",
    "use": _USE,
}
_HELP = {
    "country": "IE",
    "lines": [{"name": "Childline by ISPCC", "contact": "1800 66 66 66", "hours": "always"}],
}
_PATH = "screen_time.daily_minutes.mon"

WHOLE: dict[str, dict[str, Any]] = {
    "PolicySync": {"have": {_TEEN: 6}, "blocked": {_TEEN: 2}},
    "PolicySynced": {"now": _NOW, "teens": [_POLICY], "gone": [], "next": None, "help": _HELP},
    "TeenPolicy": _POLICY,
    "Applied": {"device": "tablet-1", "version": 7},
    "Capabilities": {"enforces": ["app.use", "search.query"], "restricted_search": True},
    "CapabilitiesSaid": {
        "enforces": ["app.use", "search.query"],
        "restricted_search": True,
        "declared_at": _NOW,
    },
    "AppliedRules": {
        "apps": [
            {
                "app": "cli_0123456789abcdefghjkmnpqrs",
                "name": "Loop",
                "status": "pending",
                "enforces": [_PATH],
                "fields": {_PATH: "pending"},
                "devices": 2,
                "applied": 1,
                "pending": 1,
                "unknown": 0,
                "pending_since": _NOW,
                "last_seen_at": "2026-11-22T00:00:00Z",
                "words": "Loop has not applied the newest of these rules on every device yet.",
            }
        ],
        "fields": {_PATH: "pending", "feed.stem": "advisory"},
    },
}
"""By schema."""

STREAM = f'event: policy\ndata: {{"teen":"{_TEEN}","version":7}}\n\n'
"""One hint."""
