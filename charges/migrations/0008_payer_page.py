"""The addresses of payers' pages."""

import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0007_refund_guards"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayerPage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("key_name", models.CharField(max_length=16)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("opened_on", models.DateField(null=True)),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payer_pages",
                        to="charges.charge",
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
                    models.UniqueConstraint(fields=("digest",), name="payerpage_digest"),
                    models.UniqueConstraint(
                        fields=("tenant", "charge", "key_name"), name="payerpage_once_per_key"
                    ),
                ],
            },
        ),
        SecureTenantTable("payerpage"),
    ]
