"""Time, schedule and notifications: the fields of scope `set_time` (product.md section 4)."""

from typing import Final

from familypair.schema.scopes import Scope
from familypair.settings.bands import FieldClass, Owner
from familypair.settings.field import Field, Help
from familypair.settings.orders import Blocks, Clock, Exceptions, Minutes, Numbers, Windows
from familypair.settings.tables import Words, by_band, choice
from familypair.settings.values import WEEKDAYS, Window

_TIME: Final = Scope.SET_TIME
_REPLACE: Final = FieldClass.REPLACE

DAY_NAMES: Final = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)

_AT_LIMIT: Final[Words] = {
    "remind": ("only a reminder", "you get a reminder and go on"),
    "ask": ("asks for more time", "you ask for more time"),
    "stop": ("stops until the next day", "it stops until your next day"),
}


def _daily(day: str) -> Field:
    return Field(
        path=f"screen_time.daily_minutes.{day}",
        cls=_REPLACE,
        order=Minutes(0, 1440),
        scope=_TIME,
        title=f"Daily time on {DAY_NAMES[day]}",
        help=Help(
            f"How many minutes {DAY_NAMES[day]} allows, on all devices together.",
            f"How many minutes you have on {DAY_NAMES[day]}, on all your devices together.",
        ),
        defaults=by_band(60, 60),
    )


def _night(start: str) -> tuple[Window, ...]:
    return (Window(WEEKDAYS, start, "08:00"),)


_SCREEN_TIME: Final = (
    choice(
        "screen_time.at_limit",
        _TIME,
        "When the time is used up",
        Help(
            "What happens when the minutes of the day are used up.",
            "What happens when your minutes of the day are used up.",
        ),
        _AT_LIMIT,
        default=by_band("ask", "ask"),
        cls=_REPLACE,
    ),
    Field(
        path="screen_time.warnings",
        cls=FieldClass.TIGHTEN,
        order=Numbers(high=120, most=6, always=0),
        scope=_TIME,
        title="Warnings before the end",
        help=Help(
            "At how many minutes left a warning is shown; you can only add some.",
            "At how many minutes left you get a warning.",
        ),
        defaults=by_band(frozenset({15, 5, 0}), frozenset({15, 5, 0})),
    ),
    Field(
        path="screen_time.break_every",
        cls=_REPLACE,
        order=Minutes(10, 60),
        scope=_TIME,
        title="Break reminder",
        help=Help(
            "After how many minutes in a row a break is suggested. Only a reminder.",
            "After how many minutes in a row you are reminded of a break. It never stops you.",
        ),
    ),
    Field(
        path="screen_time.roll_over",
        cls=_REPLACE,
        order=Minutes(0, 240, none=False),
        scope=_TIME,
        title="Minutes saved for tomorrow",
        help=Help(
            "How many unused minutes of your limit may move to the next day. Unset: none.",
            "How many unused minutes may move to your next day. Unset: none.",
        ),
        defaults=by_band(0, 0, 0),
        meets=False,
    ),
    Field(
        path="screen_time.day_starts_at",
        cls=_REPLACE,
        order=Clock(off=False),
        scope=_TIME,
        title="When the day starts",
        help=Help(
            "When a new day with new minutes begins. It belongs to the teen.",
            "When your new day with new minutes begins. With a guardian linked it is a request.",
        ),
        writers=frozenset({Owner.TEEN}),
        by_request=True,
    ),
)

_SCHEDULE: Final = (
    Field(
        path="schedule.blocks",
        cls=_REPLACE,
        order=Blocks(),
        scope=_TIME,
        title="Blocked times",
        help=Help(
            "Times of the week without the app: sleep, school, time away.",
            "Times of the week in which the app is closed: sleep, school, time away.",
        ),
    ),
    Field(
        path="schedule.exceptions",
        cls=_REPLACE,
        order=Exceptions(),
        scope=_TIME,
        title="Exceptions for some days",
        help=Help(
            "Holidays and other days on which your own rules differ.",
            "Holidays and other days on which rules of the same person differ.",
        ),
        meets=False,
    ),
    Field(
        path="schedule.wind_down",
        cls=_REPLACE,
        order=Clock(off=True),
        scope=_TIME,
        title="Wind-down",
        help=Help(
            "From when the screen turns calm before sleep.",
            "From when your screen turns calm before sleep.",
        ),
        defaults=by_band("22:00", "22:00"),
        words={"off": ("off", "off")},
    ),
    Field(
        path="notifications.mute",
        cls=FieldClass.TIGHTEN,
        order=Windows(),
        scope=_TIME,
        title="Quiet notifications",
        help=Help(
            "When notifications are silent. The platform's night can only grow.",
            "When your notifications are silent. The platform's night can only grow.",
        ),
        caps=by_band(_night("21:00"), _night("22:00")),
    ),
)

TIME_FIELDS: Final[tuple[Field, ...]] = (*map(_daily, WEEKDAYS), *_SCREEN_TIME, *_SCHEDULE)
