"""Words for decisions and host apps, kept apart for the length of `familypair.wording`."""

from familypair.reasons import Reason
from familypair.words import Words

DECISIONS: dict[Reason, Words] = {
    Reason.ALLOWED: Words("Allowed", "Nothing stands in the way."),
    Reason.ALWAYS_ALLOWED: Words(
        "Always allowed",
        "Help, reports and blocking are always open.",
        "This is always open to you.",
    ),
    Reason.HELP_QUERY: Words(
        "Help", "Searches for help always work.", "You can always search for help."
    ),
    Reason.LIMIT_REMINDER: Words(
        "Limit passed",
        "The day's limit is passed; it is a reminder only.",
        "You have passed your limit for today. This is a reminder only.",
    ),
    Reason.LIMIT_REACHED: Words(
        "Time is up", "The day's time is used up.", "Your time for today is used up."
    ),
    Reason.BLOCKED_TIME: Words(
        "Not at this time", "The app is closed at this time.", "The app is closed for you now."
    ),
    Reason.QUIET_TIME: Words(
        "Quiet time", "Notifications are quiet at this time.", "Your notifications are quiet now."
    ),
    Reason.SEARCH_OFF: Words("Search is off", "Search is off.", "Search is off for you."),
    Reason.BLOCKED_TERM: Words(
        "Blocked word", "This search has a blocked word.", "This search has a word that is blocked."
    ),
    Reason.BLOCKED_CATEGORY: Words(
        "Not shown",
        "This search is in a category that is not open.",
        "This search is in a category that is not open to you.",
    ),
    Reason.RESTRICTED_MODE: Words(
        "Restricted mode",
        "This app cannot limit results to what suits this age.",
        "This app cannot limit results to what suits your age.",
    ),
    Reason.NOT_IN_AUDIENCE: Words(
        "Not with this account",
        "The rules do not allow this with this account.",
        "Your rules do not allow this with this account.",
    ),
    Reason.BLOCKED_CONTACT: Words("Blocked account", "This account is blocked."),
    Reason.MEDIA_OFF: Words(
        "No media", "Messages carry no pictures.", "Your messages carry no pictures."
    ),
    Reason.DOWNLOADS_OFF: Words(
        "No downloads", "These posts cannot be downloaded.", "Your posts cannot be downloaded."
    ),
    Reason.NOT_RECOMMENDED: Words(
        "Not recommended",
        "These posts are not shown to strangers.",
        "Your posts are not shown to strangers.",
    ),
    Reason.PRIVATE_ACCOUNT: Words(
        "Private account", "Only followers see this account.", "Only followers see your account."
    ),
    Reason.LIST_NOT_SHOWN: Words(
        "List not shown",
        "This list is not shown to this account.",
        "This list of yours is not shown to this account.",
    ),
    Reason.NOT_SUGGESTED: Words(
        "Not suggested",
        "This account is not suggested to others.",
        "Your account is not suggested to others.",
    ),
    Reason.NOT_SEARCHABLE: Words(
        "Not found in search",
        "Only connected people find this account.",
        "Only people you are connected with find your account.",
    ),
    Reason.LIVE_OFF: Words("No live video", "Live video is not open.", "You cannot go live."),
    Reason.GIFTS_OFF: Words(
        "No gifts", "Gifts of money are off.", "Gifts of money are off for you."
    ),
    Reason.UNKNOWN_SUBJECT: Words("Not connected", "Nobody with this id has connected this app."),
    Reason.UNKNOWN_ACTION: Words("Unknown action", "There is no rule for this action."),
    Reason.POLICY_TOO_OLD: Words(
        "Rules out of date", "The rules could not be refreshed for a day, so the strictest hold."
    ),
    Reason.POLICY_UNKNOWN: Words(
        "Rules not known yet", "The rules are not known here yet, so the strictest hold."
    ),
}
"""Said with a decision. The teen's words go to hosts: the teen reads them in the app."""

HOSTS: dict[Reason, Words] = {
    Reason.JSON_EXPECTED: Words(
        "JSON expected", "The Content-Type of this request must be application/json."
    ),
    Reason.NEWER_THAN_KNOWN: Words(
        "Newer than known", "This version has not been given out; send the one that you have."
    ),
    Reason.NO_SUCH_PACK: Words("No such pack", "There is no word pack with this name or digest."),
    Reason.PACK_NOT_USABLE: Words("Pack not usable", "This word pack cannot be used: {fault}."),
    Reason.WEBHOOK_NOT_HTTPS: Words("Not https", "A webhook needs an https address."),
    Reason.WEBHOOK_PRIVATE_ADDRESS: Words(
        "Private address", "A webhook cannot go to a private or local address."
    ),
    Reason.TOO_MANY_WEBHOOKS: Words("Too many webhooks", "An app can have {max} webhooks."),
    Reason.UNKNOWN_EVENT: Words("Unknown event", "There is no such event; there are: {known}."),
}
"""Said to host apps."""
