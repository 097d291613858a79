-- What guardians read of a line that follows from use: with `see_time` the same arithmetic with use
-- in steps of 15 minutes, without it the same arithmetic without any use. Only of such a line.
ALTER TABLE posting ADD COLUMN told BIGINT;
ALTER TABLE posting ADD COLUMN blind BIGINT;
