"""Approvals as rows of their own, and who changed a bill while it waited for one."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models
from tenants.rls import SecureTenantTable

TENANT = models.ForeignKey(
    editable=False,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="tenants.tenant",
)
PERSON = models.ForeignKey(
    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
)


def own_id() -> Any:
    return models.UUIDField(
        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
    )


def instant() -> Any:
    return models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False)


def of_payable(related_name: str) -> Any:
    return tenants.models.TenantForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="payments.payable",
    )


# As `SecureTenantTable` does it for the keys that a table is born with.
COMPANY_IN_KEY = """
ALTER TABLE "payments_payable" ADD CONSTRAINT "payments_payable_approval_id_tenant_fk"
    FOREIGN KEY (tenant_id, approval_id)
    REFERENCES "payments_approval" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED
"""
COMPANY_IN_KEY_BACK = """
ALTER TABLE "payments_payable" DROP CONSTRAINT "payments_payable_approval_id_tenant_fk"
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_provisional_day"),
        ("banking", "0013_allocation"),
        ("parties", "0004_folded"),
        ("payments", "0017_lines_by_allocation"),
        ("tenants", "0005_sending_lock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", own_id()),
                ("round", models.PositiveSmallIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("seal", models.JSONField()),
                ("at", instant()),
                ("payable", of_payable("approvals")),
                ("person", PERSON.clone()),
                ("tenant", TENANT.clone()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["tenant", "payable", "round", "person", "digest"],
                        name="approval_once",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="PayableEdit",
            fields=[
                ("id", own_id()),
                ("round", models.PositiveSmallIntegerField()),
                ("is_sealed", models.BooleanField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("at", instant()),
                ("payable", of_payable("edits")),
                ("person", PERSON.clone()),
                ("tenant", TENANT.clone()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "payable", "at"], name="edit_of_payable")
                ]
            },
        ),
        SecureTenantTable("approval"),
        SecureTenantTable("payableedit"),
        migrations.AddField(
            "payable", "approval_round", models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField(
            "payable", "approvals_needed", models.PositiveSmallIntegerField(default=1)
        ),
        migrations.AddField("payable", "rejections", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(
            "payable",
            "hold",
            models.CharField(
                blank=True,
                choices=[
                    ("refused", "Recusada no banco"),
                    ("expired", "Expirou sem aprovação no banco"),
                    ("returned", "Devolvida pelo banco do favorecido"),
                    ("taken_back", "Cancelada no banco"),
                    ("rejected", "Reprovada"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "payable",
            "approval",
            tenants.models.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.approval",
            ),
        ),
        migrations.RunSQL(COMPANY_IN_KEY, COMPANY_IN_KEY_BACK),
    ]
