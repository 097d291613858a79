CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_body_no_update BEFORE UPDATE ON ledger_body
  FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER inbox_entry_no_delete BEFORE DELETE ON inbox_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER inbox_entry_no_update BEFORE UPDATE ON inbox_entry
  FOR EACH ROW WHEN (
    (NEW.teen_id, NEW.viewer_id, NEW.seq, NEW.ledger_seq, NEW.type, NEW.at, NEW.commitment, NEW.hash)
      IS DISTINCT FROM
    (OLD.teen_id, OLD.viewer_id, OLD.seq, OLD.ledger_seq, OLD.type, OLD.at, OLD.commitment, OLD.hash)
    OR NEW.salt IS NOT NULL OR NEW.body IS NOT NULL)
  EXECUTE FUNCTION ledger_is_append_only();
