"""Walls between companies; what was answered stays."""

from django.db import migrations

from tenants.rls import SecureTenantTable

KEPT = """
CREATE TRIGGER linedoubt_answered BEFORE UPDATE OR DELETE ON "banking_linedoubt"
    FOR EACH ROW WHEN (OLD.answer <> '') EXECUTE FUNCTION banking_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("banking", "0025_line_doubts")]

    operations = [
        SecureTenantTable("linedoubt"),
        migrations.RunSQL(KEPT, 'DROP TRIGGER linedoubt_answered ON "banking_linedoubt"'),
    ]
