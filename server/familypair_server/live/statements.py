"""SQL of the live stream: whether a session stands, and what other nodes have moved.

Lists of ids travel as one text with commas: our ids have none.
"""

import msgspec

from familypair_server.storage import Statement

session = Statement(
    "SELECT id FROM token_family WHERE id = :id AND revoked_at IS NULL AND expires_at > :now", str
)

_LISTED = """(SELECT value FROM json_each('["' || replace(:ids, ',', '","') || '"]'))"""
_LISTED_PG = "(SELECT unnest(string_to_array(:ids, ',')))"

_DUE = "SELECT DISTINCT teen_id FROM link WHERE due_at <= :now AND teen_id IN "
due = Statement(_DUE + _LISTED, str, pg=_DUE + _LISTED_PG)


class HeadRow(msgspec.Struct, frozen=True):
    """Where one teen's ledger stands."""

    id: str
    seq: int
    epoch: int


_HEADS = "SELECT id, seq, epoch FROM teen WHERE id IN "
heads = Statement(_HEADS + _LISTED, HeadRow, pg=_HEADS + _LISTED_PG)


class LatestRow(msgspec.Struct, frozen=True):
    """How far something of a teen has moved that is no entry: use, requests, agreements."""

    teen_id: str
    what: str
    mark: int


def _latest(listed: str) -> str:
    return (
        "SELECT teen_id, 'use' AS what, MAX(received_at) AS mark FROM usage_day"  # noqa: S608 - constants
        f" WHERE received_at IS NOT NULL AND teen_id IN {listed} GROUP BY teen_id"
        " UNION ALL SELECT teen_id, 'request' AS what, CAST(COUNT(*) + SUM(version) AS BIGINT)"
        f" AS mark FROM request WHERE state IN ('open', 'countered') AND teen_id IN {listed}"
        " GROUP BY teen_id"
        " UNION ALL SELECT teen_id, 'agreement' AS what, CAST(COUNT(*) + SUM(review_at) AS BIGINT)"
        f" AS mark FROM agreement WHERE ended_at IS NULL AND teen_id IN {listed}"
        " GROUP BY teen_id"
    )


latest = Statement(_latest(_LISTED), LatestRow, pg=_latest(_LISTED_PG))


class OpenRow(msgspec.Struct, frozen=True):
    """One open invitation, and the version that every change moves."""

    id: str
    version: int
    issuer_id: str
    guardian_id: str | None
    teen_id: str | None


def _open(listed: str) -> str:
    return (
        "SELECT id, version, issuer_id, guardian_id, teen_id FROM invitation"  # noqa: S608 - constants
        f" WHERE state IN ('offered', 'claimed', 'confirmed') AND (issuer_id IN {listed}"
        f" OR guardian_id IN {listed} OR teen_id IN {listed}) ORDER BY id"
    )


open_invitations = Statement(_open(_LISTED), OpenRow, pg=_open(_LISTED_PG))


def _standing(listed: str) -> str:
    return (
        f"SELECT id FROM token_family WHERE revoked_at IS NULL AND id IN {listed}"  # noqa: S608 - constants
        f" UNION ALL SELECT hash FROM host_token WHERE hash IN {listed}"
    )


standing = Statement(_standing(_LISTED), str, pg=_standing(_LISTED_PG))
"""Families of people, and hosts' tokens by their hash."""
