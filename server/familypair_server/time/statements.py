"""SQL of postings, closed days and one-time codes; see migration 0013."""

import msgspec

from familypair_server.storage import Statement


class PostingRow(msgspec.Struct, frozen=True):
    """One posting."""

    teen_id: str
    day: str
    id: str
    owner_id: str
    seconds: int
    kind: str
    at: int
    by_id: str
    ref: str
    before: str | None
    after: str | None
    by_use: bool
    told: int | None
    blind: int | None


_POSTING = (
    "teen_id, day, id, owner_id, seconds, kind, at, by_id, ref, before, after, by_use, told, blind"
)

postings_between = Statement(
    f"SELECT {_POSTING} FROM posting WHERE teen_id = :teen AND day >= :first AND day <= :last"  # noqa: S608 - constant column list
    " ORDER BY at, id",
    PostingRow,
)
posting_by_id = Statement(f"SELECT {_POSTING} FROM posting WHERE id = :id", PostingRow)  # noqa: S608 - constant column list
insert_posting = Statement(
    f"INSERT INTO posting ({_POSTING}) VALUES (:teen, :day, :id, :owner, :seconds, :kind, :at,"  # noqa: S608 - constant column list
    " :by, :ref, :before, :after, :by_use, :told, :blind)"
)


class CloseRow(msgspec.Struct, frozen=True):
    """What a day allowed when it closed."""

    day: str
    limit_seconds: int | None
    sums: str


closes = Statement(
    "SELECT day, limit_seconds, sums FROM day_close WHERE teen_id = :teen AND day >= :first"
    " AND day <= :last ORDER BY day",
    CloseRow,
)
close_day = Statement(
    "INSERT INTO day_close (teen_id, day, limit_seconds, sums, at)"
    " VALUES (:teen, :day, :limit, :sums, :now) ON CONFLICT (teen_id, day) DO NOTHING"
)
forget_closes = Statement("DELETE FROM day_close WHERE teen_id = :teen AND day < :first")
forget_postings = Statement("DELETE FROM posting WHERE teen_id = :teen AND day < :first")

forget_codes = Statement("DELETE FROM time_code WHERE teen_id = :teen AND day < :first")
forget_tries = Statement("DELETE FROM time_code_try WHERE teen_id = :teen AND day < :first")


class CodeRow(msgspec.Struct, frozen=True):
    """One code; the code itself is only a hash."""

    teen_id: str
    id: str
    giver_id: str
    day: str
    minutes: int
    state: str
    made_at: int
    expires_at: int


_CODE = "teen_id, id, giver_id, day, minutes, state, made_at, expires_at"

code_by_id = Statement(f"SELECT {_CODE} FROM time_code WHERE id = :id", CodeRow)  # noqa: S608 - constant column list
code_by_hash = Statement(
    f"SELECT {_CODE} FROM time_code WHERE teen_id = :teen AND hash = :hash AND state = 'offered'",  # noqa: S608 - constant column list
    CodeRow,
)
used_by_hash = Statement(
    "SELECT id FROM time_code WHERE teen_id = :teen AND hash = :hash AND day = :day"
    " AND state = 'used' LIMIT 1",
    str,
)
"""A code that this teen has used on this day."""
codes_of_day = Statement(
    "SELECT COUNT(*) FROM time_code WHERE teen_id = :teen AND giver_id = :giver AND day = :day", int
)
insert_code = Statement(
    "INSERT INTO time_code (teen_id, id, giver_id, day, minutes, hash, state, made_at, expires_at)"
    " VALUES (:teen, :id, :giver, :day, :minutes, :hash, 'offered', :now, :expires)"
)
use_code = Statement(
    "UPDATE time_code SET state = 'used' WHERE teen_id = :teen AND id = :id AND state = 'offered'"
    " AND expires_at > :now"
)
"""Compare and set: one row for the one who was first."""
withdraw_code = Statement(
    "UPDATE time_code SET state = 'withdrawn' WHERE teen_id = :teen AND id = :id"
    " AND state = 'offered'"
)
withdraw_codes_of = Statement(
    "UPDATE time_code SET state = 'withdrawn' WHERE teen_id = :teen AND giver_id = :giver"
    " AND state = 'offered'"
)
withdraw_expired = Statement(
    "UPDATE time_code SET state = 'withdrawn' WHERE teen_id = :teen AND state = 'offered'"
    " AND expires_at <= :now"
)

tries = Statement("SELECT tries FROM time_code_try WHERE teen_id = :teen AND day = :day", int)
count_try = Statement(
    "INSERT INTO time_code_try (teen_id, day, tries) VALUES (:teen, :day, 1)"
    " ON CONFLICT (teen_id, day) DO UPDATE SET tries = time_code_try.tries + 1"
)
