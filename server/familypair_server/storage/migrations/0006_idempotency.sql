-- Answers of creating requests for 24 h, so that a repeated request has one effect. `answer` is
-- sealed: it may hold a code that is shown once.
CREATE TABLE idempotency (
    account_id TEXT NOT NULL,
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);

CREATE INDEX idempotency_at ON idempotency (at);
