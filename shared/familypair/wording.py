"""Words for people: every code in one sentence, for a parent and for a teen, in one place.

A sentence says what happened and what to do next. `{name}` takes a value of the refusal's params.
"""

from collections.abc import Mapping
from typing import Literal

from familypair.reasons import Reason, Refusal
from familypair.wording_decisions import DECISIONS, HOSTS
from familypair.wording_time import ASKING, TIME, USE
from familypair.words import Words

Audience = Literal["guardian", "teen"]


_REQUEST: dict[Reason, Words] = {
    Reason.BAD_REQUEST: Words("Bad request", "The request cannot be used as it is."),
    Reason.MALFORMED_JSON: Words("Not JSON", "The body is not valid JSON."),
    Reason.UNKNOWN_FIELD: Words("Unknown field", "There is no such field here."),
    Reason.MISSING_FIELD: Words("Field missing", "This field has to be given."),
    Reason.DUPLICATE_FIELD: Words("Field given twice", "This field is in the object twice."),
    Reason.WRONG_TYPE: Words("Wrong type", "This value has the wrong type."),
    Reason.OUT_OF_RANGE: Words("Out of range", "This value is outside what is allowed."),
    Reason.TOO_LONG: Words("Too long", "This is too long."),
    Reason.TOO_DEEP: Words("Too deep", "The body is nested too deeply."),
    Reason.BAD_TEXT: Words("Text refused", "This text has characters that are not allowed."),
    Reason.BODY_TOO_LARGE: Words("Too large", "The body is too large."),
    Reason.BODY_TOO_SLOW: Words("Too slow", "The body did not arrive in time; please try again."),
    Reason.UNSUPPORTED_MEDIA_TYPE: Words("Wrong media type", "Send JSON, as application/json."),
    Reason.METHOD_NOT_ALLOWED: Words("Method not allowed", "This address has no such method."),
    Reason.NOT_FOUND: Words("Not found", "There is nothing here that you can see."),
    Reason.IF_MATCH_REQUIRED: Words(
        "If-Match is missing", "Read it first and send its ETag in If-Match, so no edit is lost."
    ),
    Reason.STALE_VERSION: Words(
        "Changed in between", "It changed since you read it; read it again and repeat your change."
    ),
    Reason.KEY_REUSED: Words(
        "Key used before", "This Idempotency-Key was used with another request; take a new one."
    ),
    Reason.KEY_IN_USE: Words(
        "Still running", "The first request with this key is still running; try again in a second."
    ),
    Reason.TOO_MANY_REQUESTS: Words("Too many requests", "Please wait a moment and try again."),
    Reason.INTERNAL: Words("Our fault", "Something broke on our side; nothing was changed."),
    Reason.UNAVAILABLE: Words("Not available", "The service cannot do this now; try again soon."),
}

_CALLER: dict[Reason, Words] = {
    Reason.UNAUTHENTICATED: Words("Not signed in", "Please sign in first."),
    Reason.INVALID_TOKEN: Words("Signed out", "Your sign-in has ended; please sign in again."),
    Reason.INSUFFICIENT_USER_AUTHENTICATION: Words(
        "Password needed", "Please type your password again for this step."
    ),
    Reason.WRONG_CALLER: Words("Not for you", "This step belongs to somebody else."),
    Reason.WRONG_PASSWORD: Words("Wrong password", "That password is not right."),
    Reason.WEAK_PASSWORD: Words(
        "Password too weak",
        "Choose at least {min} characters that are not a common password; a sentence works.",
    ),
    Reason.SIGN_IN_FAILED: Words(
        "Sign-in failed", "The sign-in name or the password is not right."
    ),
    Reason.TOO_MANY_SIGN_INS: Words(
        "Too many tries",
        "Too many tries with a wrong password. Please wait {minutes} min and try again.",
    ),
    Reason.CROSS_SITE: Words(
        "Form expired", "This form was opened elsewhere or too long ago; please open it again."
    ),
    Reason.TOO_YOUNG: Words("Not possible now", "We cannot make an account for you now."),
    Reason.TOO_MANY_STREAMS: Words(
        "Too many live views", "You have {max} live views open; close one and try again."
    ),
}

