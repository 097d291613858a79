"""The words of the disclosure: what a scope lets a guardian see and change (product.md 3 and 8).

One entry per scope and reader. Short sentences for 13-15; the same facts for 16-17; the guardian's
text says "they". Change a word and `disclosure.VERSION` must change: a test holds the hash of each.
"""

from collections.abc import Mapping

import msgspec

from familypair.schema.accounts import Band
from familypair.schema.scopes import Scope


class Lines(msgspec.Struct, frozen=True):
    """One scope in words: a title, what is seen, what can be changed."""

    title: str
    see: tuple[str, ...] = ()
    change: tuple[str, ...] = ()


YOUNGER: Mapping[Scope, Lines] = {
    Scope.SEE_TIME: Lines(
        "See your time",
        see=(
            "How many minutes you used each day, for 28 days.",
            "How often you opened the app each day.",
            "How much was by day and how much at night, in steps of 15 minutes.",
            "In which half hours you used the app, and about how much. Never the minute.",
            "After 28 days: how much you used it each week, for a year.",
            "How much time is left today, in steps of 15 minutes.",
        ),
    ),
    Scope.SET_TIME: Lines(
        "Set time rules",
        see=(
            "The time rules that hold for you, and why.",
            "When you ask for more time, or use a code.",
        ),
        change=(
            "A time limit for each day of the week.",
            "Times when the app is off, like sleep and school.",
            "When you get no notices.",
            "Give you more time too.",
        ),
    ),
    Scope.SET_SEARCH: Lines(
        "Set search rules",
        see=(
            "The search rules that hold for you, and why.",
            "How often a search was blocked in a week: none, 1 to 9, or 10 and more.",
        ),
        change=(
            "Turn search off.",
            "Block words. They may hide the list, but you always see that it is there.",
            "Make search more strict.",
        ),
    ),
    Scope.SET_MESSAGES: Lines(
        "Set who can contact you",
        see=("The rules for messages and comments that hold for you, and why.",),
        change=(
            "Make it more strict who can send you messages.",
            "Make it more strict who can comment, mention you, or use your videos.",
            "Block a person. They can never open this up more than you did.",
        ),
    ),
    Scope.SET_PRIVACY: Lines(
        "Set who can find you",
        see=("The privacy rules that hold for you, and why.",),
        change=(
            "Make your account private.",
            (
                "Make it more strict who can find you, see your lists, or save your videos. "
                "They can never open this up more than you did."
            ),
        ),
    ),
    Scope.SEE_CONTACTS: Lines(
        "See your contacts",
        see=(
            (
                "The people you follow, the people who follow you, and the people you blocked. "
                "Blocks that you keep to yourself or make with a report stay hidden."
            ),
            "A note that you posted something new.",
        ),
    ),
    Scope.SEE_SETTINGS: Lines(
        "See your settings",
        see=("All the rules that hold for you now, and why.",),
    ),
}

OLDER: Mapping[Scope, Lines] = {
    Scope.SEE_TIME: Lines(
        "See your screen time",
        see=(
            "Your minutes per day for the last 28 days.",
            "How often you opened the app each day.",
            "The split between day and night, in steps of 15 minutes.",
            "The half hours in which you used the app, in four levels; never the minute.",
            "After 28 days the sums of each week, for a year.",
            "What is left today, in steps of 15 minutes.",
        ),
    ),
    Scope.SET_TIME: Lines(
        "Set screen time",
        see=(
            "The time rules in force, with the reason for each.",
            "When you ask for more time, or use a code.",
        ),
        change=(
            "A limit for each weekday, and what happens when it is reached.",
            "Blocks in the week such as sleep or school, with exceptions for holidays.",
            "Hours without notifications.",
            "Give you extra time.",
        ),
    ),
    Scope.SET_SEARCH: Lines(
        "Set search restrictions",
        see=(
            "The search rules in force, with the reason for each.",
            "A weekly band of blocked searches (0, 1 to 9, 10 or more), never the words.",
        ),
        change=(
            "Turn search or restricted mode on or off, never looser than it would be without them.",
            "Block terms. A list may be hidden from you; that it exists, and its size, never is.",
        ),
    ),
    Scope.SET_MESSAGES: Lines(
        "Tighten contact",
        see=("The rules for messages and interactions in force, with the reason for each.",),
        change=(
            "Who can message you, comment, mention you, duet or stitch: only stricter.",
            "Block an account. Only they can lift their own block.",
        ),
    ),
    Scope.SET_PRIVACY: Lines(
        "Tighten privacy",
        see=("The privacy and feed rules in force, with the reason for each.",),
        change=(
            "Private account, being found or suggested, downloads, your lists: only stricter.",
            "Whether your posts may be recommended to strangers: only stricter.",
        ),
    ),
    Scope.SEE_CONTACTS: Lines(
        "See your contacts",
        see=(
            (
                "The accounts you follow, that follow you, and that you blocked. "
                "Blocks that you keep private or make with a report stay hidden."
            ),
            "A notice that you posted something new.",
        ),
    ),
    Scope.SEE_SETTINGS: Lines(
        "See your settings",
        see=("Every rule in force with the reason for it.",),
    ),
}

