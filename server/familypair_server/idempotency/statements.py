"""SQL of remembered answers."""

import msgspec

from familypair_server.storage import Statement


class AnswerRow(msgspec.Struct, frozen=True):
    """The answer that a key got, sealed, and the request that it was for."""

    route: str
    body_hash: str
    answer: str


claim = Statement(
    "SELECT 1",
    int,
    pg="SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended(:lock_name, 0))"
    " THEN 1 ELSE 0 END",
)
"""1: nobody else runs this key now. SQLite has one writer, so there nobody ever does."""

find = Statement(
    "SELECT route, body_hash, answer FROM idempotency"
    " WHERE account_id = :account AND key = :key AND at > :since",
    AnswerRow,
)
save = Statement(
    "INSERT INTO idempotency (account_id, key, route, body_hash, answer, at)"
    " VALUES (:account, :key, :route, :body_hash, :answer, :now)"
)
forget = Statement("DELETE FROM idempotency WHERE at <= :since")
"""Runs before each `save`, so the table holds a day of keys at most."""
