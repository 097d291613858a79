"""SQL of requests, notes, opened blocks, agreements and standing yeses; see migration 0014."""

import msgspec

from familypair_server.storage import Statement


class RequestRow(msgspec.Struct, frozen=True):
    """One request: `doc` is the rule's value."""

    teen_id: str
    id: str
    state: str
    version: int
    created_at: int
    expires_at: int
    doc: str
    reason: str


_REQUEST = "teen_id, id, state, version, created_at, expires_at, doc, reason"
_SELECT = f"SELECT {_REQUEST} FROM request"  # noqa: S608 - constant columns
_READABLE = (
    "(:viewer = teen_id OR EXISTS (SELECT 1 FROM request_part p WHERE p.teen_id = request.teen_id"
    " AND p.request_id = request.id AND p.owner_id = :viewer))"
)

insert = Statement(
    "INSERT INTO request (teen_id, id, state, version, any_one, created_at, expires_at, closed_at,"
    " doc, reason) VALUES (:teen, :id, :state, 1, :any_one, :now, :expires, :closed, :doc, :reason)"
)
save = Statement(
    "UPDATE request SET state = :state, version = version + 1, any_one = :any_one,"
    " closed_at = :closed, doc = :doc WHERE teen_id = :teen AND id = :id AND version = :version"
)
"""Compare-and-set: 0 rows when somebody else moved it since it was read."""

touch = Statement("UPDATE request SET version = version + 1 WHERE teen_id = :teen AND id = :id")
"""A note moves it too: other nodes see by the version that there is news."""

anywhere = Statement(f"{_SELECT} WHERE id = :id AND {_READABLE}", RequestRow)
"""By id alone, for one who may read it: the first read of a call, which knows no teen yet."""

by_id = Statement(f"{_SELECT} WHERE teen_id = :teen AND id = :id", RequestRow)
page = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND {_READABLE} AND (created_at < :before_at"
    " OR (created_at = :before_at AND id < :before_id))"
    " ORDER BY created_at DESC, id DESC LIMIT :limit",
    RequestRow,
)
recent = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND {_READABLE}"
    " AND (state IN ('open', 'countered') OR closed_at >= :since)"
    " ORDER BY created_at DESC, id DESC",
    RequestRow,
)
"""Open ones, and those that closed since an instant."""

since = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND {_READABLE} AND created_at >= :since"
    " ORDER BY created_at DESC, id DESC",
    RequestRow,
)
live = Statement(
    f"{_SELECT} WHERE teen_id = :teen AND state IN ('open', 'countered') ORDER BY created_at, id",
    RequestRow,
)
next_expiry = Statement(
    "SELECT expires_at FROM request WHERE teen_id = :teen AND state IN ('open', 'countered')"
    " ORDER BY expires_at LIMIT 1",
    int,
)
oldest_closed = Statement(
    "SELECT closed_at FROM request WHERE teen_id = :teen AND closed_at IS NOT NULL"
    " ORDER BY closed_at LIMIT 1",
    int,
)
waiting = Statement(
    "SELECT COUNT(*) FROM request r JOIN request_part me ON me.teen_id = r.teen_id"
    " AND me.request_id = r.id AND me.owner_id = :viewer AND me.waits = 1"
    " WHERE r.teen_id = :teen AND r.state IN ('open', 'countered') AND r.expires_at > :now"
    " AND (r.any_one = 1 OR NOT EXISTS (SELECT 1 FROM request_part p WHERE p.teen_id = r.teen_id"
    " AND p.request_id = r.id AND p.owner_id <> r.teen_id AND NOT EXISTS (SELECT 1 FROM link l"
    " WHERE l.teen_id = r.teen_id AND l.guardian_id = p.owner_id AND l.state = 'active'"
    " AND l.activated_at <= r.created_at)))"
    " AND (:viewer = r.teen_id OR EXISTS (SELECT 1 FROM link l WHERE l.teen_id = r.teen_id"
    " AND l.guardian_id = :viewer AND l.state = 'active' AND l.activated_at <= r.created_at))",
    int,
)
"""How many wait for a viewer; one whose owner's link began to end has expired (A8)."""

put_part = Statement(
    "INSERT INTO request_part (teen_id, request_id, owner_id, waits)"
    " VALUES (:teen, :request, :owner, :waits)"
    " ON CONFLICT (teen_id, request_id, owner_id) DO UPDATE SET waits = excluded.waits"
)


class NoteRow(msgspec.Struct, frozen=True):
    """One line of the conversation."""

    request_id: str
    seq: int
    by_id: str
    text: str
    at: int


