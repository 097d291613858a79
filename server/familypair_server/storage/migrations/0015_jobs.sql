-- Work that time makes due. A row is one subject's next time; nothing that is read waits for it.
CREATE TABLE job (
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  -- Until then a runner is at it, or a failed one waits to be tried again.
  claimed_until BIGINT NOT NULL DEFAULT 0,
  fence BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  -- Asked for again while a runner is at it.
  again_at BIGINT,
  PRIMARY KEY (name, subject)
);
CREATE INDEX job_due ON job (due_at);
CREATE INDEX job_claimed ON job (claimed_until) WHERE claimed_until > 0;

-- One row: which process runs jobs, until when, and how often that has changed.
CREATE TABLE job_lease (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  holder TEXT NOT NULL,
  held_until BIGINT NOT NULL,
  fence BIGINT NOT NULL
);
INSERT INTO job_lease (id, holder, held_until, fence) VALUES (1, '', 0, 0);

-- Teens who were here before there were jobs: the first run finds out when their band changes.
INSERT INTO job (name, subject, due_at) SELECT 'band_notice', id, 0 FROM account WHERE kind = 'teen';
