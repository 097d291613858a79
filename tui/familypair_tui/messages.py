"""What workers tell screens. A screen reads the store when one of these arrives."""

from enum import StrEnum

from textual.message import Message

from familypair.schema.ledger import InboxEntry


class Part(StrEnum):
    """Which part of the store is new."""

    ME = "me"
    TEENS = "teens"
    SETTINGS = "settings"
    ENTRIES = "entries"
    INVITATIONS = "invitations"
    LINKS = "links"
    SHARING = "sharing"
    LIVE = "live"
    TIME = "time"
    REQUESTS = "requests"
    APPLIED = "applied"


class StoreChanged(Message):
    """A part of the store is new; `teen` when only one teen is concerned."""

    bubble = False

    def __init__(self, part: Part, teen: str = "") -> None:
        super().__init__()
        self.part = part
        self.teen = teen

    def can_replace(self, message: Message) -> bool:
        """Two of the same in a row count as one."""
        return (
            isinstance(message, StoreChanged)
            and message.part == self.part
            and message.teen == self.teen
        )


class EntryArrived(Message):
    """A new inbox entry came over the live stream."""

    bubble = False

    def __init__(self, entry: InboxEntry) -> None:
        super().__init__()
        self.entry = entry


class TeenGone(Message):
    """A teen is no longer mine to see."""

    bubble = False

    def __init__(self, teen: str, words: str) -> None:
        """`words` say it with the name that was known."""
        super().__init__()
        self.teen = teen
        self.words = words
