"""SQL of webhooks: a host reads by its own id only. See migration 0019."""

import msgspec

from familypair_server.storage import Statement

# --- what a host registers -------------------------------------------------------------------


class WebhookRow(msgspec.Struct, frozen=True):
    """A registered address, without its secrets."""

    id: str
    url: str
    events: str
    created_at: int
    disabled_at: int | None
    old_until: int | None


_WEBHOOK = "SELECT id, url, events, created_at, disabled_at, old_until FROM webhook"
lock_host = Statement(
    "SELECT id FROM oauth_client WHERE id = :host",
    str,
    pg="SELECT id FROM oauth_client WHERE id = :host FOR UPDATE",
)
"""Before counting: two that are made at once must not both be the last one allowed."""
count = Statement("SELECT COUNT(*) FROM webhook WHERE host_id = :host", int)
of_host = Statement(f"{_WEBHOOK} WHERE host_id = :host ORDER BY created_at, id", WebhookRow)
by_id = Statement(f"{_WEBHOOK} WHERE id = :id AND host_id = :host", WebhookRow)
insert = Statement(
    "INSERT INTO webhook (id, host_id, url, events, secret, created_at)"
    " VALUES (:id, :host, :url, :events, :secret, :now)"
)
begin_told = Statement(
    "INSERT INTO webhook_told (webhook_id, subject, seq, epoch, version, n, ended)"
    " SELECT CAST(:id AS TEXT), b.subject, t.seq, t.epoch, COALESCE(p.version, 0), 0,"
    " CASE WHEN b.ended_at IS NULL THEN 0 ELSE 1 END"
    " FROM host_binding b JOIN teen t ON t.id = b.teen_id"
    " LEFT JOIN host_policy p ON p.teen_id = b.teen_id AND p.host_id = b.host_id"
    " AND p.subject = b.subject WHERE b.host_id = :host ORDER BY b.subject"
)
"""What has happened before a webhook was made is not told to it."""
lock_secret = Statement(
    "SELECT secret FROM webhook WHERE id = :id AND host_id = :host",
    str,
    pg="SELECT secret FROM webhook WHERE id = :id AND host_id = :host FOR NO KEY UPDATE",
)
rotate = Statement(
    "UPDATE webhook SET old_secret = :old, old_until = :until, secret = :secret WHERE id = :id"
)
drop = Statement(
    (
        "DELETE FROM webhook_delivery WHERE webhook_id = :id",
        "DELETE FROM webhook_told WHERE webhook_id = :id",
        "DELETE FROM webhook WHERE id = :id",
    )
)
lock = Statement(
    "SELECT id FROM webhook WHERE id = :id",
    str,
    pg="SELECT id FROM webhook WHERE id = :id FOR UPDATE",
)
"""Before `drop`: nobody adds a message in between."""
enable = Statement("UPDATE webhook SET disabled_at = NULL, due_at = 0, failures = 0 WHERE id = :id")
any_enabled = Statement("SELECT 1 FROM webhook WHERE disabled_at IS NULL LIMIT 1", int)
any_left = Statement("SELECT 1 FROM webhook LIMIT 1", int)
"""Whether there may be messages: none outlives its webhook, see `drop`."""

# --- what was not told yet -------------------------------------------------------------------


class BehindRow(msgspec.Struct, frozen=True):
    """A binding of which a webhook was not told everything. `told_*` are None for a new one."""

    webhook_id: str
    host_id: str
    events: str
    subject: str
    teen_id: str
    bound_at: int
    ended_at: int | None
    seq: int
    epoch: int
    told_seq: int | None
    told_epoch: int | None
    told_version: int | None
    n: int | None
    version: int | None
    """What the host was given last; None when it was given nothing."""


class BehindKey(msgspec.Struct, frozen=True):
    """Which binding, at which webhook."""

    webhook_id: str
    subject: str