GUARDIAN: Mapping[Scope, Lines] = {
    Scope.SEE_TIME: Lines(
        "See their screen time",
        see=(
            "Minutes and opens per day for 28 days, with the split between day and night.",
            "The half hours with use, in four levels; the sums of each week for a year.",
            "What is left today, in steps of 15 minutes.",
        ),
    ),
    Scope.SET_TIME: Lines(
        "Set screen time",
        see=(
            "The time rules in force, with the reason for each.",
            "When they ask you for more time, or use a code.",
        ),
        change=(
            "Your own limits per weekday, blocks, exceptions, and hours without notifications.",
            "Give extra time. The strictest rule of all of you holds.",
        ),
    ),
    Scope.SET_SEARCH: Lines(
        "Set search restrictions",
        see=(
            "The search rules in force, with the reason for each.",
            "A weekly band of blocked searches, never the words.",
        ),
        change=("Your own blocked terms and stricter search rules.",),
    ),
    Scope.SET_MESSAGES: Lines(
        "Tighten contact",
        see=("The rules for messages and interactions in force, with the reason for each.",),
        change=("Make contact stricter and block accounts. You cannot make it looser.",),
    ),
    Scope.SET_PRIVACY: Lines(
        "Tighten privacy",
        see=("The privacy and feed rules in force, with the reason for each.",),
        change=("Make privacy stricter. You cannot make it looser.",),
    ),
    Scope.SEE_CONTACTS: Lines(
        "See their contacts",
        see=(
            "Accounts they follow, that follow them, and that they blocked, except private ones.",
            "A notice that they posted something new.",
        ),
    ),
    Scope.SEE_SETTINGS: Lines(
        "See their settings",
        see=("Every rule in force with the reason for it.",),
    ),
}

NEVER_YOUNGER: tuple[str, ...] = (
    "Your messages.",
    "The words you search for.",
    "What you watch.",
    "Where you are.",
    "If you report something or someone.",
    "The exact time you open or close the app.",
    "What you ask someone else.",
    "Who else looks after your account, unless you all agree.",
    "If you are about to link with someone else.",
)
NEVER_OLDER: tuple[str, ...] = (
    "The content of messages.",
    "What you search for.",
    "What you watch.",
    "Your location.",
    "Reports you make, or that you made one.",
    "The exact times you open or close the app.",
    "Requests you make to others.",
    "Who another guardian is, unless both of them agreed.",
    "That another link is pending.",
)
NEVER_GUARDIAN: tuple[str, ...] = (
    "The content of messages.",
    "What they search for.",
    "What they watch.",
    "Their location.",
    "Reports they make, or that they made one.",
    "The exact times they open or close the app.",
    "Requests they make to others.",
    "Who another guardian is, unless you both agreed.",
    "That another link is pending.",
)

YOU_CAN_YOUNGER: tuple[str, ...] = (
    "Say no. Nobody is told why.",
    "Say yes to some lines and no to others.",
    "See all that they see, and when they looked.",
    "Take a line back later.",
    "End this at any time. {after}",
    "Say that this is not your guardian, on the first day, with one key.",
    "Leave at once if you do not feel safe.",
)
YOU_CAN_OLDER: tuple[str, ...] = (
    "Decline. No reason is asked or given.",
    "Grant some scopes and not others.",
    "See everything that they see, and when they looked.",
    "Take back a scope later.",
    "End the link at any time. {after}",
    "Say that this is not your guardian during the first 24 hours, in one step.",
    "Leave at once by the safety exit.",
)
YOU_CAN_GUARDIAN: tuple[str, ...] = (
    "They decide on each line, and can take it back later.",
    "They see all that you see, and when you looked.",
    "Nothing you set in the first 24 hours makes a rule looser.",
    "Either of you can end the link at any time. {after}",
)

AFTER: Mapping[Band | None, tuple[str, str]] = {
    Band.YOUNGER: ("Time rules then stay for {notice}.", "Time rules then end too."),
    Band.OLDER: ("Time rules then stay for {notice}.", "Time rules then end too."),
    None: (
        "If they end it, your time rules stay for {notice}.",
        "Your time rules then end too.",
    ),
}
"""What follows an end: with a notice period, and without one."""

HISTORY: Mapping[Band | None, str] = {
    Band.YOUNGER: "Days before today. They stay hidden if you do not tick this.",
    Band.OLDER: "Your history before the link. It stays hidden unless you tick this.",
    None: "Their history before the link, only if they tick this.",
}

SCOPES: Mapping[Band | None, Mapping[Scope, Lines]] = {
    Band.YOUNGER: YOUNGER,
    Band.OLDER: OLDER,
    None: GUARDIAN,
}
NEVER: Mapping[Band | None, tuple[str, ...]] = {
    Band.YOUNGER: NEVER_YOUNGER,
    Band.OLDER: NEVER_OLDER,
    None: NEVER_GUARDIAN,
}
YOU_CAN: Mapping[Band | None, tuple[str, ...]] = {
    Band.YOUNGER: YOU_CAN_YOUNGER,
    Band.OLDER: YOU_CAN_OLDER,
    None: YOU_CAN_GUARDIAN,
}
