-- What people typed in a write of a layer: blocked and allowed words, blocked accounts, titles. It
-- is never in the ledger or an inbox; it lies here beside entry `seq` and goes when that is erased.
-- `before` and `after` are JSON, NULL is silence.
CREATE TABLE layer_text (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    seq BIGINT NOT NULL,
    owner_id TEXT NOT NULL,
    path TEXT NOT NULL,
    before TEXT,
    after TEXT,
    PRIMARY KEY (teen_id, seq, path)
);
