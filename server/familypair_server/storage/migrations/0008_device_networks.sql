-- How many apps of one network wait for a code to be typed is asked before another may.
CREATE INDEX device_code_network ON device_code (network, expires_at);
