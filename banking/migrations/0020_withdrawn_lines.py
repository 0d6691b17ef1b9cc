"""What is withdrawn is open no longer, and counts in no day.

Source: PostgreSQL documentation, "CREATE TRIGGER" (transition tables go with no list of columns).
"""

from django.db import migrations

WITHDRAWN = """
CREATE FUNCTION banking_line_is_withdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone uuid[];
BEGIN
    SELECT array_agg(now_so.id) INTO gone FROM now_so JOIN formerly USING (id)
        WHERE formerly.withdrawn_at IS NULL AND now_so.withdrawn_at IS NOT NULL;
    IF gone IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO banking_balancestep (id, tenant_id, owner_id, day, amount, number)
        SELECT gen_random_uuid(), tenant_id, bank_account_id, day, -sum(rest), -count(*)
        FROM banking_openline WHERE id = ANY (gone) GROUP BY tenant_id, bank_account_id, day;
    DELETE FROM banking_openline WHERE id = ANY (gone);
    UPDATE banking_daytotal AS day
        SET amount = day.amount - told.amount, lines = day.lines - told.lines
        FROM (
            SELECT tenant_id, bank_account_id, booked_on, sum(amount) AS amount, count(*) AS lines
            FROM now_so WHERE id = ANY (gone) GROUP BY tenant_id, bank_account_id, booked_on
        ) AS told
        WHERE day.tenant_id = told.tenant_id AND day.bank_account_id = told.bank_account_id
            AND day.day = told.booked_on;
    DELETE FROM banking_daytotal AS day USING now_so
        WHERE now_so.id = ANY (gone) AND day.tenant_id = now_so.tenant_id
            AND day.bank_account_id = now_so.bank_account_id AND day.day = now_so.booked_on
            AND day.lines = 0;
    RETURN NULL;
END $$;
CREATE TRIGGER line_is_withdrawn AFTER UPDATE ON "banking_statementline"
    REFERENCING OLD TABLE AS formerly NEW TABLE AS now_so
    FOR EACH STATEMENT EXECUTE FUNCTION banking_line_is_withdrawn();
"""
NOT_WITHDRAWN = """
DROP TRIGGER line_is_withdrawn ON "banking_statementline";
DROP FUNCTION banking_line_is_withdrawn();
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0019_statement_file_walls")]

    operations = [migrations.RunSQL(WITHDRAWN, NOT_WITHDRAWN)]