_FROM = (
    " FROM host_binding b JOIN webhook w ON w.host_id = b.host_id AND w.disabled_at IS NULL"
    " JOIN teen t ON t.id = b.teen_id"
    " LEFT JOIN webhook_told s ON s.webhook_id = w.id AND s.subject = b.subject"
    " LEFT JOIN host_policy p ON p.teen_id = b.teen_id AND p.host_id = b.host_id"
    " AND p.subject = b.subject"
)
_BEHIND = (
    "(s.seq IS NULL OR (s.ended = 0 AND (s.seq < t.seq OR s.epoch < t.epoch"
    " OR s.version < p.version)))"
)
_OF_TEENS = "(SELECT value FROM json_each(:teens))"
_OF_TEENS_PG = "(SELECT json_array_elements_text(CAST(CAST(:teens AS TEXT) AS JSON)))"
_KEYS = f"SELECT w.id, b.subject{_FROM} WHERE {_BEHIND}"
_ORDER = " ORDER BY b.subject, w.id"
behind_of = Statement(
    f"{_KEYS} AND b.teen_id IN {_OF_TEENS}{_ORDER}",
    BehindKey,
    pg=f"{_KEYS} AND b.teen_id IN {_OF_TEENS_PG}{_ORDER}",
)
"""Among some teens; `teens` is a JSON array of our own ids."""
behind_within = Statement(
    f"{_KEYS} AND b.host_id = :host AND b.subject > :after AND b.subject <= :through{_ORDER}",
    BehindKey,
)
page_end = Statement(
    "SELECT subject FROM (SELECT subject FROM host_binding WHERE host_id = :host"
    " AND subject > :after ORDER BY subject LIMIT :limit) q ORDER BY subject DESC LIMIT 1",
    str,
)
"""The last id of a page of bindings; no row after the last one."""
hosts = Statement(
    "SELECT DISTINCT host_id FROM webhook WHERE disabled_at IS NULL ORDER BY host_id", str
)
behind_one = Statement(
    "SELECT w.id, w.host_id, w.events, b.subject, b.teen_id, b.bound_at, b.ended_at, t.seq,"
    f" t.epoch, s.seq, s.epoch, s.version, s.n, p.version{_FROM}"
    f" WHERE w.id = :webhook AND b.subject = :subject AND {_BEHIND}",
    BehindRow,
)
_NEW = "(:webhook, :subject, :seq, :epoch, :version, :n, :ended)"
first_told = Statement(
    "INSERT INTO webhook_told (webhook_id, subject, seq, epoch, version, n, ended)"  # noqa: S608 - constant part
    f" VALUES {_NEW} ON CONFLICT DO NOTHING"
)
move_told = Statement(
    "UPDATE webhook_told SET seq = :seq, epoch = :epoch, version = :version, n = :n,"
    " ended = :ended WHERE webhook_id = :webhook AND subject = :subject AND ended = 0"
    " AND seq = :told_seq AND epoch = :told_epoch AND version = :told_version"
)
"""No row when another process has told it meanwhile."""
last_due = Statement(
    "SELECT due_at FROM webhook_delivery WHERE webhook_id = :webhook AND subject = :subject"
    " AND state = 'waiting' ORDER BY due_at DESC LIMIT 1",
    int,
)
put = Statement(
    "INSERT INTO webhook_delivery (id, webhook_id, subject, n, event, body, state, created_at,"
    " due_at, until_at) VALUES (:id, :webhook, :subject, :n, :event, :body, 'waiting', :now,"
    " :due, :until)"
)

# --- sending ---------------------------------------------------------------------------------


class ClaimRow(msgspec.Struct, frozen=True):
    """An address that a process sends to; `fence` is this claim's own number."""

    id: str
    fence: int


class TakenRow(msgspec.Struct, frozen=True):
    """Where to send, and with which secrets (sealed)."""

    url: str
    secret: str
    old_secret: str | None
    old_until: int | None
    failures: int


class WaitingRow(msgspec.Struct, frozen=True):
    """The message to send next."""

    id: str
    subject: str
    n: int
    body: str
    attempts: int
    until_at: int


