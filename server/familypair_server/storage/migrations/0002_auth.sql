-- Sign-in. Secrets are here as hashes only: SHA-256 of 256-bit tokens, keyed MAC of short codes.

-- Confidential clients that may introspect tokens; the first-party client is part of the program.
CREATE TABLE oauth_client (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- One sign-in of one client: its tokens live and die together.
CREATE TABLE token_family (
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    scope TEXT NOT NULL,
    how TEXT NOT NULL CHECK (how IN ('device', 'code')),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    auth_time BIGINT,
    revoked_at BIGINT,
    revoked_why TEXT
);

CREATE INDEX token_family_account ON token_family (account_id);

CREATE TABLE access_token (
    hash TEXT PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_family (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX access_token_family ON access_token (family_id);

CREATE TABLE refresh_token (
    hash TEXT PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_family (id) ON DELETE CASCADE,
    n BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (family_id, n)
);

CREATE TABLE device_code (
    hash TEXT PRIMARY KEY,
    user_hash TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    interval_ms BIGINT NOT NULL,
    polled_at BIGINT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'used')),
    account_id TEXT,
    family_id TEXT
);

CREATE INDEX device_code_expiry ON device_code (expires_at);

CREATE TABLE authorization_code (
    hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    challenge TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    family_id TEXT
);

CREATE INDEX authorization_code_expiry ON authorization_code (expires_at);

-- A browser that is signed in on our pages.
CREATE TABLE web_session (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    network TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    auth_time BIGINT NOT NULL
);

CREATE INDEX web_session_account ON web_session (account_id);

-- Counters of wrong guesses; `subject` is a keyed MAC, so it names nobody.
CREATE TABLE guess (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    n BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    forget_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

CREATE INDEX guess_forget ON guess (forget_at);
