"""Walls between companies, and questions that end once."""

from django.db import migrations

from tenants.rls import SecureTenantTable

# It may end, once; whatever else it says stays.
KEPT = """
CREATE TRIGGER linequestion_kept BEFORE DELETE ON "reconciliation_linequestion"
    FOR EACH ROW EXECUTE FUNCTION reconciliation_never();
CREATE TRIGGER linequestion_frozen BEFORE UPDATE ON "reconciliation_linequestion"
    FOR EACH ROW WHEN (
        OLD.answered_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
        OR (OLD.id, OLD.tenant_id, OLD.statement_line_id, OLD.text, OLD.asked_by_id,
            OLD.asked_of_id, OLD.asked_at)
        IS DISTINCT FROM
        (NEW.id, NEW.tenant_id, NEW.statement_line_id, NEW.text, NEW.asked_by_id,
            NEW.asked_of_id, NEW.asked_at))
    EXECUTE FUNCTION reconciliation_never();
"""
NOT_KEPT = """
DROP TRIGGER linequestion_frozen ON "reconciliation_linequestion";
DROP TRIGGER linequestion_kept ON "reconciliation_linequestion";
"""


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0011_questions_and_filters")]

    operations = [
        SecureTenantTable("linequestion"),
        SecureTenantTable("savedfilter"),
        migrations.RunSQL(KEPT, NOT_KEPT),
    ]
