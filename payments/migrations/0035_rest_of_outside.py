"""A bill that was paid in part: what was not paid of it is a bill of its own."""

import django.db.models.deletion
from django.db import migrations

import tenants.models

COMPANY_IN_KEY = """
ALTER TABLE "payments_outsidepayment" ADD CONSTRAINT "payments_outsidepayment_rest_id_tenant_fk"
    FOREIGN KEY (tenant_id, rest_id) REFERENCES "payments_payable" (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED;
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "payments_outsidepayment" DROP CONSTRAINT "payments_outsidepayment_rest_id_tenant_fk";
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0034_tax_reform"),
    ]

    operations = [
        migrations.AddField(
            model_name="outsidepayment",
            name="rest",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payable",
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
    ]
