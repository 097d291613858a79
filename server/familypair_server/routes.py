"""Every route of the service, collected from its subjects."""

from typing import Any

from familypair_server.accounts.routes import ROUTES as ACCOUNTS
from familypair_server.auth.routes import ROUTES as AUTH
from familypair_server.calendar.routes import ROUTES as CALENDAR
from familypair_server.hosts.routes import ROUTES as HOSTS
from familypair_server.invitations.routes import ROUTES as INVITATIONS
from familypair_server.links.routes import ROUTES as LINKS
from familypair_server.live.routes import ROUTES as LIVE
from familypair_server.records.routes import ROUTES as RECORDS
from familypair_server.requests.routes import ROUTES as REQUESTS
from familypair_server.settings_api.routes import ROUTES as SETTINGS
from familypair_server.teens.routes import ROUTES as TEENS
from familypair_server.time.routes import ROUTES as TIME
from familypair_server.usage.routes import ROUTES as USAGE

ROUTES: list[Any] = [
    *AUTH,
    *ACCOUNTS,
    *INVITATIONS,
    *LINKS,
    *TEENS,
    *TIME,
    *CALENDAR,
    *SETTINGS,
    *REQUESTS,
    *RECORDS,
    *LIVE,
    *HOSTS,
    *USAGE,
]
