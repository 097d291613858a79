-- Rules: one row per teen and owner (the teen, or one guardian). `doc` is a JSON object of paths
-- and values as the owner wrote them; an absent path is silence. `outgoing` has old values that
-- are still in force. `version` counts the writes; the `window` columns bound them per hour.
CREATE TABLE layer (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    owner_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    outgoing TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    window_at BIGINT NOT NULL,
    window_writes BIGINT NOT NULL,
    PRIMARY KEY (teen_id, owner_id)
);

-- Who looked at a teen's pages: one row per viewer, page and hour, so that a screen that refreshes
-- itself does not fill the table. `at` is the last look in that hour.
CREATE TABLE access_view (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    viewer_id TEXT NOT NULL,
    what TEXT NOT NULL,
    hour BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (teen_id, viewer_id, what, hour)
);
