"""Payees and their accounts belong to parties: the columns that point at them stay as they are."""

from typing import Any

import django.db.models.deletion
from django.db import migrations

import tenants.models

ACCOUNT: Any = tenants.models.TenantForeignKey(
    null=True,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="parties.payeeaccount",
)


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_former_approvals"), ("parties", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="payable",
                    name="payee",
                    field=tenants.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payables",
                        to="parties.payee",
                    ),
                ),
                migrations.AlterField("payable", "payee_account", ACCOUNT),
                migrations.AlterField("payable", "approved_ted_account", ACCOUNT.clone()),
                migrations.DeleteModel("PayeeAccount"),
                migrations.DeleteModel("Payee"),
            ],
        ),
    ]
