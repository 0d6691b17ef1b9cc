"""Elements of a statement that cannot be read, the first day that does not agree, and the lease by
which only its holder ends a sync."""

import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models
from tenants.rls import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_notice"),
        ("banking", "0011_notices_kept"),
    ]

    operations = [
        migrations.AddField("bankaccount", "sync_lease", models.UUIDField(null=True)),
        migrations.AddField("bankaccount", "proof_broken_on", models.DateField(null=True)),
        migrations.AddField(
            "bankaccount", "unread_movements", models.PositiveIntegerField(default=0)
        ),
        migrations.CreateModel(
            name="UnreadMovement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("number", models.PositiveIntegerField()),
                ("day", models.DateField(null=True, verbose_name="dia")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("field", "campo ilegível"),
                            ("same_id", "o mesmo id com outro conteúdo"),
                        ],
                        max_length=8,
                        verbose_name="motivo",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=80, verbose_name="campo")),
                ("raw", models.TextField(verbose_name="resposta do banco")),
                ("seen_since", models.DateField()),
                (
                    "first_seen_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unread",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.statementline",
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
                        condition=models.Q(("closed_at", None)),
                        fields=["tenant", "bank_account"],
                        name="unreadmovement_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "bank_account", "key", "number"),
                        name="unreadmovement_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["field", "same_id"])),
                        name="unreadmovement_reason",
                    ),
                ],
            },
        ),
        SecureTenantTable("unreadmovement"),
    ]
