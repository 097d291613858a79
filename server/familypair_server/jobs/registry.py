"""Every kind of job that this build knows, collected from its subjects."""

from familypair_server.jobs.model import Handlers
from familypair_server.requests.jobs import JOBS as REQUESTS
from familypair_server.searches.jobs import JOBS as SEARCHES
from familypair_server.settings_api.jobs import JOBS as SETTINGS
from familypair_server.time.jobs import JOBS as TIME
from familypair_server.usage.jobs import JOBS as USAGE
from familypair_server.webhooks.jobs import JOBS as WEBHOOKS

HANDLERS: Handlers = {**REQUESTS, **SEARCHES, **SETTINGS, **TIME, **USAGE, **WEBHOOKS}
