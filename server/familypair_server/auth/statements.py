"""SQL of sign-in: families and their tokens, codes, browser sessions, guess counters."""

import msgspec

from familypair_server.storage import Statement

# --- clients ---------------------------------------------------------------------------------


class ClientRow(msgspec.Struct, frozen=True):
    """A confidential client: `service` may introspect, `host` is an app that teens bind."""

    id: str
    name: str
    secret_hash: str
    kind: str
    redirects: str
    scopes: str


class HostTokenRow(msgspec.Struct, frozen=True):
    """A host app's own access token with the host's name."""

    hash: str
    client_id: str
    scope: str
    expires_at: int
    name: str


client_by_id = Statement(
    "SELECT id, name, secret_hash, kind, redirects, scopes FROM oauth_client WHERE id = :id",
    ClientRow,
)
add_client = Statement(
    "INSERT INTO oauth_client (id, name, secret_hash, kind, redirects, scopes, created_at)"
    " VALUES (:id, :name, :secret_hash, :kind, :redirects, :scopes, :now)"
    " ON CONFLICT (id) DO NOTHING"
)
host_token_by_hash = Statement(
    "SELECT t.hash, t.client_id, t.scope, t.expires_at, c.name FROM host_token t"
    " JOIN oauth_client c ON c.id = t.client_id WHERE t.hash = :hash AND c.kind = 'host'",
    HostTokenRow,
)
insert_host_token = Statement(
    "INSERT INTO host_token (hash, client_id, scope, expires_at)"
    " VALUES (:hash, :client, :scope, :expires)"
)
drop_host_token = Statement("DELETE FROM host_token WHERE hash = :hash")
forget_host_tokens = Statement(
    "DELETE FROM host_token WHERE client_id = :client AND expires_at < :before"
)

# --- token families --------------------------------------------------------------------------


class FamilyRow(msgspec.Struct, frozen=True):
    """One sign-in of one client, as its owner sees it."""

    id: str
    client_id: str
    created_at: int
    last_used_at: int
    revoked_at: int | None
    revoked_why: str | None


class AccessRow(msgspec.Struct, frozen=True):
    """Everything that a request with an access token needs to know about its sender."""

    hash: str
    family_id: str
    scope: str
    expires_at: int
    client_id: str
    account_id: str
    auth_time: int | None
    revoked_at: int | None
    family_expires_at: int
    kind: str


class RefreshRow(msgspec.Struct, frozen=True):
    """A refresh token with its family and the fate of its successor."""

    hash: str
    family_id: str
    n: int
    expires_at: int
    used_at: int | None
    client_id: str
    account_id: str
    scope: str
    family_expires_at: int
    revoked_at: int | None
    successor_used_at: int | None


insert_family = Statement(
    "INSERT INTO token_family (id, client_id, account_id, scope, how, created_at, expires_at,"
    " last_used_at, auth_time) VALUES (:id, :client, :account, :scope, :how, :now, :expires,"
    " :now, :auth_time)"
)
touch_family = Statement("UPDATE token_family SET last_used_at = :now WHERE id = :id")
revoke_family = Statement(
    "UPDATE token_family SET revoked_at = :now, revoked_why = :why"
    " WHERE id = :id AND revoked_at IS NULL"
)
revoke_family_of = Statement(
    "UPDATE token_family SET revoked_at = :now, revoked_why = :why"
    " WHERE id = :id AND account_id = :account AND revoked_at IS NULL"
)
live_family_ids = Statement(
    "SELECT id FROM token_family WHERE account_id = :account AND revoked_at IS NULL"
    " AND expires_at > :now ORDER BY id",
    str,
)
families_of = Statement(
    "SELECT id, client_id, created_at, last_used_at, revoked_at, revoked_why FROM token_family"
    " WHERE account_id = :account AND revoked_at IS NULL AND expires_at > :now"
    " AND last_used_at > :idle_since ORDER BY created_at DESC, id LIMIT 100",
    FamilyRow,
)
misused_families_of = Statement(
    "SELECT id, client_id, created_at, last_used_at, revoked_at, revoked_why FROM token_family"
    " WHERE account_id = :account AND revoked_at > :since"
    " AND revoked_why IN ('refresh_reuse', 'code_replay', 'device_code_replay')"
    " ORDER BY revoked_at DESC LIMIT 10",
    FamilyRow,
)
forget_families = Statement(
    "DELETE FROM token_family WHERE account_id = :account"
    " AND (expires_at < :before OR revoked_at < :before)"
)

