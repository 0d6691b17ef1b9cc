"""The bank's documents that are kept, and ours that are made apart from a request."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0008_payer_page"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PrintJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("charges", models.JSONField()),
                ("wait_until", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("sheets", models.PositiveIntegerField(default=0)),
                ("content", models.BinaryField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "indexes": [models.Index(fields=["created_at"], name="printjob_by_age")],
            },
        ),
        migrations.CreateModel(
            name="SlipDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", models.BinaryField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("wait_until", models.DateTimeField(null=True)),
                (
                    "slip",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="charges.slip",
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
                    models.UniqueConstraint(fields=("tenant", "slip"), name="slipdocument_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content", None), ("fetched_at", None)),
                            models.Q(("content__isnull", False), ("fetched_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="slipdocument_fetched",
                    ),
                ],
            },
        ),
        SecureTenantTable("printjob"),
        SecureTenantTable("slipdocument"),
    ]
