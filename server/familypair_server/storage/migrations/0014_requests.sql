-- Asking and agreeing. `doc` is the value that the pure rules read and return; the columns beside
-- it are what SQL searches, written together with it.
CREATE TABLE request (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'countered', 'approved', 'declined', 'withdrawn',
        'expired')),
    version BIGINT NOT NULL,
    any_one SMALLINT NOT NULL CHECK (any_one IN (0, 1)),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    closed_at BIGINT,
    doc TEXT NOT NULL,
    -- Read by the teen and by those who are asked only; goes with the row.
    reason TEXT NOT NULL,
    PRIMARY KEY (teen_id, id)
);

CREATE UNIQUE INDEX request_id ON request (id);
CREATE INDEX request_teen ON request (teen_id, created_at, id);

-- Who may read a request beside the teen; `waits` while it is their turn. The teen has a row too,
-- whose turn it is while an offer lies before them.
CREATE TABLE request_part (
    teen_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    waits SMALLINT NOT NULL CHECK (waits IN (0, 1)),
    PRIMARY KEY (teen_id, request_id, owner_id)
);

CREATE TABLE request_note (
    teen_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, request_id, seq)
);

-- Blocks of one owner that are open for a while: an approved request.
CREATE TABLE lifted (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    request_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    end_at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, request_id, owner_id)
);

CREATE INDEX lifted_span ON lifted (teen_id, end_at);

-- What was agreed: a mark on rules with a date to look at it again. Titles are in `doc`.
CREATE TABLE agreement (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    id TEXT NOT NULL,
    agreed_at BIGINT NOT NULL,
    review_at BIGINT NOT NULL,
    ended_at BIGINT,
    doc TEXT NOT NULL,
    PRIMARY KEY (teen_id, id)
);

CREATE UNIQUE INDEX agreement_id ON agreement (id);

-- Standing yeses of a guardian, and when each answered.
CREATE TABLE auto_rule (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (teen_id, id)
);

CREATE UNIQUE INDEX auto_rule_id ON auto_rule (id);

CREATE TABLE auto_use (
    teen_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (teen_id, rule_id, request_id)
);
