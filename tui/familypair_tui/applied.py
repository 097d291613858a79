"""How the connected apps stand with a rule, in a few words for a screen."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final

from familypair.schema.policies import AppApplied, AppliedRules
from familypair_tui.when import day_clock, stamp

ADVISORY: Final = "advisory"
_SAID: Final[dict[str, tuple[str, str]]] = {
    "applied": ("✓ applied", "text"),
    "pending": ("◷ pending", "accent"),
    "unknown": ("? unknown", "bad"),
    ADVISORY: ("○ advice only", "muted"),
}
"""Status to words and tone; a status of a newer server is shown as it is."""


def said_of(status: str) -> tuple[str, str]:
    """Glyph and word of a status, and its tone."""
    return _SAID.get(status, (status, "muted"))


def at_apps(
    found: AppliedRules | None, path: str, now: datetime, zone: tzinfo
) -> list[tuple[str, str, str]]:
    """For each app its name, how this rule stands there, and the tone of that."""
    if found is None:
        return []
    return [(app.name, *_at(app, path, now, zone)) for app in found.apps]


def _at(app: AppApplied, path: str, now: datetime, zone: tzinfo) -> tuple[str, str]:
    status = app.fields.get(path, ADVISORY)
    words, tone = said_of(status)
    if status == "pending" and app.pending_since:
        words += f" since {day_clock(app.pending_since, zone)}"
    if status == "unknown":
        words += f", last seen {stamp(app.last_seen_at, zone, now)}" if app.last_seen_at else ""
    return words, tone


def mark(found: AppliedRules | None, paths: Iterable[str]) -> tuple[str, str] | None:
    """The weakest of these rules over all apps; None where no app is connected."""
    statuses = [] if found is None or not found.apps else [found.fields.get(p, "") for p in paths]
    order = ("applied", "pending", "unknown", ADVISORY)
    known = [status for status in statuses if status in order]
    return said_of(max(known, key=order.index)) if known else None


def behind(found: AppliedRules | None) -> str:
    """Which apps do not apply everything that they enforce: `Loop pending`; empty for none."""
    apps = () if found is None else found.apps
    late = [app for app in apps if app.status in {"pending", "unknown"}]
    if not late:
        return ""
    more = f" +{len(late) - 1}" if len(late) > 1 else ""
    glyph, _, word = said_of(late[0].status)[0].partition(" ")
    return f"{glyph} {late[0].name} {word}{more}"