_READY = (
    "SELECT w.id FROM webhook w WHERE w.disabled_at IS NULL AND w.due_at <= :now"
    " AND (w.claimed_until <= :now OR w.claimed_until > :absurd) AND EXISTS (SELECT 1"
    " FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting'"
    " AND d.due_at <= :now) ORDER BY w.due_at, w.id LIMIT :most"
)
_CLAIM = "SET claimed_until = :until, fence = webhook.fence + 1"
claim = Statement(
    f"UPDATE webhook {_CLAIM} WHERE id IN ({_READY}) RETURNING id, fence",
    ClaimRow,
    pg=f"WITH ready AS MATERIALIZED ({_READY} FOR NO KEY UPDATE SKIP LOCKED)"
    f" UPDATE webhook {_CLAIM} FROM ready WHERE webhook.id = ready.id"
    " RETURNING webhook.id, webhook.fence",
)
"""Addresses with something to send now; nobody else gets them until `until`."""
_MINE = "WHERE id = :id AND fence = :fence"
keep = Statement(
    f"UPDATE webhook SET claimed_until = :until {_MINE} AND disabled_at IS NULL"  # noqa: S608 - constant part
    " RETURNING url, secret, old_secret, old_until, failures",
    TakenRow,
)
"""Go on with a claim; no row when it is lost, or the webhook is gone or disabled."""
release = Statement(f"UPDATE webhook SET claimed_until = 0 {_MINE}")  # noqa: S608 - constant part
waiting_of = Statement(
    "SELECT COUNT(*) FROM webhook_delivery"
    " WHERE webhook_id = :webhook AND event = :event AND state = 'waiting'",
    int,
)
first_waiting = Statement(
    "SELECT id, subject, n, body, attempts, until_at FROM webhook_delivery"
    " WHERE webhook_id = :id AND state = 'waiting' AND due_at <= :now"
    " ORDER BY due_at, created_at, n, id LIMIT 1",
    WaitingRow,
)
delivered = Statement(
    "UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, tried_at = :now,"
    " status = :status, error = '', done_at = :now WHERE id = :id AND state <> 'delivered'"
)
answered = Statement(f"UPDATE webhook SET failures = 0, due_at = 0 {_MINE}")  # noqa: S608 - constant part
again = Statement(
    "UPDATE webhook_delivery SET attempts = attempts + 1, tried_at = :now, status = :status,"
    " error = :error, due_at = :due WHERE id = :id AND state = 'waiting'"
)
after_it = Statement(
    "UPDATE webhook_delivery SET due_at = :due WHERE webhook_id = :webhook"
    " AND subject = :subject AND state = 'waiting' AND n > :n AND due_at < :due"
)
"""What is newer of the same teen waits for the older message."""
failed = Statement(
    "UPDATE webhook_delivery SET state = 'failed', attempts = attempts + 1, tried_at = :now,"
    " status = :status, error = :error, done_at = :now WHERE id = :id AND state = 'waiting'"
)
rest = Statement(
    "UPDATE webhook SET failures = failures + 1, due_at = CAST(:due AS BIGINT), claimed_until = 0"  # noqa: S608 - constant part
    f" {_MINE}"
)
expire = Statement(
    "UPDATE webhook_delivery SET state = 'failed', error = 'expired', done_at = :now"
    " WHERE webhook_id = :webhook AND state = 'waiting' AND until_at <= :now"
)
"""The address does not answer, and the time of these is over too."""
disable = Statement(
    f"UPDATE webhook SET disabled_at = CAST(:now AS BIGINT), claimed_until = 0 {_MINE}"  # noqa: S608 - constant part
)
fail_waiting = Statement(
    "UPDATE webhook_delivery SET state = 'failed', error = :error, done_at = :now"
    " WHERE webhook_id = :webhook AND state = 'waiting'"
)
next_due = Statement(
    "SELECT at FROM (SELECT CASE WHEN w.claimed_until > x.at THEN w.claimed_until ELSE x.at END"
    " AS at FROM webhook w JOIN (SELECT v.id, CASE WHEN v.due_at > v.first THEN v.due_at"
    " ELSE v.first END AS at FROM (SELECT id, due_at, (SELECT MIN(d.due_at)"
    " FROM webhook_delivery d WHERE d.webhook_id = webhook.id AND d.state = 'waiting') AS first"
    " FROM webhook WHERE disabled_at IS NULL) v WHERE v.first IS NOT NULL) x ON x.id = w.id) q"
    " ORDER BY at LIMIT 1",
    int,
)
"""When an address can be tried next; no row when nothing waits."""

# --- what became of it -----------------------------------------------------------------------


class DeliveryRow(msgspec.Struct, frozen=True):
    """A message as its host sees it."""

    id: str
    event: str
    state: str
    attempts: int
    created_at: int
    due_at: int
    tried_at: int | None
    status: int | None
    error: str
    body: str


_DELIVERY = (
    "SELECT id, event, state, attempts, created_at, due_at, tried_at, status, error, body"
    " FROM webhook_delivery WHERE webhook_id = :webhook"
)
delivery = Statement(f"{_DELIVERY} AND id = :id", DeliveryRow)
deliveries = Statement(
    f"{_DELIVERY} AND (CAST(:state AS TEXT) = '' OR state = :state) AND (created_at < :before"
    " OR (created_at = :before AND id < :id)) ORDER BY created_at DESC, id DESC LIMIT :limit",
    DeliveryRow,
)
_AGAIN = (
    "SET state = 'waiting', attempts = 0, due_at = :now, until_at = :until, done_at = NULL"
    " WHERE webhook_id = :webhook AND "
)
replay = Statement(f"UPDATE webhook_delivery {_AGAIN} id = :id")
replay_failed = Statement(f"UPDATE webhook_delivery {_AGAIN} state = 'failed'")
forget = Statement("DELETE FROM webhook_delivery WHERE state = :state AND done_at <= :before")
