"""Policies ask for the company once a query, and not of each row that it reads.

A table that is made from now on has them so; this is for those that were there before. What they
let through is the same.

Source: PostgreSQL documentation, "Row Security Policies" (a policy may hold a sub-select) and
"EXPLAIN" (InitPlan: run once).
"""

from django.db import migrations

from tenants.rls import EVERYONE, SCOPE

FORWARDS = f"""
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT tablename, policyname, with_check IS NOT NULL AS is_checked
        FROM pg_policies
        WHERE schemaname = current_schema() AND qual IN (
            '(tenant_id = (NULLIF(current_setting(''kamino.tenant''::text), ''*''::text))::uuid)',
            '(current_setting(''kamino.tenant''::text) = ''*''::text)'
        )
    LOOP
        IF found.is_checked THEN
            EXECUTE format(
                $policy$ALTER POLICY %I ON %I USING (tenant_id = {SCOPE})
                    WITH CHECK (tenant_id = {SCOPE})$policy$,
                found.policyname, found.tablename
            );
        ELSE
            EXECUTE format(
                $policy$ALTER POLICY %I ON %I USING ({EVERYONE})$policy$,
                found.policyname, found.tablename
            );
        END IF;
    END LOOP;
END
$$
"""  # noqa: S608 (both are ours)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_tax_reform")]

    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
