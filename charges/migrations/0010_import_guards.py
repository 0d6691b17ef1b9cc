"""What a row of an import became stays: it is imported once, and undone once."""

from django.db import migrations

ONCE = """
CREATE FUNCTION charges_imported_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'importrow_once';
END $$;
CREATE TRIGGER importrow_once BEFORE UPDATE OF state ON "charges_importrow"
    FOR EACH ROW WHEN (OLD.state IN ('imported', 'undone') AND NEW.state <> OLD.state
                       AND NOT (OLD.state = 'imported' AND NEW.state = 'undone'))
    EXECUTE FUNCTION charges_imported_once();
"""
NOT_ONCE = """
DROP TRIGGER importrow_once ON "charges_importrow";
DROP FUNCTION charges_imported_once();
"""


class Migration(migrations.Migration):
    dependencies = [("charges", "0009_recurrence_guards")]

    operations = [migrations.RunSQL(ONCE, NOT_ONCE)]
