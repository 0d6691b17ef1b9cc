"""Walls between companies, and an opening balance that ends with its entry.

Source: PostgreSQL documentation, "CREATE TRIGGER" (transition tables).
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

# What it took in is open again, before the lines of the reversal are written.
ENDED = """
CREATE FUNCTION reconciliation_opening_ends() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ended record;
BEGIN
    FOR ended IN
        UPDATE reconciliation_openingbalance AS opening SET ended_at = now()
            FROM made WHERE opening.tenant_id = made.tenant_id
                AND opening.entry_id = made.reverses_id AND opening.ended_at IS NULL
            RETURNING opening.tenant_id, opening.ledger_account_id
    LOOP
        PERFORM banking_release_items(ended.tenant_id, ended.ledger_account_id);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER opening_ends AFTER INSERT ON "accounts_journalentry"
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION reconciliation_opening_ends();
"""
ENDED_BACK = """
DROP TRIGGER opening_ends ON "accounts_journalentry";
DROP FUNCTION reconciliation_opening_ends();
"""

# It may end, once; whatever else it says stays.
KEPT = """
CREATE FUNCTION reconciliation_opening_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept reconciliation_openingbalance;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        kept := NEW;
        kept.ended_at := OLD.ended_at;
        IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND kept IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % refused: it may only end', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'opening_kept';
END $$;
CREATE TRIGGER opening_kept BEFORE UPDATE OR DELETE ON "reconciliation_openingbalance"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_opening_kept();
"""
KEPT_BACK = """
DROP TRIGGER opening_kept ON "reconciliation_openingbalance";
DROP FUNCTION reconciliation_opening_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0003_opening_balance"),
        ("banking", "0017_open_parts"),
    ]

    operations = [
        SecureTenantTable("openingbalance"),
        SecureTenantTable("openingputoff"),
        migrations.RunSQL(ENDED, ENDED_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
