"""What must never happen to a mail, forbidden by the database.

A mail that left, or that may have left, never waits again.
"""

from django.db import migrations

MOVES = """
    ('waiting', 'sending'), ('waiting', 'not_sent'), ('waiting', 'gave_way'),
    ('sending', 'waiting'), ('sending', 'sent'), ('sending', 'unknown'), ('sending', 'refused'),
    ('sending', 'not_sent')
"""

GUARDS = f"""
CREATE FUNCTION charges_reminder_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.status, NEW.status) NOT IN ({MOVES}) THEN
        RAISE EXCEPTION 'a reminder does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reminder_moves';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reminder_moves BEFORE UPDATE OF status ON "charges_reminder"
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION charges_reminder_moves();
CREATE TRIGGER reminder_frozen
    BEFORE UPDATE OF tenant_id, charge_id, payer_id, step_id, email, due_date ON "charges_reminder"
    FOR EACH ROW WHEN (
        (OLD.tenant_id, OLD.charge_id, OLD.payer_id, OLD.step_id, OLD.email, OLD.due_date)
        IS DISTINCT FROM
        (NEW.tenant_id, NEW.charge_id, NEW.payer_id, NEW.step_id, NEW.email, NEW.due_date)
    ) EXECUTE FUNCTION charges_never();
CREATE TRIGGER reminder_kept BEFORE DELETE ON "charges_reminder"
    FOR EACH ROW EXECUTE FUNCTION charges_never();
"""
NO_GUARDS = """
DROP TRIGGER reminder_kept ON "charges_reminder";
DROP TRIGGER reminder_frozen ON "charges_reminder";
DROP TRIGGER reminder_moves ON "charges_reminder";
DROP FUNCTION charges_reminder_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0007_refund_guards")]

    operations = [
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
