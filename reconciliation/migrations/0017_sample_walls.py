"""Walls between companies, and what was asked stays: only its answer changes."""

from django.db import migrations

from tenants.rls import SecureTenantTable

KEPT = """
CREATE TRIGGER sample_kept BEFORE DELETE ON "reconciliation_sample"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER sample_frozen BEFORE UPDATE ON "reconciliation_sample"
    FOR EACH ROW WHEN (
        NEW.is_right IS NULL
        OR (OLD.id, OLD.tenant_id, OLD.week, OLD.match_id)
        IS DISTINCT FROM (NEW.id, NEW.tenant_id, NEW.week, NEW.match_id))
    EXECUTE FUNCTION reconciliation_never();
"""
NOT_KEPT = """
DROP TRIGGER sample_frozen ON "reconciliation_sample";
DROP TRIGGER sample_kept ON "reconciliation_sample";
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0016_sample")]

    operations = [
        SecureTenantTable("sample"),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
