"""Accounts that had been read before opening balances were written by themselves: it is offered."""

from typing import Any

from django.db import migrations

READ_BEFORE = """
INSERT INTO reconciliation_openingbyperson (id, tenant_id, bank_account_id)
SELECT gen_random_uuid(), account.tenant_id, account.id FROM banking_bankaccount AS account
WHERE EXISTS (
    SELECT 1 FROM banking_daytotal AS total
    WHERE total.tenant_id = account.tenant_id AND total.bank_account_id = account.id
) OR EXISTS (
    SELECT 1 FROM banking_dailybalance AS balance
    WHERE balance.tenant_id = account.tenant_id AND balance.bank_account_id = account.id
)
"""


def fill(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(READ_BEFORE)
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0005_opening_by_person"),
        ("banking", "0020_withdrawn_lines"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
