"""What was approved before: its TED account is fixed now; what a bank did not pay waits again.

The account is the one on file that was approved last, if it was entered before the bill's own
approval: what came later nobody saw. From then on only an approval fixes one.
"""

from typing import Any

from django.db import migrations

BACK_TO_APPROVAL = """
UPDATE payments_payable SET status = 'pending', approved_by_id = NULL, approved_at = NULL
WHERE status = 'approved' AND hold <> ''
"""

FIX_TED_ACCOUNTS = """
UPDATE payments_payable AS bill SET approved_ted_account_id = (
    SELECT account.id
    FROM payments_payeeaccount AS account
    JOIN payments_payable AS other
        ON other.tenant_id = account.tenant_id AND other.payee_account_id = account.id
        AND other.status IN ('approved', 'sent', 'paid')
    WHERE account.tenant_id = bill.tenant_id AND account.payee_id = bill.payee_id
        AND account.created_at <= bill.approved_at
    ORDER BY other.approved_at DESC, account.id DESC
    LIMIT 1
)
WHERE bill.status IN ('approved', 'sent', 'paid')
    AND bill.method = 'pix' AND bill.payee_account_id IS NULL
"""

FROZEN = """
CREATE TRIGGER payable_ted_frozen BEFORE UPDATE OF approved_ted_account_id ON "payments_payable"
    FOR EACH ROW WHEN (
        OLD.status <> 'pending' AND NEW.status <> 'pending'
        AND OLD.approved_ted_account_id IS DISTINCT FROM NEW.approved_ted_account_id
    )
    EXECUTE FUNCTION payments_never();
"""
FROZEN_BACK = 'DROP TRIGGER payable_ted_frozen ON "payments_payable"'


def fix(apps: Any, schema_editor: Any) -> None:
    """Company by company: the owner writes within a scope too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(BACK_TO_APPROVAL)
            cursor.execute(FIX_TED_ACCOUNTS)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the table is altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_approved_ted_account")]

    operations = [
        migrations.RunPython(fix, migrations.RunPython.noop),
        migrations.RunSQL(FROZEN, FROZEN_BACK),
    ]
