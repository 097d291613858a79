-- Host apps. A client is a server that introspects (`service`) or an app that teens bind (`host`).
ALTER TABLE oauth_client ADD COLUMN kind TEXT NOT NULL DEFAULT 'service'
    CHECK (kind IN ('service', 'host'));
-- Addresses and scopes, separated by blanks; neither can hold one.
ALTER TABLE oauth_client ADD COLUMN redirects TEXT NOT NULL DEFAULT '';
ALTER TABLE oauth_client ADD COLUMN scopes TEXT NOT NULL DEFAULT '';

-- A host's own access tokens (RFC 6749 section 4.4): no person, no refresh.
CREATE TABLE host_token (
    hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX host_token_client ON host_token (client_id, expires_at);

-- A teen's yes to one host. `subject` is the teen's id there: random, new for every binding.
CREATE TABLE host_binding (
    teen_id TEXT NOT NULL REFERENCES account (id),
    host_id TEXT NOT NULL,
    subject TEXT NOT NULL UNIQUE,
    bound_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (teen_id, host_id, subject)
);

CREATE UNIQUE INDEX host_binding_live ON host_binding (teen_id, host_id) WHERE ended_at IS NULL;

-- A device at a host, for as long as it is its teen's. Nobody else's at that host meanwhile.
CREATE TABLE device (
    teen_id TEXT NOT NULL REFERENCES account (id),
    host_id TEXT NOT NULL,
    device TEXT NOT NULL,
    subject TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    last_report_at BIGINT,
    PRIMARY KEY (teen_id, host_id, device),
    UNIQUE (host_id, device)
);
