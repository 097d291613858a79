"""Who listens to a live stream."""

from datetime import datetime

import msgspec


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """Who listens."""

    account_id: str
    is_guardian: bool
    session_id: str
    token_expires: datetime
