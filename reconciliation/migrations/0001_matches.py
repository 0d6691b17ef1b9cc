import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0011_purposes_of_reconciliation"),
        ("banking", "0016_statementline_amount"),
        ("charges", "0013_undone_receipts"),
        ("parties", "0008_payers"),
        ("payments", "0035_rest_of_outside"),
        ("people", "0004_exceptional_acts"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Match",
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
                        choices=[
                            ("match", "Vinculado"),
                            ("create", "Lançamento criado"),
                            ("transfer", "Transferência entre contas"),
                            ("ignore", "Ignorado"),
                            ("give_back", "Devolução ou estorno"),
                        ],
                        max_length=9,
                        verbose_name="ato",
                    ),
                ),
                (
                    "degree",
                    models.CharField(
                        choices=[
                            ("hand", "Por uma pessoa"),
                            ("accepted", "Proposta aceita"),
                            ("rule", "Automático, por regra"),
                            ("id", "Automático, por identificação"),
                            ("evidence", "Automático, por indícios"),
                        ],
                        default="hand",
                        max_length=8,
                        verbose_name="como",
                    ),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="razões")),
                ("score", models.PositiveSmallIntegerField(null=True, verbose_name="pontuação")),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="motivo")),
                (
                    "made_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "undone_why",
                    models.CharField(blank=True, max_length=300, verbose_name="motivo de desfazer"),
                ),
                (
                    "exception",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.exceptionalact",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payee",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.payee",
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
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MatchEffect",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("linked", "Lançamento vinculado"),
                            ("created", "Lançamento criado"),
                            ("rewritten", "Lançamento refeito"),
                            ("bill_paid", "Conta baixada"),
                            ("order_proved", "Pagamento comprovado"),
                            ("charge_settled", "Cobrança baixada"),
                            ("given_back", "Devolução de lançamento"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "bill",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payable",
                    ),
                ),
                (
                    "entry",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.journalentry",
                    ),
                ),
                (
                    "former",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.journalentry",
                    ),
                ),
                (
                    "match",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="reconciliation.match",
                    ),
                ),
                (
                    "order",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.paymentorder",
                    ),
                ),
                (
                    "payment",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.outsidepayment",
                    ),
                ),
                (
                    "settlement",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="charges.settlement",
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
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="MatchLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="valor"),
                ),
                ("is_ignored", models.BooleanField(default=False)),
                (
                    "added_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "match",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="reconciliation.match",
                    ),
                ),
                (
                    "statement_line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match_lines",
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
        ),
        migrations.CreateModel(
            name="MatchPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "allocation",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match_parts",
                        to="banking.allocation",
                    ),
                ),
                (
                    "match",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="reconciliation.match",
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
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=14, verbose_name="valor"),
                ),
                (
                    "fee",
                    models.DecimalField(
                        db_default=0,
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        verbose_name="tarifa",
                    ),
                ),
                ("begun_on", models.DateField(verbose_name="dia da primeira ponta")),
                ("waits_for_arrival", models.BooleanField()),
                (
                    "made_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("completed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "from_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "match",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="reconciliation.match",
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
                    "to_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LineComment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(max_length=1000, verbose_name="comentário")),
                ("at", models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement_line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
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
                    models.Index(fields=["tenant", "statement_line"], name="linecomment_of_line")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="linecomment_text"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LineFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="arquivo")),
                ("media_type", models.CharField(max_length=40)),
                ("size", models.PositiveIntegerField(verbose_name="bytes")),
                ("content", models.BinaryField(null=True)),
                ("at", models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement_line",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
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
                    models.Index(fields=["tenant", "statement_line"], name="linefile_of_line")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0), ("size__lte", 5242880)),
                        name="linefile_size",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("content__isnull", False),
                                ("removed_at", None),
                                ("removed_by", None),
                            ),
                            models.Q(
                                ("content", None),
                                ("removed_at__isnull", False),
                                ("removed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="linefile_removed",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["tenant", "-made_at", "-id"], name="match_newest"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("undone_by__isnull", False)),
                fields=["tenant", "undone_by"],
                name="match_undone",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("undone_by", None), ("undone_why", "")),
                    ("ended_at__isnull", False),
                    _connector="OR",
                ),
                name="match_undone_has_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("score", None), ("score__lte", 100), _connector="OR"),
                name="match_score",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("degree__in", ["hand", "accepted"]), _negated=True),
                    ("made_by__isnull", False),
                    _connector="OR",
                ),
                name="match_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "ignore"), ("why", ""), _negated=True),
                name="match_ignored_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="matcheffect",
            constraint=models.UniqueConstraint(
                fields=("tenant", "match", "position"), name="matcheffect_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="matcheffect",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("kind__in", ["linked", "created"])),
                    models.Q(
                        ("entry__isnull", False),
                        ("former__isnull", False),
                        ("kind__in", ["rewritten", "given_back"]),
                    ),
                    models.Q(
                        ("bill__isnull", False), ("kind", "bill_paid"), ("payment__isnull", False)
                    ),
                    models.Q(
                        ("bill__isnull", False), ("kind", "order_proved"), ("order__isnull", False)
                    ),
                    models.Q(("kind", "charge_settled"), ("settlement__isnull", False)),
                    _connector="OR",
                ),
                name="matcheffect_of",
            ),
        ),
        migrations.AddIndex(
            model_name="matchline",
            index=models.Index(fields=["tenant", "statement_line"], name="matchline_of_line"),
        ),
        migrations.AddIndex(
            model_name="matchline",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("is_ignored", True)),
                fields=["tenant", "statement_line"],
                include=("amount",),
                name="matchline_ignored",
            ),
        ),
        migrations.AddConstraint(
            model_name="matchline",
            constraint=models.UniqueConstraint(
                fields=("tenant", "match", "statement_line"), name="matchline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="matchline_not_zero"
            ),
        ),
        migrations.AddIndex(
            model_name="matchpart",
            index=models.Index(fields=["tenant", "match"], name="matchpart_of_match"),
        ),
        migrations.AddConstraint(
            model_name="matchpart",
            constraint=models.UniqueConstraint(
                fields=("tenant", "allocation"), name="matchpart_once"
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("completed_at", None), ("ended_at", None)),
                fields=["tenant", "begun_on"],
                name="transfer_under_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("tenant", "match"), name="transfer_once"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("fee__gte", 0)), name="transfer_amounts"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_account", models.F("to_account")), _negated=True),
                name="transfer_two_accounts",
            ),
        ),
    ]
