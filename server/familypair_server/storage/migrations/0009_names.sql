-- What people were called when a link stopped being active, or at the last step of an invitation:
-- the other side of what is over is never told a later name.

ALTER TABLE link ADD COLUMN teen_name TEXT;
ALTER TABLE link ADD COLUMN guardian_name TEXT;
ALTER TABLE invitation ADD COLUMN teen_name TEXT;
ALTER TABLE invitation ADD COLUMN guardian_name TEXT;

UPDATE link SET
    teen_name = (SELECT name FROM account WHERE account.id = link.teen_id),
    guardian_name = (SELECT name FROM account WHERE account.id = link.guardian_id)
WHERE state <> 'active';

UPDATE invitation SET
    teen_name = (SELECT name FROM account WHERE account.id = invitation.teen_id),
    guardian_name = (SELECT name FROM account WHERE account.id = invitation.guardian_id);
