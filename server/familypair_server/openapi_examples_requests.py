"""Examples of the OpenAPI document for requests, agreements and standing yeses."""

from typing import Any

IDS = {"Request": "req", "Agreement": "agr", "AutoRule": "aut"}
"""The prefix of the property `id`, by schema."""

PREFIXES = {"request_id": "req", "agreement_id": "agr", "rule_id": "aut"}
"""Parameters that are ids."""

_MINUTES = {"type": "minutes", "minutes": 30}
_PLAN = {
    "type": "plan",
    "title": "Weekend deal",
    "patch": {"screen_time": {"daily_minutes": {"mon": 45, "sat": 90}}},
    "review_in_days": 30,
}

WHOLE: dict[str, dict[str, Any]] = {
    "AgreementAsk": {"plan": _PLAN, "reason": "more time when there is no school"},
    "ApproveAsk": {"minutes": 15},
    "AutoRuleAsk": {"minutes": 15, "days": ["sat", "sun"], "times_a_day": 1},
    "CounterAsk": {"wish": {"type": "minutes", "minutes": 10}, "note": "then tidy up"},
    "DeclineAsk": {"reason": "not before the test"},
    "MoreTime": _MINUTES,
    "NoteAsk": {"text": "it is the last round"},
    "Plan": _PLAN,
    "RequestAsk": {"wish": _MINUTES, "reason": "the last round"},
    "ReviewAsk": {"again_in_days": 30},
}
"""Bodies whose parts only make sense together, by schema."""
