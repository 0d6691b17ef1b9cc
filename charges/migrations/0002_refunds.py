"""Money that goes back to payers, and advances that are used for another charge."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
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
                            ("ours", "Devolução"),
                            ("med", "Devolução especial (MED)"),
                            ("found", "Devolução feita fora do Kamino"),
                        ],
                        max_length=5,
                        verbose_name="tipo",
                    ),
                ),
                (
                    "debt",
                    models.CharField(
                        choices=[("owed", "Continua devida"), ("undone", "Venda desfeita")],
                        max_length=6,
                        verbose_name="dívida",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Aguarda liberação"),
                            ("queued", "Na fila"),
                            ("sending", "Enviando"),
                            ("unknown", "Não se sabe"),
                            ("at_bank", "Em andamento no banco"),
                            ("done", "Devolvida"),
                            ("failed", "Recusada pelo banco"),
                            ("withdrawn", "Não foi feita"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="valor",
                    ),
                ),
                (
                    "principal",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="valor da cobrança",
                    ),
                ),
                (
                    "late",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="multa e juros",
                    ),
                ),
                (
                    "excess",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="do adiantamento",
                    ),
                ),
                (
                    "overdrawn",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="adiantamento já usado",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="motivo")),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("released_at", models.DateTimeField(null=True)),
                ("key", models.UUIDField(editable=False, null=True)),
                ("claim", models.UUIDField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("first_sent_at", models.DateTimeField(null=True)),
                ("wait_until", models.DateTimeField(null=True)),
                ("absent_since", models.DateTimeField(null=True)),
                ("message", models.CharField(blank=True, max_length=300)),
                (
                    "reference",
                    models.CharField(blank=True, max_length=120, verbose_name="id no banco"),
                ),
                (
                    "end_to_end",
                    models.CharField(blank=True, max_length=40, verbose_name="id do Pix"),
                ),
                ("done_on", models.DateField(null=True, verbose_name="dia da devolução")),
                ("answer_until", models.DateField(null=True, verbose_name="contestar até")),
                (
                    "asked_by",
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
                        related_name="refunds",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="charges.charge",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "released_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settlement",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
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
                "indexes": [
                    models.Index(fields=["tenant", "charge"], name="refund_of_charge"),
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["tenant", "created_at", "id"],
                        name="refund_to_release",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status__in", ("queued", "sending", "unknown", "at_bank"))
                        ),
                        fields=["status", "wait_until"],
                        name="refund_unfinished",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("tenant", "bank_account", "reference"),
                        name="refund_reference_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_to_end", ""), _negated=True),
                        fields=("tenant", "end_to_end"),
                        name="refund_end_to_end_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("key__isnull", False),
                            models.Q(("status__in", ["withdrawn", "failed"]), _negated=True),
                        ),
                        fields=("tenant", "key"),
                        name="refund_key_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("principal"), "+", models.F("late")
                                        ),
                                        "+",
                                        models.F("excess"),
                                    ),
                                    "+",
                                    models.F("overdrawn"),
                                ),
                            )
                        ),
                        name="refund_balances",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__gt", 0),
                            ("excess__gte", 0),
                            ("late__gte", 0),
                            ("overdrawn__gte", 0),
                            ("principal__gte", 0),
                        ),
                        name="refund_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_on__isnull", False), ("status", "done")),
                            models.Q(models.Q(("status", "done"), _negated=True), ("entry", None)),
                            _connector="OR",
                        ),
                        name="refund_done_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "ours"), _negated=True),
                            models.Q(
                                ("status__in", ["withdrawn", "failed"]), ("asked_by__isnull", False)
                            ),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("released_by", None),
                                ("status", "waiting"),
                            ),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("status", "waiting"),
                                models.Q(("released_by", models.F("asked_by")), _negated=True),
                            ),
                            models.Q(
                                ("asked_by__isnull", False),
                                ("key__isnull", False),
                                ("released_by__isnull", False),
                                models.Q(("released_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="refund_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_by", None),
                            models.Q(
                                ("released_by__isnull", False),
                                models.Q(("second_by", models.F("released_by")), _negated=True),
                                models.Q(("second_by", models.F("asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="refund_second_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdvanceUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="valor",
                    ),
                ),
                ("bill", models.UUIDField(null=True, verbose_name="conta a pagar")),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "became",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="used_advances",
                        to="charges.settlement",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "settlement",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
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
                "indexes": [
                    models.Index(fields=["tenant", "settlement"], name="advanceuse_of_payment")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="advanceuse_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("became__isnull", False), ("bill", None), ("ended_at", None)),
                            models.Q(("became", None), ("bill__isnull", False)),
                            _connector="OR",
                        ),
                        name="advanceuse_one_way",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("bill__isnull", False)),
                        fields=("tenant", "bill"),
                        name="advanceuse_bill_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("became__isnull", False)),
                        fields=("tenant", "became"),
                        name="advanceuse_became_once",
                    ),
                ],
            },
        ),
    ]
