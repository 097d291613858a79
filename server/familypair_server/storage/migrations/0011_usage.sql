-- What hosts sent, so that a repeat is harmless and a changed number a conflict: a row for each run
-- of numbers of one device in one batch. `doc` has, number by number, what was sent and how much of
-- it counts. Kept for 9 days. Nothing of a safety surface ever comes here.
CREATE TABLE usage_sent (
  teen_id TEXT NOT NULL REFERENCES teen (id),
  host_id TEXT NOT NULL,
  device TEXT NOT NULL,
  first_seq BIGINT NOT NULL,
  last_seq BIGINT NOT NULL,
  doc TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (teen_id, host_id, device, first_seq)
);

-- One local day of a teen, cut when it was first written (`tzdata`: with which zone database).
-- `doc` has the unions as spans: all use, per surface, per device, and what is unknown.
-- `received_at` is the last receipt that covers the day; NULL: none does, use is unknown.
CREATE TABLE usage_day (
  teen_id TEXT NOT NULL REFERENCES teen (id),
  day TEXT NOT NULL,
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  zone TEXT NOT NULL,
  tzdata TEXT NOT NULL,
  doc TEXT NOT NULL,
  late SMALLINT NOT NULL,
  received_at BIGINT,
  PRIMARY KEY (teen_id, day)
);

-- Days older than 28 days, by ISO week (`week` is its Monday), for a year.
CREATE TABLE usage_week (
  teen_id TEXT NOT NULL REFERENCES teen (id),
  week TEXT NOT NULL,
  used_seconds BIGINT NOT NULL,
  known_days BIGINT NOT NULL,
  opens BIGINT NOT NULL,
  night_seconds BIGINT NOT NULL,
  PRIMARY KEY (teen_id, week)
);
