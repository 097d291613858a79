-- Word packs of the operator, beside those that ship. `doc` has what the pack says as JSON. A pack
-- that was replaced or removed stays for a while (`retired_at`): a host may still hold rules that
-- name its digest. One row of `word_pack_head` counts the changes, for every process to notice.
CREATE TABLE word_pack (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    severity SMALLINT NOT NULL,
    language TEXT NOT NULL,
    terms BIGINT NOT NULL,
    doc TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE UNIQUE INDEX word_pack_name ON word_pack (name) WHERE retired_at IS NULL;

CREATE TABLE word_pack_head (
    id SMALLINT PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);

INSERT INTO word_pack_head (id, revision) VALUES (1, 0);

-- How many searches of a teen word packs stopped, by ISO week in the teen's zone. It stops counting
-- at ten, which is all that anybody is shown. Two weeks, then gone; never what was searched for.
CREATE TABLE search_week (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    week TEXT NOT NULL,
    stopped SMALLINT NOT NULL,
    PRIMARY KEY (teen_id, week)
);
