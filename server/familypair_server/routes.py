"""Every route of the service, collected from its subjects."""

from typing import Any

from familypair_server.accounts.routes import ROUTES as ACCOUNTS
from familypair_server.auth.routes import ROUTES as AUTH
from familypair_server.calendar.routes import ROUTES as CALENDAR
from familypair_server.decisions.routes import ROUTES as DECISIONS
from familypair_server.hosts.routes import ROUTES as HOSTS
from familypair_server.invitations.routes import ROUTES as INVITATIONS
from familypair_server.links.routes import ROUTES as LINKS
from familypair_server.live.routes import ROUTES as LIVE
from familypair_server.ofrep.routes import ROUTES as OFREP
from familypair_server.packs.routes import ROUTES as PACKS
from familypair_server.policies.routes import ROUTES as POLICIES
from familypair_server.records.routes import ROUTES as RECORDS
from familypair_server.requests.pages import ROUTES as ASK
from familypair_server.requests.routes import ROUTES as REQUESTS
from familypair_server.settings_api.routes import ROUTES as SETTINGS
from familypair_server.teens.routes import ROUTES as TEENS
from familypair_server.time.routes import ROUTES as TIME
from familypair_server.usage.routes import ROUTES as USAGE
from familypair_server.webhooks.routes import ROUTES as WEBHOOKS

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
    *ASK,
    *RECORDS,
    *LIVE,
    *HOSTS,
    *USAGE,
    *POLICIES,
    *PACKS,
    *WEBHOOKS,
    *OFREP,
    *DECISIONS,
]
