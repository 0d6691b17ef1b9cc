"""What the list of entries reads: days of lines, a text to search in, and what accounts hold by day.

The day of a line is its entry's, which never changes. What an account holds is kept by a trigger,
as `banking/migrations/0017_open_parts.py` keeps its sums: each change is a row of its own, so that
nobody waits for anybody.
Source: PostgreSQL documentation, "Trigger Functions" (a row of a BEFORE trigger has no generated
columns yet) and "CREATE TRIGGER" (transition tables).
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import core.ids
from core.search import Folded, Lines
from tenants.rls import SecureTenantTable

DAY_OF_LINE = """
CREATE FUNCTION accounts_line_has_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT date INTO NEW.day FROM accounts_journalentry
        WHERE tenant_id = NEW.tenant_id AND id = NEW.entry_id;
    RETURN NEW;
END $$;
CREATE TRIGGER line_day BEFORE INSERT ON "accounts_journalline"
    FOR EACH ROW EXECUTE FUNCTION accounts_line_has_day();
"""
DAY_OF_LINE_BACK = """
DROP TRIGGER line_day ON "accounts_journalline";
DROP FUNCTION accounts_line_has_day();
"""

NEVER_CHANGED = """
CREATE OR REPLACE FUNCTION accounts_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept record;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'accounts_journalentry' THEN
        kept := NEW;
        kept.is_provisional := OLD.is_provisional;%s
        IF OLD.is_provisional AND NOT NEW.is_provisional AND kept IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '%% of %% refused: entries are reversed, never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'entry_immutable';
END $$;
"""
WITH_FOLDED = NEVER_CHANGED % "\n        kept.memo_folded := OLD.memo_folded;"
WITHOUT_FOLDED = NEVER_CHANGED % ""

LEAN = 'ALTER TABLE "accounts_accountstep" DROP CONSTRAINT "accounts_accountstep_tenant_key";'
LEAN_BACK = (
    'ALTER TABLE "accounts_accountstep" ADD CONSTRAINT "accounts_accountstep_tenant_key" '
    "UNIQUE (tenant_id, id);"
)

# Rows that another transaction has are left to it.
STEPS = """
CREATE FUNCTION accounts_line_is_summed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_accountstep (id, tenant_id, account_id, day, debit, credit)
        SELECT gen_random_uuid(), tenant_id, account_id, day,
               sum(greatest(amount, 0)), sum(greatest(-amount, 0))
        FROM made GROUP BY tenant_id, account_id, day;
    RETURN NULL;
END $$;
CREATE TRIGGER line_is_summed AFTER INSERT ON "accounts_journalline"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_line_is_summed();

CREATE FUNCTION accounts_steps_fold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF random() >= 0.02 THEN
        RETURN NULL;
    END IF;
    WITH crowded AS (
        SELECT step.tenant_id, step.account_id, step.day FROM accounts_accountstep AS step
        WHERE (step.tenant_id, step.account_id, step.day) IN (
            SELECT tenant_id, account_id, day FROM made
        )
        GROUP BY step.tenant_id, step.account_id, step.day HAVING count(*) > 8
    ), folded AS (
        DELETE FROM accounts_accountstep WHERE id IN (
            SELECT step.id FROM accounts_accountstep AS step
            JOIN crowded USING (tenant_id, account_id, day)
            FOR UPDATE OF step SKIP LOCKED
        )
        RETURNING tenant_id, account_id, day, debit, credit
    )
    INSERT INTO accounts_accountstep (id, tenant_id, account_id, day, debit, credit)
        SELECT gen_random_uuid(), tenant_id, account_id, day, sum(debit), sum(credit)
        FROM folded GROUP BY tenant_id, account_id, day;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_fold AFTER INSERT ON "accounts_accountstep"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_steps_fold();
"""
STEPS_BACK = """
DROP TRIGGER steps_fold ON "accounts_accountstep";
DROP FUNCTION accounts_steps_fold();
DROP TRIGGER line_is_summed ON "accounts_journalline";
DROP FUNCTION accounts_line_is_summed();
"""

FORMER = """
UPDATE accounts_journalline AS line SET day = entry.date FROM accounts_journalentry AS entry
    WHERE entry.tenant_id = line.tenant_id AND entry.id = line.entry_id;
INSERT INTO accounts_accountstep (id, tenant_id, account_id, day, debit, credit)
    SELECT gen_random_uuid(), tenant_id, account_id, day,
           sum(greatest(amount, 0)), sum(greatest(-amount, 0))
    FROM accounts_journalline GROUP BY tenant_id, account_id, day;
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "accounts_journalline" DISABLE TRIGGER entry_immutable')
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(FORMER)
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")
        cursor.execute('ALTER TABLE "accounts_journalline" ENABLE TRIGGER entry_immutable')


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_purposes_of_reconciliation"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.AddField(
            model_name="journalentry",
            name="memo_folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=Lines(Folded("memo")),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="is_by_hand",
            field=models.BooleanField(db_default=False, default=False, verbose_name="manual"),
        ),
        migrations.RunSQL(WITH_FOLDED, WITHOUT_FOLDED),
        migrations.AddField(
            model_name="journalline",
            name="day",
            field=models.DateField(editable=False, null=True, verbose_name="data"),
        ),
        migrations.RunSQL(DAY_OF_LINE, DAY_OF_LINE_BACK),
        migrations.CreateModel(
            name="AccountStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.UUIDField()),
                ("day", models.DateField()),
                ("debit", models.DecimalField(decimal_places=2, max_digits=18)),
                ("credit", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["tenant", "account_id", "day"],
                        include=("debit", "credit"),
                        name="accountstep_sum",
                    )
                ],
            },
        ),
        SecureTenantTable("accountstep"),
        migrations.RunSQL(LEAN, LEAN_BACK),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL(STEPS, STEPS_BACK),
        migrations.AlterField(
            model_name="journalline",
            name="day",
            field=models.DateField(editable=False, verbose_name="data"),
        ),
        migrations.RemoveIndex(model_name="journalline", name="line_account_sum"),
        migrations.AddIndex(
            model_name="journalline",
            index=models.Index(
                models.F("account"),
                models.F("tenant"),
                models.OrderBy(models.F("day"), descending=True),
                models.OrderBy(models.F("entry"), descending=True),
                include=("amount",),
                name="line_account_page",
            ),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["tenant", "total", "id"], name="entry_by_total"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                condition=models.Q(("is_by_hand", True)),
                fields=["tenant", "-date", "-id"],
                name="entry_by_hand",
            ),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                condition=models.Q(("reverses__isnull", False)),
                fields=["tenant", "-date", "-id"],
                name="entry_reversals",
            ),
        ),
    ]
