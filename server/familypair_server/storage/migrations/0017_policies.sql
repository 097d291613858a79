-- What one host was told of one teen. `version` counts up for as long as the id at that host
-- (`subject`) lives; `digest` is of everything that the version says. The marks beside it tell in
-- one statement whether anything has moved that could change it: the head of the teen's ledger,
-- what the host declared and which word packs there are (`basis`), and the use of the day before,
-- from which roll-over follows.
CREATE TABLE host_policy (
    teen_id TEXT NOT NULL REFERENCES account (id),
    host_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    version BIGINT NOT NULL,
    digest TEXT NOT NULL,
    seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    basis TEXT NOT NULL,
    eve TEXT NOT NULL,
    eve_mark BIGINT NOT NULL,
    -- The day of writing, by date and as JSON with the seconds at which something happens: enough
    -- to tell the day's use without the whole policy.
    day TEXT NOT NULL,
    today TEXT NOT NULL,
    -- Each thing that the version says, as JSON: its digest, and since which version it says it.
    said TEXT NOT NULL,
    refresh_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- The use that was last announced to open streams.
    use_start BIGINT NOT NULL,
    use_seconds BIGINT NOT NULL,
    use_at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, host_id)
);

CREATE INDEX host_binding_page ON host_binding (host_id, subject);

-- What a host says that it enforces: actions, separated by blanks.
CREATE TABLE host_capabilities (
    host_id TEXT PRIMARY KEY,
    enforces TEXT NOT NULL,
    restricted SMALLINT NOT NULL CHECK (restricted IN (0, 1)),
    declared_at BIGINT NOT NULL
);

-- Which version a device said last that it enforces; it goes with the binding.
CREATE TABLE device_applied (
    teen_id TEXT NOT NULL REFERENCES account (id),
    host_id TEXT NOT NULL,
    device TEXT NOT NULL,
    subject TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, host_id, device)
);
