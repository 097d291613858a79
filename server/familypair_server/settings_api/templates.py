"""Templates: named sets of values for one age band, to start a guardian's layer from.

Starting points, not advice: each is shown as a draft with its preview before it is saved. None is
looser than a default of its band where only tightening would count.
"""

from typing import Any

from familypair.schema.settings import Template, Templates
from familypair.settings import WEEKDAYS, Band

_SCHOOL_DAYS, _WEEKEND = WEEKDAYS[:5], WEEKDAYS[5:]


def _days(school: int, weekend: int) -> dict[str, int]:
    return dict.fromkeys(_SCHOOL_DAYS, school) | dict.fromkeys(_WEEKEND, weekend)


def _sleep(start: str, end: str) -> dict[str, Any]:
    return {"kind": "sleep", "days": list(WEEKDAYS), "start": start, "end": end}


_SCHOOL = {"kind": "school", "days": list(_SCHOOL_DAYS), "start": "08:00", "end": "13:00"}

TEMPLATES = Templates(
    items=(
        Template(
            name="gentle-13",
            title="Gentle start",
            band=Band.YOUNGER,
            summary="An hour a day, two at the weekend; a reminder, and nothing stops by itself.",
            values={
                "screen_time": {"daily_minutes": _days(60, 120), "at_limit": "remind"},
                "schedule": {"wind_down": "21:00"},
            },
        ),
        Template(
            name="school-13",
            title="School weeks",
            band=Band.YOUNGER,
            summary="Quiet at school and at night, an hour a day, more only after asking.",
            values={
                "screen_time": {"daily_minutes": _days(60, 90), "at_limit": "ask"},
                "schedule": {"blocks": [_sleep("21:00", "07:00"), _SCHOOL], "wind_down": "20:30"},
            },
        ),
        Template(
            name="close-13",
            title="Close company",
            band=Band.YOUNGER,
            summary="Shorter days that stop by themselves; only friends comment or mention.",
            values={
                "screen_time": {"daily_minutes": _days(45, 60), "at_limit": "stop"},
                "schedule": {"blocks": [_sleep("21:00", "07:00")]},
                "interactions": {"comments": "friends", "mentions": "friends"},
                "search": {"restricted_mode": "on"},
            },
        ),
        Template(
            name="gentle-16",
            title="Trust first",
            band=Band.OLDER,
            summary="Two hours a day, three at the weekend, with a reminder; nights stay quiet.",
            values={
                "screen_time": {"daily_minutes": _days(120, 180), "at_limit": "remind"},
                "schedule": {"wind_down": "22:00"},
            },
        ),
        Template(
            name="school-16",
            title="Exam time",
            band=Band.OLDER,
            summary="Ninety minutes a day, more after asking, and a real night's sleep.",
            values={
                "screen_time": {"daily_minutes": _days(90, 120), "at_limit": "ask"},
                "schedule": {"blocks": [_sleep("22:30", "06:30")], "wind_down": "21:30"},
            },
        ),
    )
)