notes = Statement(
    "SELECT request_id, seq, by_id, text, at FROM request_note WHERE teen_id = :teen"
    " AND request_id = :request ORDER BY seq",
    NoteRow,
)
notes_of = Statement(
    "SELECT request_id, seq, by_id, text, at FROM request_note WHERE teen_id = :teen AND request_id"
    """ IN (SELECT value FROM json_each('["' || replace(:ids, ',', '","') || '"]'))"""
    " ORDER BY request_id, seq",
    NoteRow,
    pg="SELECT request_id, seq, by_id, text, at FROM request_note WHERE teen_id = :teen"
    " AND request_id IN (SELECT unnest(string_to_array(:ids, ','))) ORDER BY request_id, seq",
)
"""Of several requests, their ids with commas."""

add_note = Statement(
    "INSERT INTO request_note (teen_id, request_id, seq, by_id, text, at)"
    " SELECT :teen, :request, COALESCE(MAX(seq), 0) + 1, :by, :text, :now FROM request_note"
    " WHERE teen_id = :teen AND request_id = :request"
)
_CLOSED = "SELECT id FROM request WHERE teen_id = :teen AND closed_at < :before"
forget = Statement(
    (
        f"DELETE FROM request_note WHERE teen_id = :teen AND request_id IN ({_CLOSED})",  # noqa: S608 - constant
        f"DELETE FROM request_part WHERE teen_id = :teen AND request_id IN ({_CLOSED})",  # noqa: S608 - constant
        "DELETE FROM request WHERE teen_id = :teen AND closed_at < :before",
    )
)
"""What was asked, with reason and notes; the effects stay."""


class LiftedRow(msgspec.Struct, frozen=True):
    """One owner's blocks, open for a while."""

    request_id: str
    owner_id: str
    start_at: int
    end_at: int


lift = Statement(
    "INSERT INTO lifted (teen_id, request_id, owner_id, start_at, end_at)"
    " VALUES (:teen, :request, :owner, :start, :end)"
)
lifted_between = Statement(
    "SELECT request_id, owner_id, start_at, end_at FROM lifted WHERE teen_id = :teen"
    " AND end_at > :start AND start_at < :end ORDER BY start_at, request_id, owner_id",
    LiftedRow,
)
forget_lifted = Statement("DELETE FROM lifted WHERE teen_id = :teen AND end_at < :before")


class AgreementRow(msgspec.Struct, frozen=True):
    """One agreement: `doc` is the rule's value."""

    teen_id: str
    id: str
    doc: str


_AGREEMENT = "SELECT teen_id, id, doc FROM agreement"

add_agreement = Statement(
    "INSERT INTO agreement (teen_id, id, agreed_at, review_at, ended_at, doc)"
    " VALUES (:teen, :id, :now, :review, NULL, :doc)"
)
save_agreement = Statement(
    "UPDATE agreement SET review_at = :review, ended_at = :ended, doc = :doc"
    " WHERE teen_id = :teen AND id = :id"
)
agreement_anywhere = Statement(f"{_AGREEMENT} WHERE id = :id", AgreementRow)
agreement_by_id = Statement(f"{_AGREEMENT} WHERE teen_id = :teen AND id = :id", AgreementRow)
agreements = Statement(
    f"{_AGREEMENT} WHERE teen_id = :teen ORDER BY agreed_at DESC, id DESC LIMIT :limit",
    AgreementRow,
)
standing = Statement(
    f"{_AGREEMENT} WHERE teen_id = :teen AND ended_at IS NULL ORDER BY agreed_at, id",
    AgreementRow,
)


class RuleRow(msgspec.Struct, frozen=True):
    """One standing yes: `doc` is the rule's value."""

    teen_id: str
    id: str
    owner_id: str
    created_at: int
    doc: str


_RULE = "SELECT teen_id, id, owner_id, created_at, doc FROM auto_rule"

add_rule = Statement(
    "INSERT INTO auto_rule (teen_id, id, owner_id, created_at, doc)"
    " VALUES (:teen, :id, :owner, :now, :doc)"
)
rule_anywhere = Statement(f"{_RULE} WHERE id = :id", RuleRow)
rules = Statement(f"{_RULE} WHERE teen_id = :teen ORDER BY created_at, id", RuleRow)
drop_rule = Statement("DELETE FROM auto_rule WHERE teen_id = :teen AND id = :id")


class UseRow(msgspec.Struct, frozen=True):
    """How often a standing yes answered on one day."""

    rule_id: str
    times: int


use_rule = Statement(
    "INSERT INTO auto_use (teen_id, rule_id, request_id, day) VALUES (:teen, :rule, :request, :day)"
)
uses = Statement(
    "SELECT u.rule_id, COUNT(*) FROM auto_use u JOIN request r ON r.teen_id = u.teen_id"
    " AND r.id = u.request_id AND r.state IN ('open', 'countered', 'approved')"
    " WHERE u.teen_id = :teen AND u.day = :day GROUP BY u.rule_id",
    UseRow,
)
"""What was withdrawn or declined is not used up."""

forget_uses = Statement("DELETE FROM auto_use WHERE teen_id = :teen AND day < :day")

set_country = Statement("UPDATE account SET country = :country WHERE id = :teen")
