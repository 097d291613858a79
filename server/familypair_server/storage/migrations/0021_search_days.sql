-- Searches with a word of a pack, by local day in the teen's zone: only days that are over are
-- shown, as one band a week, so that it tells no instant. Each day stops counting at ten. Two weeks,
-- then gone; never what was searched for.
CREATE TABLE search_day (
    teen_id TEXT NOT NULL REFERENCES teen (id),
    day TEXT NOT NULL,
    counted SMALLINT NOT NULL,
    PRIMARY KEY (teen_id, day)
);

DROP TABLE search_week;
