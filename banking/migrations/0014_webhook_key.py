"""What banks sign their notices with is a key of each connection, and no longer follows from
`SECRET_KEY`: every address is registered anew, at the next sync of its connection.
"""

from typing import Any

from django.db import migrations, models

REGISTER_ANEW = "UPDATE banking_connection SET webhook_registered_at = NULL"


def register_anew(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(REGISTER_ANEW)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("banking", "0013_allocation")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="webhook_key",
            field=models.BinaryField(default=bytes),
        ),
        migrations.RunPython(register_anew, migrations.RunPython.noop),
    ]
