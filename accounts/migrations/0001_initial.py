import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids
import tenants.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClassificationGroup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="código")),
                ("name", models.CharField(max_length=120, verbose_name="nome")),
                (
                    "nature",
                    models.CharField(
                        choices=[
                            ("ativo", "Ativo"),
                            ("passivo", "Passivo"),
                            ("patrimonio", "Patrimônio líquido"),
                            ("receita", "Receita"),
                            ("despesa", "Despesa"),
                        ],
                        max_length=10,
                        verbose_name="natureza",
                    ),
                ),
                (
                    "is_bank_home",
                    models.BooleanField(default=False, verbose_name="casa das contas correntes"),
                ),
                (
                    "parent",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.classificationgroup",
                        verbose_name="grupo acima",
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
                "verbose_name": "grupo de classificação",
                "verbose_name_plural": "grupos de classificação",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=24, verbose_name="código")),
                ("name", models.CharField(max_length=120, verbose_name="nome")),
                ("archived_at", models.DateTimeField(null=True, verbose_name="arquivada em")),
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
                    "group",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="accounts.classificationgroup",
                        verbose_name="grupo",
                    ),
                ),
            ],
            options={
                "verbose_name": "conta contábil",
                "verbose_name_plural": "contas contábeis",
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("date", models.DateField(verbose_name="data")),
                ("memo", models.CharField(max_length=300, verbose_name="histórico")),
                ("line_count", models.PositiveSmallIntegerField(verbose_name="linhas")),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=16, verbose_name="total"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="accounts.journalentry",
                        verbose_name="estorno de",
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
                "verbose_name": "lançamento",
                "verbose_name_plural": "lançamentos",
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="posição")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="valor"),
                ),
                (
                    "account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="accounts.account",
                        verbose_name="conta",
                    ),
                ),
                (
                    "entry",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="accounts.journalentry",
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
                "verbose_name": "linha de lançamento",
                "verbose_name_plural": "linhas de lançamento",
                "ordering": ["position"],
            },
        ),
        migrations.AddConstraint(
            model_name="classificationgroup",
            constraint=models.UniqueConstraint(fields=("tenant", "code"), name="group_code"),
        ),
        migrations.AddConstraint(
            model_name="classificationgroup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_bank_home", True)),
                fields=("tenant",),
                name="group_one_bank_home",
            ),
        ),
        migrations.AddConstraint(
            model_name="classificationgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("nature__in", ["ativo", "passivo", "patrimonio", "receita", "despesa"])
                ),
                name="group_nature",
            ),
        ),
        migrations.AddConstraint(
            model_name="classificationgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent", models.F("id")), _negated=True),
                name="group_not_its_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="classificationgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_bank_home", False), ("nature", "ativo"), _connector="OR"),
                name="group_bank_home_is_asset",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(fields=("tenant", "code"), name="account_code"),
        ),
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["tenant", "-date", "-id"], name="entry_page"),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                fields=("reverses", "tenant"), name="entry_reversed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("line_count__gte", 2)), name="entry_two_lines"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__gt", 0)), name="entry_total_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses", models.F("id")), _negated=True),
                name="entry_not_its_reversal",
            ),
        ),
        migrations.AddIndex(
            model_name="journalline",
            index=models.Index(
                fields=["account", "tenant"], include=("amount",), name="line_account_sum"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.UniqueConstraint(
                fields=("entry", "tenant", "position"), name="line_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="journalline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="line_not_zero"
            ),
        ),
    ]
