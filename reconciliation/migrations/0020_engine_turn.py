"""One worker at a time looks at a company's lines, in short transactions."""

import django.db.models.deletion
from django.db import migrations, models

import core.ids
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0019_bulk_create_walls"),
        ("tenants", "0007_policies_ask_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="EngineTurn",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("lease", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        SecureTenantTable("engineturn"),
    ]
