"""Notices to people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", models.CharField(max_length=80)),
                ("step", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=120)),
                ("text", models.CharField(max_length=300)),
                ("action", models.CharField(max_length=60)),
                ("url", models.CharField(max_length=300)),
                ("until", models.DateTimeField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("emailed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None), ("emailed_at", None)),
                        fields=["made_at"],
                        name="notice_to_email",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "user", "subject", "step"), name="notice_once"
                    )
                ],
            },
        ),
        SecureTenantTable("notice"),
    ]
