"""Lines that were open before the engine looked at any are looked at too."""

from typing import Any

from django.db import migrations

OPEN_BEFORE = """
INSERT INTO reconciliation_newlines (id, tenant_id, first_id, last_id)
SELECT gen_random_uuid(), tenant_id, min(id::text)::uuid, max(id::text)::uuid
FROM banking_openline GROUP BY tenant_id
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(OPEN_BEFORE)
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0014_bulk_walls")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
