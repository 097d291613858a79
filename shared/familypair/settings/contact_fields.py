"""Messages, interactions, live, money and blocked contacts: the fields of `set_messages`."""

from typing import Final

from familypair.schema.scopes import Scope
from familypair.settings.bands import FieldClass
from familypair.settings.field import Field, Help
from familypair.settings.orders import Contacts
from familypair.settings.tables import CIRCLE, Words, by_band, choice, off_is_strict

_MESSAGES: Final = Scope.SET_MESSAGES

_AUDIENCE: Final[Words] = {
    "everyone": "everyone",
    "suggested_and_friends": "suggested accounts and friends",
    "friends": CIRCLE["friends"],
    "friends_who_messaged": ("friends already in a chat", "friends you already chat with"),
    "no_one": "no one",
}

CONTACT_FIELDS: Final[tuple[Field, ...]] = (
    choice(
        "messages.audience",
        _MESSAGES,
        "Direct messages",
        Help("Who may write direct messages.", "Who may write you direct messages."),
        _AUDIENCE,
        cap=by_band("no_one"),
        default=by_band(older="no_one"),
    ),
    choice(
        "messages.media",
        _MESSAGES,
        "Pictures in messages",
        Help("Whether messages may carry media.", "Whether your messages may carry media."),
        off_is_strict(),
        cap=by_band("off"),
        default=by_band(older="off"),
    ),
    choice(
        "interactions.comments",
        _MESSAGES,
        "Comments",
        Help("Who may comment on posts.", "Who may comment on your posts."),
        CIRCLE,
        cap=by_band("friends"),
        default=by_band(older="friends"),
    ),
    choice(
        "interactions.duet",
        _MESSAGES,
        "Duets",
        Help("Who may make a duet with posts.", "Who may make a duet with your posts."),
        CIRCLE,
        cap=by_band("no_one"),
        default=by_band(older="friends"),
    ),
    choice(
        "interactions.stitch",
        _MESSAGES,
        "Stitches",
        Help("Who may stitch posts.", "Who may stitch your posts."),
        CIRCLE,
        cap=by_band("no_one"),
        default=by_band(older="friends"),
    ),
    choice(
        "interactions.mentions",
        _MESSAGES,
        "Mentions",
        Help("Who may mention the teen.", "Who may mention you."),
        CIRCLE,
        default=by_band("friends", "friends"),
    ),
    choice(
        "live.host",
        _MESSAGES,
        "Going live",
        Help("Whether the teen may host a live video.", "Whether you may host a live video."),
        off_is_strict(),
        cap=by_band("off", "off"),
    ),
    choice(
        "money.gifts",
        _MESSAGES,
        "Gifts of money",
        Help("Whether gifts can be sent and received.", "Whether you can send and get gifts."),
        off_is_strict(),
        cap=by_band("off", "off"),
    ),
    Field(
        path="contacts.blocked",
        cls=FieldClass.TIGHTEN,
        order=Contacts(),
        scope=_MESSAGES,
        title="Blocked accounts",
        help=Help(
            "Accounts that cannot reach the teen. Only who blocked one can free it.",
            "Accounts that cannot reach you. Only who blocked one can free it.",
        ),
    ),
)
