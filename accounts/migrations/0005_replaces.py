"""An entry may stand for another one, which was reversed to be written on another account."""

import django.db.models.deletion
from django.db import migrations, models

import tenants.models

# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "accounts_journalentry" ADD CONSTRAINT "accounts_journalentry_replaces_id_tenant_fk"
    FOREIGN KEY (tenant_id, replaces_id) REFERENCES "accounts_journalentry" (tenant_id, id)
    DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "accounts_journalentry" DROP CONSTRAINT "accounts_journalentry_replaces_id_tenant_fk"
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_chart_editing")]

    operations = [
        migrations.AddField(
            model_name="journalentry",
            name="replaces",
            field=tenants.models.TenantForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replacements",
                to="accounts.journalentry",
                verbose_name="no lugar de",
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("replaces", "tenant"), name="entry_replaced_once"
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
    ]
