"""Payers and charges from a spreadsheet."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0003_payer_side"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("charges", "Cobranças"), ("payers", "Pagadores")], max_length=8
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="arquivo")),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField(null=True)),
                ("sheet", models.CharField(blank=True, max_length=255)),
                ("columns", models.JSONField(default=list)),
                ("ignored", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reading", "Lendo o arquivo"),
                            ("refused", "Não foi lida"),
                            ("checking", "Conferindo as linhas"),
                            ("ready", "Conferida"),
                            ("importing", "Importando"),
                            ("undoing", "Desfazendo"),
                            ("undone", "Desfeita"),
                            ("discarded", "Descartada"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("fault", models.CharField(blank=True, max_length=300)),
                ("lease", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("imported_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "acting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revenue_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
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
                        condition=models.Q(
                            ("status__in", ["reading", "checking", "importing", "undoing"])
                        ),
                        fields=["tenant"],
                        name="importfile_at_work",
                    ),
                    models.Index(fields=["tenant", "-created_at"], name="importfile_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("status__in", ["refused", "undone", "discarded"]), _negated=True
                        ),
                        fields=("tenant", "kind", "digest"),
                        name="importfile_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("cells", models.JSONField(default=dict)),
                ("unread", models.JSONField(default=dict)),
                ("remarks", models.JSONField(default=dict)),
                ("faults", models.JSONField(default=dict)),
                ("marks", models.JSONField(default=dict)),
                ("doubt", models.CharField(blank=True, max_length=200)),
                ("accepted", models.BooleanField(default=False)),
                ("key", models.CharField(blank=True, max_length=160)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unchecked", "Em conferência"),
                            ("wrong", "Com erro"),
                            ("doubtful", "Em dúvida"),
                            ("good", "Pronta"),
                            ("known", "Já cadastrado"),
                            ("skipped", "Fora"),
                            ("imported", "Importada"),
                            ("undone", "Desfeita"),
                        ],
                        default="unchecked",
                        max_length=10,
                    ),
                ),
                (
                    "payer_fate",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Já existia"),
                            ("made", "Cadastrado"),
                            ("withdrawn", "Arquivado"),
                            ("kept", "Mantido"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("stays", models.CharField(blank=True, max_length=300)),
                (
                    "file",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="charges.importfile",
                    ),
                ),
                (
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.payer",
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
                        fields=["tenant", "file", "state", "line"], name="importrow_in_state"
                    ),
                    models.Index(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=["tenant", "file", "key"],
                        name="importrow_same",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "file", "line"), name="importrow_line_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedCharge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                (
                    "row",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imported",
                        to="charges.importrow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "charge"), name="importedcharge_once")
                ],
            },
        ),
    ]
