"""Examples of the OpenAPI document for webhooks."""

from typing import Any

_ID = "0123456789abcdefghjkmnpqrs"

PREFIXES = {"webhook_id": "whk", "delivery_id": "whd"}
"""Parameters that are ids."""

_WEBHOOK = {
    "id": f"whk_{_ID}",
    "url": "https://hooks.loop.example/familypair",
    "events": ["policy.changed", "app.bound", "app.unbound"],
    "created_at": "2026-11-22T15:00:00Z",
}

WHOLE: dict[str, dict[str, Any]] = {
    "WebhookAsk": {"url": _WEBHOOK["url"], "events": _WEBHOOK["events"]},
    "Webhook": _WEBHOOK,
    "WebhookSecret": {
        "webhook": _WEBHOOK,
        "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoamttbnBxcnN0dnd4eXo=",
    },
    "Delivery": {
        "id": f"whd_{_ID}",
        "event": "policy.changed",
        "state": "waiting",
        "attempts": 1,
        "created_at": "2026-11-22T15:00:00Z",
        "last_status": 503,
        "last_error": "status",
        "last_attempt_at": "2026-11-22T15:00:01Z",
        "next_attempt_at": "2026-11-22T15:00:06Z",
        "body": {
            "type": "policy.changed",
            "timestamp": "2026-11-22T15:00:00Z",
            "data": {"teen": f"sub_{_ID}", "version": 8},
        },
    },
}
"""Bodies whose parts only make sense together, by schema."""
