"""Every value of which the live stream sends only the latest, collected from its subjects."""

from familypair_server.live.latest import register
from familypair_server.policies.applied import live as live_applied
from familypair_server.requests.reading import latest as live_requests
from familypair_server.time.glances import live_use


def collect() -> None:
    """Register what there is; once, when the routes are made."""
    register({"use": live_use, "request": live_requests, "applied": live_applied})
