"""`Last-Event-ID`: how far a client has read in each of its inboxes, signed.

The text is a small map of inbox numbers with a keyed MAC bound to the account. Whoever changes it,
or brings another account's, is told to read everything again (`reset`); so a cursor needs no trust.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping

import msgspec

from familypair_server.keys import Keys

MAC_BYTES = 16
LONGEST = 4096
"""Characters; a guardian of 10 teens needs about 800."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The last inbox number that was sent, by teen; `gone` holds teens whose link has ended.

    A gone teen keeps its number: were the two linked again, the inbox goes on where it was.
    """

    seen: dict[str, int] = {}
    gone: dict[str, int] = {}

    def moved(self, teen_id: str, seq: int) -> "Cursor":
        """After the entry `seq` of that teen."""
        gone = {teen: n for teen, n in self.gone.items() if teen != teen_id}
        return Cursor({**self.seen, teen_id: seq}, gone)

    def left(self, teen_id: str) -> "Cursor":
        """After `gone` was sent for that teen."""
        seen = {teen: n for teen, n in self.seen.items() if teen != teen_id}
        return Cursor(seen, {**self.gone, teen_id: self.seen.get(teen_id, 0)})

    def position(self, teen_id: str) -> int:
        """The last number sent for that teen; 0 when none was."""
        return self.seen.get(teen_id, self.gone.get(teen_id, 0))

    def is_ahead_of(self, heads: Mapping[str, int]) -> bool:
        """Whether it claims entries that do not exist: made by another database, or restored."""
        return any(n > heads.get(teen, n) or n < 0 for teen, n in self.seen.items())


_decoder = msgspec.json.Decoder(Cursor)


def encode(cursor: Cursor, keys: Keys, account_id: str) -> str:
    """The cursor as an event id: URL-safe characters only."""
    payload = msgspec.json.encode(cursor)
    return urlsafe_b64encode(_mac(payload, keys, account_id) + payload).decode().rstrip("=")


def decode(text: str, keys: Keys, account_id: str) -> Cursor | None:
    """The cursor that `encode` made for this account, or None for anything else."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        payload = raw[MAC_BYTES:]
        if not hmac.compare_digest(raw[:MAC_BYTES], _mac(payload, keys, account_id)):
            return None
        return _decoder.decode(payload)
    except (Base64Error, ValueError, msgspec.MsgspecError):
        return None


def _mac(payload: bytes, keys: Keys, account_id: str) -> bytes:
    return keys.mac("event-cursor", account_id, payload.decode())[:MAC_BYTES]
