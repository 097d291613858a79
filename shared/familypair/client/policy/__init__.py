"""Local decisions for host apps: `PolicyCache` (product.md section 11). Needs the extra `client`.

from familypair.client import PolicyCache

async with PolicyCache("https://pair.example", client_id, client_secret) as cache:
    await cache.ready()
    decision = cache.decide(teen, "search.query", text="frogs")
    print(decision.outcome, decision.explanation, decision.valid_until)
"""

from familypair.client.policy.cache import PolicyCache
from familypair.client.policy.events import (
    CacheStatus,
    EventKind,
    PolicyEvent,
    TeenState,
    TeenStatus,
)

__all__ = [
    "CacheStatus",
    "EventKind",
    "PolicyCache",
    "PolicyEvent",
    "TeenState",
    "TeenStatus",
]
