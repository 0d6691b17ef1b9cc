"""A total to be found by: numbers are not, where the walls stand (core/cents.py).

The table is written anew; its triggers do not fire. Source: PostgreSQL documentation, "Trigger
Functions" (a row of a BEFORE trigger has no generated columns yet).
"""

from django.db import migrations, models
from django.db.models.functions import Cast

NEVER_CHANGED = """
CREATE OR REPLACE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept record;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'accounts_journalentry' THEN
        kept := NEW;
        kept.is_provisional := OLD.is_provisional;
        kept.memo_folded := OLD.memo_folded;%s
        IF OLD.is_provisional AND NOT NEW.is_provisional AND kept IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '%% of %% refused: entries are reversed, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_immutable';
END $$;
"""
WITH_CENTS = NEVER_CHANGED % "\n        kept.total_cents := OLD.total_cents;"
WITHOUT_CENTS = NEVER_CHANGED % ""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_fold_sooner"),
        ("tenants", "0007_policies_ask_once"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="journalentry", name="entry_by_total"),
        migrations.AddField(
            model_name="journalentry",
            name="total_cents",
            field=models.GeneratedField(
                db_persist=True,
                expression=Cast(models.F("total") * 100, models.BigIntegerField()),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.RunSQL(WITH_CENTS, WITHOUT_CENTS),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["tenant", "total_cents", "id"], name="entry_by_cents"),
        ),
    ]
