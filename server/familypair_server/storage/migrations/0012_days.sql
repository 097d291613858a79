-- How a teen's days were and will be cut: a row per zone and start of day, from an instant on. The
-- day that began at `held_from` lasts until then. No rows: nothing has ever changed, and the
-- account's zone and the teen's own start of day hold since ever.
CREATE TABLE day_regime (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    from_at BIGINT NOT NULL,
    held_from BIGINT NOT NULL,
    zone TEXT NOT NULL,
    day_starts_at TEXT NOT NULL,
    PRIMARY KEY (teen_id, from_at)
);
