-- The newest word of a device from before the day of its last one: guardians read of devices what
-- was known when their day began, or they would see the minute at which an app is opened again.
ALTER TABLE device_applied ADD COLUMN eve_at BIGINT;