_HANDSHAKE: dict[Reason, Words] = {
    Reason.CODE_NOT_VALID: Words(
        "Code not valid", "This code does not work. Check it, or ask for a new one."
    ),
    Reason.TOO_MANY_GUESSES: Words(
        "Too many tries", "Too many wrong codes. Please wait an hour, then ask for a new one."
    ),
    Reason.TOO_MANY_LINK_REQUESTS: Words(
        "Enough for today", "You can ask for {max} links a day. Please try again tomorrow."
    ),
    Reason.TOO_MANY_PENDING: Words(
        "Too many open questions",
        "Too many links are waiting for an answer; answer or cancel one first.",
    ),
    Reason.TOO_MANY_TEENS: Words(
        "Too many teens", "A guardian can be linked with {max} teens here."
    ),
    Reason.TOO_MANY_GUARDIANS: Words(
        "Too many guardians", "A teen can be linked with {max} guardians here."
    ),
    Reason.ALREADY_LINKED: Words("Already linked", "You two are already linked."),
    Reason.PAIR_BLOCKED: Words(
        "Code not valid", "This code does not work. Check it, or ask for a new one."
    ),
    Reason.NO_SUCH_MOVE: Words("Not possible now", "This step is not possible at this point."),
    Reason.EXPIRED: Words("Expired", "This has expired; please start again with a new code."),
    Reason.WRONG_PHRASE: Words(
        "Phrase does not match",
        "The phrase does not match; {tries_left} tries are left.",
        "The phrase does not match. Ask your guardian to read it again; {tries_left} tries left.",
    ),
    Reason.PHRASE_TRIES_USED_UP: Words(
        "Too many wrong phrases",
        "The phrase was wrong too often, so this invitation was cancelled.",
    ),
    Reason.DISCLOSURE_NOT_SHOWN: Words(
        "Read it first",
        "The teen must see what will be shared before the answer.",
        "Please open what will be shared before you answer.",
    ),
    Reason.TOO_SOON: Words(
        "A moment to read",
        "The answer opens 5 seconds after the disclosure was shown.",
        "Take 5 seconds to read; then you can approve.",
    ),
    Reason.NEEDED_SCOPE_DECLINED: Words(
        "Needed permission declined",
        "A permission that was marked as needed was declined, so there is no link.",
        "You did not grant something that your guardian marked as needed, so there is no link.",
    ),
    Reason.SCOPE_NOT_ASKED: Words(
        "Not asked for", "Only permissions that the guardian asked for can be granted."
    ),
    Reason.CONFIRM_BY_OTHER_SIDE: Words(
        "Waiting for the other side", "The other person has to confirm this."
    ),
    Reason.NOTHING_TO_KEEP: Words("Nothing to keep", "There is no rule left that could be kept."),
    Reason.UNDO_WINDOW_OVER: Words("Too late", "The time to take this back is over."),
    Reason.PROTECTIVE_HOLD: Words(
        "Please contact the operator", "This cannot be done here; please contact the operator."
    ),
    Reason.TEEN_UNAVAILABLE: Words(
        "Not available now", "This teen's page is not available at the moment."
    ),
}

_SETTINGS: dict[Reason, Words] = {
    Reason.SCOPE_NOT_GRANTED: Words(
        "Not granted",
        "The teen has not granted this permission ({scope}); you can ask for it.",
        "You have not granted this permission.",
    ),
    Reason.LOOSER_THAN_CAP: Words(
        "Looser than the platform allows", "For this age the platform allows at most: {cap}."
    ),
    Reason.NOT_YOUR_FIELD: Words("Not your setting", "Only the teen can set this."),
    Reason.LAYER_FROZEN: Words(
        "Frozen",
        "Nobody can change these rules until {until}.",
    ),
    Reason.CHANGED_SINCE: Words(
        "Changed since", "This was changed again later, so it cannot be undone."
    ),
    Reason.NOT_UNDOABLE: Words("Cannot be undone", "Only your own rule changes can be undone."),
    Reason.NEEDS_REQUEST: Words(
        "Needs a yes",
        "With a guardian linked, this change has to be asked for.",
        "With a guardian linked, you have to ask for this change.",
    ),
}

WORDS: Mapping[Reason, Words] = {
    **_REQUEST,
    **_CALLER,
    **_HANDSHAKE,
    **_SETTINGS,
    **USE,
    **TIME,
    **ASKING,
    **DECISIONS,
    **HOSTS,
}
"""Every code has words; a test fails when one is missing."""


class _Blank(dict[str, str | int]):
    def __missing__(self, key: str) -> str:
        return "…"


def title(reason: Reason) -> str:
    """A few words, for headings."""
    return WORDS[reason].title


def sentence(refusal: Refusal, audience: Audience = "guardian") -> str:
    """The refusal in one sentence for this reader."""
    if refusal.reason is Reason.OUT_OF_RANGE and (inside := _inside(refusal.params)):
        return f"This value is outside what is allowed: {inside}."
    words = WORDS[refusal.reason]
    text = words.teen or words.guardian if audience == "teen" else words.guardian
    return text.format_map(_Blank(refusal.params))


def _inside(params: Mapping[str, str | int]) -> str:
    """What is allowed, from what the rule said: a range, a list, a form; empty when it did not."""
    low, high = params.get("low", params.get("min")), params.get("high", params.get("max"))
    ranged = "" if low is None or high is None else f"{low} to {high}"
    listed = str(params.get("allowed", ""))
    most = f"at most {params['most']}" if "most" in params else ""
    either = " or ".join(part for part in (ranged, listed) if part)
    return either or str(params.get("expected", "")) or most