insert_access = Statement(
    "INSERT INTO access_token (hash, family_id, scope, expires_at)"
    " VALUES (:hash, :family, :scope, :expires)"
)
forget_access = Statement(
    "DELETE FROM access_token WHERE family_id = :family AND expires_at < :now"
)
access_by_hash = Statement(
    "SELECT a.hash, a.family_id, a.scope, a.expires_at, f.client_id, f.account_id, f.auth_time,"
    " f.revoked_at, f.expires_at, p.kind FROM access_token a"
    " JOIN token_family f ON f.id = a.family_id JOIN account p ON p.id = f.account_id"
    " WHERE a.hash = :hash",
    AccessRow,
)

insert_refresh = Statement(
    "INSERT INTO refresh_token (hash, family_id, n, expires_at)"
    " VALUES (:hash, :family, :n, :expires)"
)
use_refresh = Statement(
    "UPDATE refresh_token SET used_at = :now WHERE hash = :hash AND used_at IS NULL"
)
_REFRESH = (
    "SELECT r.hash, r.family_id, r.n, r.expires_at, r.used_at, f.client_id, f.account_id,"
    " f.scope, f.expires_at, f.revoked_at, (SELECT s.used_at FROM refresh_token s"
    " WHERE s.family_id = r.family_id AND s.n = r.n + 1) FROM refresh_token r"
    " JOIN token_family f ON f.id = r.family_id WHERE r.hash = :hash"
)
refresh_by_hash = Statement(_REFRESH, RefreshRow, pg=_REFRESH)
lock_family_of_refresh = Statement(
    "SELECT family_id FROM refresh_token WHERE hash = :hash",
    str,
    pg="SELECT f.id FROM token_family f JOIN refresh_token r ON r.family_id = f.id"
    " WHERE r.hash = :hash FOR UPDATE OF f",
)
"""Refreshing, replay detection and revocation of one family happen one after the other."""

# --- device codes (RFC 8628) -----------------------------------------------------------------


class DeviceRow(msgspec.Struct, frozen=True):
    """One device authorization request."""

    hash: str
    client_id: str
    scope: str
    network: str
    created_at: int
    expires_at: int
    interval_ms: int
    polled_at: int | None
    state: str
    account_id: str | None
    family_id: str | None


_DEVICE = (
    "SELECT hash, client_id, scope, network, created_at, expires_at, interval_ms, polled_at,"
    " state, account_id, family_id FROM device_code"
)
insert_device = Statement(
    "INSERT INTO device_code (hash, user_hash, client_id, scope, network, created_at, expires_at,"
    " interval_ms, state) VALUES (:hash, :user_hash, :client, :scope, :network, :now, :expires,"
    " :interval_ms, 'pending') ON CONFLICT DO NOTHING"
)
device_by_hash = Statement(
    f"{_DEVICE} WHERE hash = :hash",
    DeviceRow,
    pg=f"{_DEVICE} WHERE hash = :hash FOR UPDATE",
)
pending_by_user_code = Statement(
    f"{_DEVICE} WHERE user_hash = :user_hash AND state = 'pending' AND expires_at > :now",
    DeviceRow,
    pg=f"{_DEVICE} WHERE user_hash = :user_hash AND state = 'pending' AND expires_at > :now"
    " FOR UPDATE",
)
decide_device = Statement(
    "UPDATE device_code SET state = :state, account_id = :account"
    " WHERE hash = :hash AND state = 'pending' AND expires_at > :now"
)
use_device = Statement(
    "UPDATE device_code SET state = 'used', family_id = :family"
    " WHERE hash = :hash AND state = 'approved' AND expires_at > :now"
)
poll_device = Statement(
    "UPDATE device_code SET polled_at = :now, interval_ms = interval_ms + :more WHERE hash = :hash"
)
deny_devices_of = Statement(
    "UPDATE device_code SET state = 'denied' WHERE account_id = :account AND state = 'approved'"
)
"""Codes that this account said yes to and that paid nothing out yet; pending ones are nobody's."""
pending_devices_of = Statement(
    "SELECT COUNT(*) FROM device_code WHERE network = :network AND state = 'pending'"
    " AND expires_at > :now",
    int,
)
forget_devices = Statement("DELETE FROM device_code WHERE expires_at < :before")

# --- authorization codes (RFC 6749 section 4.1) ----------------------------------------------


class CodeRow(msgspec.Struct, frozen=True):
    """One authorization code, used or not."""

    hash: str
    client_id: str
    account_id: str
    redirect_uri: str
    scope: str
    challenge: str
    auth_time: int
    expires_at: int
    used_at: int | None
    family_id: str | None


