"""Secrets of an invitation: each is a keyed hash of its id, and only a keyed hash is stored.

Derived, so that a repeated idempotent request shows the same code again; hashed at rest, so that a
copy of the database opens nothing (product.md section 3).
"""

import re
from base64 import b32encode

from familypair.rules.phrase import code_from, normal_code, phrase_from
from familypair.schema.invitations import InvitationForm
from familypair_server.keys import Keys

TOKEN_BYTES = 16
"""128 bits of an invitation link."""
_TOKEN = re.compile(r"[a-z2-7]{26}")
_LONGEST = 300


def shown(keys: Keys, invitation_id: str, form: InvitationForm) -> str:
    """What the issuer passes on: `XXXX-XXXX`, or the token of a link."""
    mac = keys.mac("invitation-code", form, invitation_id)
    if form is InvitationForm.CODE:
        return code_from(mac)
    return b32encode(mac[:TOKEN_BYTES]).decode().rstrip("=").lower()


def stored(keys: Keys, secret: str) -> str:
    """What the database keeps of a code or a token."""
    return keys.mac("invitation-lookup", secret).hex()


def typed(keys: Keys, text: str) -> str | None:
    """The stored form of what somebody typed or pasted, a whole link too; None if it is neither.

    The answer to None must be that to a wrong code.
    """
    if len(text) > _LONGEST:
        return None
    secret = text.rpartition("#")[2].strip()
    if _TOKEN.fullmatch(secret.lower()):
        return stored(keys, secret.lower())
    code = normal_code(secret)
    return None if code is None else stored(keys, code)


def phrase(keys: Keys, invitation_id: str) -> str:
    """The matching phrase, for the guardian alone."""
    return phrase_from(keys.mac("matching-phrase", invitation_id))
