"""A Pix code that does not say that it is paid once may be on several bills, each of which knows."""

import django.db.models.deletion
from django.db import migrations, models

import tenants.models

# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "payments_payable" ADD CONSTRAINT "payments_payable_repeats_id_tenant_fk"
    FOREIGN KEY (tenant_id, repeats_id)
    REFERENCES "payments_payable" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "payments_payable" DROP CONSTRAINT "payments_payable_repeats_id_tenant_fk"
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_clock"), ("parties", "0003_pix_accounts")]

    operations = [
        migrations.RemoveConstraint(model_name="payable", name="payable_pix_once"),
        migrations.AddField(
            model_name="payable",
            name="is_single_use",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="payable",
            name="repeats",
            field=tenants.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payable",
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
        migrations.AddIndex(
            model_name="payable",
            index=models.Index(
                condition=models.Q(("pix_charge", ""), _negated=True),
                fields=["tenant", "pix_charge"],
                name="payable_by_pix_charge",
            ),
        ),
    ]
