"""The last calls to a bank by each connection."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_notice"),
        ("banking", "0006_bank_leaves"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("operation", models.CharField(max_length=80)),
                ("result", models.CharField(max_length=80)),
                ("milliseconds", models.PositiveIntegerField()),
                ("is_failure_of_bank", models.BooleanField()),
                (
                    "connection",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="banking.connection",
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
                "indexes": [
                    models.Index(
                        models.F("tenant"),
                        models.F("connection"),
                        models.OrderBy(models.F("made_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="bankcall_last",
                    )
                ],
            },
        ),
        SecureTenantTable("bankcall"),
    ]
