"""Accounts whose opening balance is left to people."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0004_walls"),
        ("banking", "0017_open_parts"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpeningByPerson",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "bank_account"), name="openingbyperson_once"
                    )
                ],
            },
        ),
        SecureTenantTable("openingbyperson"),
    ]
