"""Walls between companies, and bank lines that nobody changes.

Source: PostgreSQL documentation, "CREATE TRIGGER". Triggers hold for every role, owner included.
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

# By row: under another company's scope there is no row, so nothing happens and nothing is told.
FACTS = """
CREATE FUNCTION banking_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: a bank line is a fact', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'statementline_immutable';
END $$;
CREATE TRIGGER statementline_immutable BEFORE UPDATE OR DELETE ON "banking_statementline"
    FOR EACH ROW EXECUTE FUNCTION banking_never_changed();
"""

FACTS_BACK = """
DROP TRIGGER statementline_immutable ON "banking_statementline";
DROP FUNCTION banking_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0001_initial"),
        ("accounts", "0002_walls"),
        ("tenants", "0002_walls"),
    ]

    operations = [
        SecureTenantTable("connection"),
        SecureTenantTable("bankaccount"),
        SecureTenantTable("statementline"),
        SecureTenantTable("dailybalance"),
        SecureTenantTable("consentattempt"),
        SecureTenantTable("bankevent"),
        migrations.RunSQL(FACTS, FACTS_BACK),
    ]
