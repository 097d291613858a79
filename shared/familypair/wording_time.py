"""Words for the codes of host apps, time and requests, for a parent and for a teen."""

from typing import Final

from familypair.reasons import Reason
from familypair.words import Words

USE: Final[dict[Reason, Words]] = {
    Reason.WRONG_SCOPE: Words(
        "Scope missing", "This client's token lacks the scope for that: {scope}."
    ),
    Reason.NOT_BOUND: Words("Not bound", "This teen has not bound this app."),
    Reason.DEVICE_NOT_BOUND: Words(
        "Device not bound", "This device is not bound to that teen; bind it first."
    ),
    Reason.DEVICE_TAKEN: Words("Device taken", "This device belongs to another teen."),
    Reason.TOO_MANY_DEVICES: Words(
        "Enough devices", "At most {max} devices of one teen; remove one first."
    ),
    Reason.SEQ_CONFLICT: Words(
        "Number used before", "This device has used this number for another interval."
    ),
    Reason.NOT_UTC: Words("Not UTC", "Instants are in UTC and end with Z; a host has no zone."),
    Reason.EMPTY_INTERVAL: Words("Empty interval", "The end has to be after the start."),
    Reason.INTERVAL_TOO_LONG: Words("Too long", "An interval can last 24 hours at most."),
    Reason.IN_THE_FUTURE: Words("In the future", "This lies in the future of our clock."),
    Reason.TOO_OLD: Words("Too old", "Use older than 7 days is not taken."),
    Reason.BEFORE_LAST_REPORT: Words(
        "Reported already", "This lies before the device's last report; it stays unknown."
    ),
}

TIME: Final[dict[Reason, Words]] = {
    Reason.NOT_LIMITED: Words("No limit today", "Today has no limit, so nothing can be added."),
    Reason.PROBATION_GIFT_LIMIT: Words(
        "Too much for the first day",
        "In the first 24 hours you can give 60 minutes a day at most.",
        "In the first 24 hours this guardian can give 60 minutes a day at most.",
    ),
    Reason.OVER_THE_DAY: Words("More than a day", "A day cannot have more time than it is long."),
    Reason.NOT_UNUSED: Words("Used up", "All of it has been used; there is nothing to take back."),
    Reason.NOT_WAITING: Words("Nothing waits", "This gift does not wait for a yes."),
    Reason.CODES_STOPPED: Words(
        "No codes", "Your rule stops at the limit, so codes are off; you can still give minutes."
    ),
    Reason.CODE_WRONG: Words(
        "Wrong code", "This code is wrong, used or too old.", "That code is wrong, used or too old."
    ),
    Reason.TOO_MANY_CODE_TRIES: Words(
        "Too many tries", "Five wrong codes today; codes work again on the next day."
    ),
    Reason.STILL_LIMITED: Words(
        "Another rule limits",
        "It would not help yet; today is also limited by: {by}. The code was not used up.",
    ),
    Reason.OWN_STOP: Words(
        "Your own rule stops",
        "The teen's own rule stops at the limit.",
        "Your own rule stops at the limit. To go on, change that rule.",
    ),
    Reason.BAD_CALENDAR: Words("Not a calendar", "This is no iCalendar file: {fault}."),
    Reason.TOO_MANY_DAYS: Words("Too many days", "At most {max} days can be asked for at once."),
}

ASKING: Final[dict[Reason, Words]] = {
    Reason.NOTHING_IN_THE_WAY: Words(
        "Nobody needs to agree",
        "Nothing is in the way of that.",
        "Nothing is in the way: you can do this yourself.",
    ),
    Reason.CAP_IN_THE_WAY: Words(
        "The platform's rule", "The platform allows at most {cap} at this age; nobody can agree."
    ),
    Reason.FROZEN_IN_THE_WAY: Words(
        "Cannot be changed now",
        "A rule of a guardian who is leaving, or may no longer set it, stays as it is for now; "
        "nobody can agree to change it.",
    ),
    Reason.TOO_MANY_REQUESTS_OPEN: Words(
        "Five are open", "Five requests are open.", "Five of your requests wait for an answer."
    ),
    Reason.DECLINED_TODAY: Words(
        "Declined today", "This was declined today.", "This was declined today; ask again tomorrow."
    ),
    Reason.ALREADY_ASKED: Words("Already asked", "The same request is open."),
    Reason.NOT_ASKED_OF_YOU: Words("Not asked of you", "Your rules are not in the way of this."),
    Reason.REQUEST_CLOSED: Words("Closed", "This request is closed: {what}; nothing changed."),
    Reason.ANSWERED_ALREADY: Words("Answered", "You have answered this already."),
    Reason.MORE_THAN_ASKED: Words(
        "Not less than asked",
        "You can agree to at most what was asked; another offer has to be less, or different.",
    ),
    Reason.PROBATION_BOUND: Words(
        "Not in the first day",
        "In the first 24 hours of a link nothing can become looser than without it.",
    ),
    Reason.TOO_MANY_AUTO_RULES: Words("Enough rules", "At most {max} standing yeses."),
    Reason.NOTHING_TO_COPY: Words("Nothing to copy", "There are no rules of yours to copy there."),
}
