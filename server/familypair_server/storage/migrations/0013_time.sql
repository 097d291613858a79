-- Postings: seconds that one owner's layer gained or lost on one local day. Never changed, only
-- answered by another one; `ref` is the gift, code, request or rule behind it.
CREATE TABLE posting (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    day TEXT NOT NULL,
    id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('grant', 'accepted', 'code', 'roll_over', 'correction',
        'write_off', 'undone', 'request', 'auto_rule', 'changed')),
    at BIGINT NOT NULL,
    by_id TEXT NOT NULL,
    ref TEXT NOT NULL,
    -- The limit before and after, as JSON; only of a change.
    before TEXT,
    after TEXT,
    -- Whether the seconds follow from how much was used.
    by_use SMALLINT NOT NULL CHECK (by_use IN (0, 1)),
    PRIMARY KEY (teen_id, day, id)
);

CREATE UNIQUE INDEX posting_id ON posting (id);
CREATE UNIQUE INDEX posting_roll_over ON posting (teen_id, owner_id, day) WHERE kind = 'roll_over';
CREATE UNIQUE INDEX posting_once ON posting (teen_id, owner_id, ref)
    WHERE kind IN ('accepted', 'code', 'request', 'auto_rule');

-- What a day allowed when it closed: the smallest sum, and every layer's allowance and own cap of
-- roll-over, from which a late report is judged.
CREATE TABLE day_close (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    day TEXT NOT NULL,
    limit_seconds BIGINT,
    sums TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, day)
);

-- One-time codes, stored as a keyed hash; one live per giver and teen.
CREATE TABLE time_code (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    id TEXT NOT NULL,
    giver_id TEXT NOT NULL,
    day TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'used', 'withdrawn')),
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, id)
);

CREATE UNIQUE INDEX time_code_id ON time_code (id);
CREATE UNIQUE INDEX time_code_live ON time_code (teen_id, giver_id) WHERE state = 'offered';
CREATE UNIQUE INDEX time_code_hash ON time_code (teen_id, hash) WHERE state = 'offered';

-- Wrong codes of one teen on one day.
CREATE TABLE time_code_try (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    day TEXT NOT NULL,
    tries BIGINT NOT NULL,
    PRIMARY KEY (teen_id, day)
);
