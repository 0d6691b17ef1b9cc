"""Of the steps of a day fewer are left: one insert in ten looks for what may become one."""

from django.db import migrations

FOLD = """
CREATE OR REPLACE FUNCTION accounts_steps_fold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF random() >= {chance} THEN
        RETURN NULL;
    END IF;
    WITH crowded AS (
        SELECT step.tenant_id, step.account_id, step.day FROM accounts_accountstep AS step
        WHERE (step.tenant_id, step.account_id, step.day) IN (
            SELECT tenant_id, account_id, day FROM made
        )
        GROUP BY step.tenant_id, step.account_id, step.day HAVING count(*) > 4
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
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_entry_list")]

    operations = [
        migrations.RunSQL(FOLD.format(chance="0.1"), FOLD.format(chance="0.02")),
    ]
