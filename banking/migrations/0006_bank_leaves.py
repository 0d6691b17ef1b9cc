"""The leaves that bank accounts are tied to know that they are."""

from typing import Any

from django.db import migrations

MARK = """
UPDATE accounts_account SET is_bank_leaf = true
    WHERE id IN (SELECT ledger_account_id FROM banking_bankaccount)
"""


def mark(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(MARK)
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("banking", "0005_undo"), ("accounts", "0004_chart_editing")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
