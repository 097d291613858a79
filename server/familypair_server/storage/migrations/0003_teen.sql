-- A teen is the unit of everything: this row is the lock under which a teen's things change.
CREATE TABLE teen (
  id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  head TEXT NOT NULL,
  epoch BIGINT NOT NULL
);

-- The truth: gapless, hash-chained over commitments, append-only. Hashes are 64 hex digits.
CREATE TABLE ledger_entry (
  teen_id TEXT NOT NULL REFERENCES teen (id),
  seq BIGINT NOT NULL CHECK (seq > 0),
  type TEXT NOT NULL,
  at BIGINT NOT NULL,
  commitment TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (teen_id, seq)
);

-- What the commitment commits to. May be erased; the chain stays whole without it.
CREATE TABLE ledger_body (
  teen_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  salt TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (teen_id, seq)
);

-- Each viewer's own numbering and chain over what that viewer may see.
CREATE TABLE inbox_head (
  teen_id TEXT NOT NULL REFERENCES teen (id),
  viewer_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  head TEXT NOT NULL,
  PRIMARY KEY (teen_id, viewer_id)
);
CREATE INDEX inbox_head_viewer ON inbox_head (viewer_id, teen_id);

-- ledger_seq never leaves the server: its gaps would show what a viewer must not know.
CREATE TABLE inbox_entry (
  teen_id TEXT NOT NULL REFERENCES teen (id),
  viewer_id TEXT NOT NULL,
  seq BIGINT NOT NULL CHECK (seq > 0),
  ledger_seq BIGINT NOT NULL,
  type TEXT NOT NULL,
  at BIGINT NOT NULL,
  commitment TEXT NOT NULL,
  hash TEXT NOT NULL,
  salt TEXT,
  body TEXT,
  PRIMARY KEY (teen_id, viewer_id, seq)
);
