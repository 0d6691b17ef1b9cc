"""The codes of bills that are there: which are for one payment, and what names those without a name.

A code begins with its version, and the field that says so comes next if it is there at all.
"""

from typing import Any

from django.db import migrations, models

ONCE = """
UPDATE payments_payable SET is_single_use = true
WHERE pix_code LIKE '000201010212%' AND pix_charge <> ''
"""
# As payments.bills.parsing names it: by the hash of the whole code.
NAMELESS = """
UPDATE payments_payable SET pix_charge = encode(sha256(convert_to(pix_code, 'UTF8')), 'hex')
WHERE pix_code <> '' AND pix_charge = ''
"""


def read_codes(apps: Any, schema_editor: Any) -> None:
    """Company by company. The columns are frozen with the approval: what they say stays the same."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute('ALTER TABLE "payments_payable" DISABLE TRIGGER payable_frozen')
        cursor.execute("SELECT id FROM tenants_tenant")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute("SELECT set_config('kamino.tenant', %s, true)", [str(tenant_id)])
            cursor.execute(ONCE)  # of those that were unique until now
            cursor.execute(NAMELESS)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # before the table is altered
        cursor.execute("SELECT set_config('kamino.tenant', '*', true)")
        cursor.execute('ALTER TABLE "payments_payable" ENABLE TRIGGER payable_frozen')


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_pix_paid_again")]

    operations = [
        migrations.RunPython(read_codes, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("is_single_use", True), models.Q(("status", "cancelled"), _negated=True)
                ),
                fields=("tenant", "pix_charge"),
                name="payable_pix_once",
            ),
        ),
    ]
