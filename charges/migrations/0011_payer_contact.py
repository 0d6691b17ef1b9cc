"""Whom payers ask."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0010_import_guards"),
        ("tenants", "0006_tax_reform"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayerContact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="nome")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=16, verbose_name="telefone")),
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
                    models.UniqueConstraint(fields=("tenant",), name="payercontact_one"),
                ],
            },
        ),
        SecureTenantTable("payercontact"),
    ]
