"""Walls around cost centres, and which lines of entries may have one.

Functions run as their caller, within the scope of the caller's company: a row that the scope hides
counts as missing, and what is missing is refused. Lines without a centre are asked nothing.
"""

from django.db import migrations

from tenants.rls import SecureTenantTable

# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "accounts_journalline" ADD CONSTRAINT "accounts_journalline_cost_center_id_tenant_fk"
    FOREIGN KEY (tenant_id, cost_center_id) REFERENCES "accounts_costcenter" (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "accounts_journalline" DROP CONSTRAINT "accounts_journalline_cost_center_id_tenant_fk";
"""

# FOR SHARE waits for whoever is archiving the centre, and makes them wait for this entry. A
# reversal, and what is written in the place of an entry, keeps a centre that was archived since.
CENTER = """
CREATE FUNCTION accounts_line_center() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM accounts_account AS account
        JOIN accounts_classificationgroup AS its_group
            ON its_group.tenant_id = account.tenant_id AND its_group.id = account.group_id
        WHERE account.tenant_id = NEW.tenant_id AND account.id = NEW.account_id
            AND NOT account.is_bank_leaf
            AND its_group.nature IN ('receita', 'despesa', 'resultado');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % takes no cost centre', NEW.account_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_center_of_result';
    END IF;
    PERFORM 1 FROM accounts_costcenter
        WHERE tenant_id = NEW.tenant_id AND id = NEW.cost_center_id AND archived_at IS NULL
        FOR SHARE;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM accounts_journalentry AS entry
        JOIN accounts_journalline AS former
            ON former.tenant_id = entry.tenant_id
            AND former.entry_id = coalesce(entry.reverses_id, entry.replaces_id)
        WHERE entry.tenant_id = NEW.tenant_id AND entry.id = NEW.entry_id
            AND former.cost_center_id = NEW.cost_center_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'cost centre % takes no entries', NEW.cost_center_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'line_open_center';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_center BEFORE INSERT ON "accounts_journalline"
    FOR EACH ROW WHEN (NEW.cost_center_id IS NOT NULL)
    EXECUTE FUNCTION accounts_line_center();
"""
CENTER_BACK = """
DROP TRIGGER line_center ON "accounts_journalline";
DROP FUNCTION accounts_line_center();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_cost_centers")]

    operations = [
        SecureTenantTable("costcenter"),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.RunSQL(CENTER, CENTER_BACK),
    ]
