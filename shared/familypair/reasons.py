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
    NOTHING_TO_COPY = "nothing_to_copy"

    # host apps and use (product.md sections 5 and 11)
    WRONG_SCOPE = "wrong_scope"
    NOT_BOUND = "not_bound"
    DEVICE_NOT_BOUND = "device_not_bound"
    DEVICE_TAKEN = "device_taken"
    TOO_MANY_DEVICES = "too_many_devices"
    SEQ_CONFLICT = "seq_conflict"
    NOT_UTC = "not_utc"
    EMPTY_INTERVAL = "empty_interval"
    INTERVAL_TOO_LONG = "interval_too_long"
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"
    BEFORE_LAST_REPORT = "before_last_report"

    # time: gifts, codes, calendar (product.md section 5)
    NOT_LIMITED = "not_limited"
    PROBATION_GIFT_LIMIT = "probation_gift_limit"
    OVER_THE_DAY = "over_the_day"
    NOT_UNUSED = "not_unused"
    NOT_WAITING = "not_waiting"
    CODES_STOPPED = "codes_stopped"
    CODE_WRONG = "code_wrong"
    TOO_MANY_CODE_TRIES = "too_many_code_tries"
    STILL_LIMITED = "still_limited"
    OWN_STOP = "own_stop"
    BAD_CALENDAR = "bad_calendar"
    TOO_MANY_DAYS = "too_many_days"

    # requests and agreements (product.md section 6)
    NOTHING_IN_THE_WAY = "nothing_in_the_way"
    CAP_IN_THE_WAY = "cap_in_the_way"
    FROZEN_IN_THE_WAY = "frozen_in_the_way"
    TOO_MANY_REQUESTS_OPEN = "too_many_requests_open"
    DECLINED_TODAY = "declined_today"
    ALREADY_ASKED = "already_asked"
    NOT_ASKED_OF_YOU = "not_asked_of_you"
    REQUEST_CLOSED = "request_closed"
    ANSWERED_ALREADY = "answered_already"
    MORE_THAN_ASKED = "more_than_asked"
    TOO_MANY_AUTO_RULES = "too_many_auto_rules"
    PROBATION_BOUND = "probation_bound"

    # decisions for host apps (product.md section 11)
    ALLOWED = "allowed"
    ALWAYS_ALLOWED = "always_allowed"
    HELP_QUERY = "help_query"
    LIMIT_REMINDER = "limit_reminder"
    LIMIT_REACHED = "limit_reached"
    BLOCKED_TIME = "blocked_time"
    QUIET_TIME = "quiet_time"
    SEARCH_OFF = "search_off"
    BLOCKED_TERM = "blocked_term"
    BLOCKED_CATEGORY = "blocked_category"
    RESTRICTED_MODE = "restricted_mode"
    NOT_IN_AUDIENCE = "not_in_audience"
    BLOCKED_CONTACT = "blocked_contact"
    MEDIA_OFF = "media_off"
    DOWNLOADS_OFF = "downloads_off"
    NOT_RECOMMENDED = "not_recommended"
    PRIVATE_ACCOUNT = "private_account"
    LIST_NOT_SHOWN = "list_not_shown"
    NOT_SUGGESTED = "not_suggested"
    NOT_SEARCHABLE = "not_searchable"
    LIVE_OFF = "live_off"
    GIFTS_OFF = "gifts_off"
    UNKNOWN_SUBJECT = "unknown_subject"
    UNKNOWN_ACTION = "unknown_action"
    POLICY_TOO_OLD = "policy_too_old"
    POLICY_UNKNOWN = "policy_unknown"

    # host apps: policies, packs, webhooks (product.md section 11)
    JSON_EXPECTED = "json_expected"
    NEWER_THAN_KNOWN = "newer_than_known"
    NO_SUCH_PACK = "no_such_pack"
    PACK_NOT_USABLE = "pack_not_usable"
    WEBHOOK_NOT_HTTPS = "webhook_not_https"
    WEBHOOK_PRIVATE_ADDRESS = "webhook_private_address"
    TOO_MANY_WEBHOOKS = "too_many_webhooks"
    UNKNOWN_EVENT = "unknown_event"


class Refusal(msgspec.Struct, frozen=True):
    """A rule's "no": the code, the place in the input (a JSON pointer), values for the words."""

    reason: Reason
    pointer: str = ""
    params: Mapping[str, str | int] = {}
