"""What a job's handler receives and returns."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from familypair_server.ids import Random
from familypair_server.keys import Keys
from familypair_server.settings import Settings
from familypair_server.storage import Transaction


class JobParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a handler needs of a running service: plain values, no framework."""

    keys: Keys
    random: Random
    settings: Settings


Handler = Callable[[JobParts, str, datetime], Transaction[datetime | None]]
"""Do what is due for one subject at an instant; when it is due next, None when it is over.

It must be harmless to repeat. An exception rolls it back, and it is tried again later.
"""

Handlers = Mapping[str, Handler]
"""Every kind of job that this build knows, by name."""