_CODE = (
    "SELECT hash, client_id, account_id, redirect_uri, scope, challenge, auth_time, expires_at,"
    " used_at, family_id FROM authorization_code WHERE hash = :hash"
)
insert_code = Statement(
    "INSERT INTO authorization_code (hash, client_id, account_id, redirect_uri, scope, challenge,"
    " auth_time, expires_at) VALUES (:hash, :client, :account, :redirect_uri, :scope,"
    " :challenge, :auth_time, :expires)"
)
code_by_hash = Statement(_CODE, CodeRow, pg=f"{_CODE} FOR UPDATE")
use_code = Statement(
    "UPDATE authorization_code SET used_at = :now, family_id = :family"
    " WHERE hash = :hash AND used_at IS NULL AND expires_at > :now"
)
forget_unused_codes_of = Statement(
    "DELETE FROM authorization_code WHERE account_id = :account AND used_at IS NULL"
)
forget_codes = Statement("DELETE FROM authorization_code WHERE expires_at < :before")

# --- browser sessions ------------------------------------------------------------------------


class WebSessionRow(msgspec.Struct, frozen=True):
    """A signed-in browser with the name to greet."""

    id: str
    hash: str
    account_id: str
    created_at: int
    last_used_at: int
    auth_time: int
    kind: str
    name: str
    login: str


_WEB = (
    "SELECT w.id, w.hash, w.account_id, w.created_at, w.last_used_at, w.auth_time, p.kind,"
    " p.name, p.login FROM web_session w JOIN account p ON p.id = w.account_id"
)
insert_web = Statement(
    "INSERT INTO web_session (id, hash, account_id, network, created_at, last_used_at, auth_time)"
    " VALUES (:id, :hash, :account, :network, :now, :now, :now)"
)
web_by_hash = Statement(
    f"{_WEB} WHERE w.hash = :hash AND w.created_at > :oldest AND w.last_used_at > :idle_since",
    WebSessionRow,
)
web_of = Statement(
    f"{_WEB} WHERE w.account_id = :account AND w.created_at > :oldest"
    " AND w.last_used_at > :idle_since ORDER BY w.created_at DESC, w.id LIMIT 100",
    WebSessionRow,
)
touch_web = Statement("UPDATE web_session SET last_used_at = :now WHERE id = :id")
end_web = Statement("DELETE FROM web_session WHERE id = :id AND account_id = :account")
end_other_webs = Statement("DELETE FROM web_session WHERE account_id = :account AND id <> :keep")
forget_webs = Statement(
    "DELETE FROM web_session WHERE account_id = :account"
    " AND (created_at < :oldest OR last_used_at < :idle_since)"
)

# --- wrong guesses ---------------------------------------------------------------------------


class GuessRow(msgspec.Struct, frozen=True):
    """How often one subject guessed wrong, and until when it must wait."""

    n: int
    blocked_until: int
    forget_at: int


_GUESS = "SELECT n, blocked_until, forget_at FROM guess WHERE kind = :kind AND subject = :subject"
guess = Statement(_GUESS, GuessRow)
count_guess = Statement(
    "INSERT INTO guess (kind, subject, n, blocked_until, forget_at)"
    " VALUES (:kind, :subject, 1, 0, :forget_at)"
    " ON CONFLICT (kind, subject) DO UPDATE SET"
    " n = CASE WHEN guess.forget_at <= :now THEN 1 ELSE guess.n + 1 END,"
    " blocked_until = CASE WHEN guess.forget_at <= :now THEN 0 ELSE guess.blocked_until END,"
    " forget_at = CASE WHEN guess.forget_at <= :now OR :sliding = 1 THEN :forget_at"
    " ELSE guess.forget_at END RETURNING n, blocked_until, forget_at",
    GuessRow,
)
block_guess = Statement(
    "UPDATE guess SET blocked_until = :until WHERE kind = :kind AND subject = :subject"
)
clear_guess = Statement("DELETE FROM guess WHERE kind = :kind AND subject = :subject")
uncount_guess = Statement(
    "UPDATE guess SET n = n - 1,"
    " blocked_until = CASE WHEN n - 1 < :free THEN 0 ELSE blocked_until END"
    " WHERE kind = :kind AND subject = :subject AND n > 0"
)
_OLDEST_GUESSES = (
    "DELETE FROM guess WHERE (kind, subject) IN"
    " (SELECT kind, subject FROM guess WHERE forget_at < :before ORDER BY forget_at LIMIT :most{})"
)
forget_guesses = Statement(
    _OLDEST_GUESSES.format(""), pg=_OLDEST_GUESSES.format(" FOR UPDATE SKIP LOCKED")
)
"""A few of those that are over; on PostgreSQL nobody waits for a row that another deletes."""
