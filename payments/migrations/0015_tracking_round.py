"""The rounds of an account: wanted by what happens, and one at a time."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0014_folded"),
        ("banking", "0007_bank_call"),
        ("tenants", "0003_notice"),
    ]

    operations = [
        migrations.CreateModel(
            name="TrackingRound",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("wanted_at", models.DateTimeField(null=True)),
                ("lease", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
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
                        fields=("tenant", "bank_account"), name="trackinground_one_per_account"
                    )
                ],
            },
        ),
        SecureTenantTable("trackinground"),
    ]
