from datetime import UTC, datetime

from familypair.testing.decisions import rules_of

guardian = {"id": "dana", "values": {"screen_time": {"at_limit": "stop"}}}
rules = rules_of({"band": "13-15", "guardians": [guardian]}, now=datetime.now(UTC))
for minutes in (50, 60):
    decision = rules.ask({"action": "app.use"}, minutes=minutes)
    print(minutes, decision.outcome, decision.reason, decision.minutes_left)
    print(decision.explanation)
