"""Every code that a refusal or a decision can carry, shared by server, clients and docs.

Words for people are in `familypair.wording`; the HTTP status of each code is the server's table.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Reason(StrEnum):
    """One code for one cause. A code never changes its meaning once released."""

    # the request itself
    BAD_REQUEST = "bad_request"
    MALFORMED_JSON = "malformed_json"
    UNKNOWN_FIELD = "unknown_field"
    DUPLICATE_FIELD = "duplicate_field"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    BAD_TEXT = "bad_text"
    BODY_TOO_LARGE = "body_too_large"
    BODY_TOO_SLOW = "body_too_slow"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_FOUND = "not_found"
    IF_MATCH_REQUIRED = "if_match_required"
    STALE_VERSION = "stale_version"
    KEY_REUSED = "idempotency_key_reused"
    KEY_IN_USE = "idempotency_key_in_use"
    TOO_MANY_REQUESTS = "too_many_requests"
    INTERNAL = "internal_error"
    UNAVAILABLE = "unavailable"
    MISSING_FIELD = "missing_field"

    # who asks
    UNAUTHENTICATED = "unauthenticated"
    INSUFFICIENT_USER_AUTHENTICATION = "insufficient_user_authentication"
    WRONG_CALLER = "wrong_caller"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code, not a secret
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - a code, not a secret
    SIGN_IN_FAILED = "sign_in_failed"
    TOO_MANY_SIGN_INS = "too_many_sign_ins"
    CROSS_SITE = "cross_site_request"
    TOO_YOUNG = "too_young"
    TOO_MANY_STREAMS = "too_many_streams"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code, not a secret

    # the handshake (product.md section 3)
    CODE_NOT_VALID = "code_not_valid"
    TOO_MANY_GUESSES = "too_many_guesses"
    TOO_MANY_LINK_REQUESTS = "too_many_link_requests"
    TOO_MANY_PENDING = "too_many_pending"
    TOO_MANY_TEENS = "too_many_teens"
    TOO_MANY_GUARDIANS = "too_many_guardians"
    ALREADY_LINKED = "already_linked"
    PAIR_BLOCKED = "pair_blocked"
    NO_SUCH_MOVE = "no_such_move"
    EXPIRED = "expired"
    WRONG_PHRASE = "wrong_phrase"
    PHRASE_TRIES_USED_UP = "phrase_tries_used_up"
    DISCLOSURE_NOT_SHOWN = "disclosure_not_shown"
    TOO_SOON = "too_soon"
    NEEDED_SCOPE_DECLINED = "needed_scope_declined"
    SCOPE_NOT_ASKED = "scope_not_asked"
    CONFIRM_BY_OTHER_SIDE = "confirm_by_other_side"
    NOTHING_TO_KEEP = "nothing_to_keep"
    UNDO_WINDOW_OVER = "undo_window_over"
    PROTECTIVE_HOLD = "protective_hold"
    TEEN_UNAVAILABLE = "teen_unavailable"

    # settings (product.md section 4)
    SCOPE_NOT_GRANTED = "scope_not_granted"
    LOOSER_THAN_CAP = "looser_than_cap"
    NOT_YOUR_FIELD = "not_your_field"
    LAYER_FROZEN = "layer_frozen"
    CHANGED_SINCE = "changed_since"
    NOT_UNDOABLE = "not_undoable"
    NEEDS_REQUEST = "needs_request"


class Refusal(msgspec.Struct, frozen=True):
    """A rule's "no": the code, the place in the input (a JSON pointer), values for the words."""

    reason: Reason
    pointer: str = ""
    params: Mapping[str, str | int] = {}
