"""Walls between companies for rules, and what of a match and of a rule stays as it was."""

from django.db import migrations

from tenants.rls import SecureTenantTable

# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "reconciliation_match" ADD CONSTRAINT "reconciliation_match_rule_id_tenant_fk"
    FOREIGN KEY (tenant_id, rule_id) REFERENCES "reconciliation_rule" (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "reconciliation_match" DROP CONSTRAINT "reconciliation_match_rule_id_tenant_fk";
"""

# The rule of a match is never changed, as nothing else of it.
RULE_FROZEN = """
CREATE TRIGGER match_rule_frozen BEFORE UPDATE ON "reconciliation_match"
    FOR EACH ROW WHEN (OLD.rule_id IS DISTINCT FROM NEW.rule_id)
    EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER rule_kept BEFORE DELETE ON "reconciliation_rule"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER rule_removed_frozen BEFORE UPDATE ON "reconciliation_rule"
    FOR EACH ROW WHEN (OLD.removed_at IS NOT NULL) EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER rulerun_kept BEFORE DELETE ON "reconciliation_rulerun"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
"""
RULE_NOT_FROZEN = """
DROP TRIGGER rulerun_kept ON "reconciliation_rulerun";
DROP TRIGGER rule_removed_frozen ON "reconciliation_rule";
DROP TRIGGER rule_kept ON "reconciliation_rule";
DROP TRIGGER match_rule_frozen ON "reconciliation_match";
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0009_rules")]

    operations = [
        SecureTenantTable("rule"),
        SecureTenantTable("ruleslice"),
        SecureTenantTable("rulerun"),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.RunSQL(RULE_FROZEN, RULE_NOT_FROZEN),
    ]
