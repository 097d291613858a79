-- Where a host app wants to be told what happened (Standard Webhooks). Secrets are sealed.
CREATE TABLE webhook (
  id TEXT PRIMARY KEY,
  host_id TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Separated by blanks.
  events TEXT NOT NULL,
  secret TEXT NOT NULL,
  -- The one before, which signs too until then.
  old_secret TEXT,
  old_until BIGINT,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  -- The address itself: attempts in a row that failed, and not before when it is tried again.
  failures BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT NOT NULL DEFAULT 0,
  -- Until then one process is sending to it; `fence` is that claim's own number.
  claimed_until BIGINT NOT NULL DEFAULT 0,
  fence BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX webhook_host ON webhook (host_id, created_at, id);

-- How far each webhook was told of each binding: the teen's ledger and links, and the version.
-- Nobody who changes something of a teen writes here.
CREATE TABLE webhook_told (
  webhook_id TEXT NOT NULL REFERENCES webhook (id),
  subject TEXT NOT NULL,
  seq BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  version BIGINT NOT NULL,
  -- How many messages there were, so that they keep their order.
  n BIGINT NOT NULL,
  ended SMALLINT NOT NULL CHECK (ended IN (0, 1)),
  PRIMARY KEY (webhook_id, subject)
);

CREATE TABLE webhook_delivery (
  id TEXT PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhook (id),
  subject TEXT NOT NULL,
  n BIGINT NOT NULL,
  event TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  created_at BIGINT NOT NULL,
  -- While waiting: the next attempt, and the last one.
  due_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  tried_at BIGINT,
  status BIGINT,
  error TEXT NOT NULL DEFAULT '',
  done_at BIGINT
);
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook_id, due_at)
  WHERE state = 'waiting';
CREATE INDEX webhook_delivery_order ON webhook_delivery (webhook_id, subject, n)
  WHERE state = 'waiting';
CREATE INDEX webhook_delivery_page ON webhook_delivery (webhook_id, created_at, id);
CREATE INDEX webhook_delivery_done ON webhook_delivery (state, done_at) WHERE done_at IS NOT NULL;
