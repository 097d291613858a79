-- The handshake and links. `doc` is the value that the pure rule reads and returns; the columns
-- beside it are what SQL searches, written together with it.

CREATE TABLE invitation (
    id TEXT PRIMARY KEY,
    issuer_id TEXT NOT NULL REFERENCES account (id),
    guardian_id TEXT REFERENCES account (id),
    teen_id TEXT REFERENCES account (id),
    code_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'claimed', 'confirmed', 'approved',
        'declined', 'cancelled', 'expired')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    claimed_at BIGINT,
    link_id TEXT,
    doc TEXT NOT NULL
);

-- Only an offered code can be entered, so only those must differ.
CREATE UNIQUE INDEX invitation_code ON invitation (code_hash) WHERE state = 'offered';
CREATE INDEX invitation_issuer ON invitation (issuer_id, created_at);
CREATE INDEX invitation_guardian ON invitation (guardian_id, created_at);
CREATE INDEX invitation_teen ON invitation (teen_id, created_at);

-- Pairs that cannot meet again for a while (a decline) or at all (a safety exit, until an operator
-- lifts it). Silent: the answer is that of a wrong code.
CREATE TABLE pair_block (
    teen_id TEXT NOT NULL,
    guardian_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('declined', 'protective')),
    until BIGINT,
    PRIMARY KEY (teen_id, guardian_id, kind)
);

CREATE TABLE link (
    teen_id TEXT NOT NULL REFERENCES account (id),
    id TEXT NOT NULL,
    guardian_id TEXT NOT NULL REFERENCES account (id),
    invitation_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('active', 'ending', 'ended')),
    version BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    activated_at BIGINT NOT NULL,
    due_at BIGINT,
    silent_until BIGINT,
    told TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (teen_id, id)
);

CREATE UNIQUE INDEX link_id ON link (id);
CREATE INDEX link_guardian ON link (guardian_id, activated_at);
CREATE UNIQUE INDEX link_pair ON link (teen_id, guardian_id) WHERE state <> 'ended';
CREATE INDEX link_due ON link (due_at) WHERE due_at IS NOT NULL;

-- What stays of a guardian's rules after an end: time for the notice period, protection for 7 days.
CREATE TABLE hold (
    teen_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('notice', 'platform')),
    until BIGINT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (teen_id, link_id, kind)
);

-- The consent receipt: a compact JWS, the same bytes for both sides, with pseudonyms of this link.
CREATE TABLE receipt (
    teen_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    jws TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, link_id, at)
);

-- When a teen was shown what a wish for more scopes means; it arms the grant.
CREATE TABLE scope_disclosure (
    teen_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, link_id)
);
