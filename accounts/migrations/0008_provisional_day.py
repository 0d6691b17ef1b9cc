"""The day of an entry may be provisional, until the bank's statement says it.

Source: PostgreSQL documentation, "Trigger Functions". Of all that an entry says, this alone may
change, and only from provisional to certain.
"""

from django.db import migrations, models

NEVER_CHANGED = """
CREATE OR REPLACE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: entries are reversed, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_immutable';
END $$;
"""

DAY_CONFIRMED = """
CREATE OR REPLACE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept record;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'accounts_journalentry' THEN
        kept := NEW;
        kept.is_provisional := OLD.is_provisional;
        IF OLD.is_provisional AND NOT NEW.is_provisional AND kept IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % refused: entries are reversed, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_immutable';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_natures_within")]

    operations = [
        migrations.AddField(
            model_name="journalentry",
            name="is_provisional",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="data provisória"
            ),
        ),
        migrations.RunSQL(DAY_CONFIRMED, NEVER_CHANGED),
    ]
