CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_body_no_update BEFORE UPDATE ON ledger_body
BEGIN SELECT RAISE(ABORT, 'a ledger body is erased or left alone'); END;
CREATE TRIGGER inbox_entry_no_delete BEFORE DELETE ON inbox_entry
BEGIN SELECT RAISE(ABORT, 'an inbox is append-only'); END;
CREATE TRIGGER inbox_entry_no_update BEFORE UPDATE ON inbox_entry
WHEN NEW.teen_id <> OLD.teen_id OR NEW.viewer_id <> OLD.viewer_id OR NEW.seq <> OLD.seq
  OR NEW.ledger_seq <> OLD.ledger_seq OR NEW.type <> OLD.type OR NEW.at <> OLD.at
  OR NEW.commitment <> OLD.commitment OR NEW.hash <> OLD.hash
  OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an inbox entry is erased or left alone'); END;
