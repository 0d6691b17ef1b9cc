"""Contracts and agreements, charges, slips, and the payments that settle them."""

from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import core.search
import tenants.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0010_tax_purposes"),
        ("banking", "0016_statementline_amount"),
        ("parties", "0008_payers"),
        ("tenants", "0006_tax_reform"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Recurrence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("description", models.CharField(max_length=100, verbose_name="descrição")),
                (
                    "description_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=core.search.Lines(core.search.Folded("description")),
                        output_field=models.TextField(),
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=320, verbose_name="mensagem")),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=40, verbose_name="número do documento"),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("boleto_pix", "Boleto com Pix"),
                            ("boleto", "Boleto"),
                            ("pix", "Pix"),
                        ],
                        max_length=10,
                        verbose_name="forma",
                    ),
                ),
                (
                    "fine_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="multa (%)",
                    ),
                ),
                (
                    "interest_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="juros ao mês (%)",
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="desconto",
                    ),
                ),
                ("day", models.PositiveSmallIntegerField(verbose_name="dia do vencimento")),
                (
                    "every_months",
                    models.PositiveSmallIntegerField(default=1, verbose_name="a cada (meses)"),
                ),
                ("first_month", models.DateField(verbose_name="primeira competência")),
                ("last_month", models.DateField(null=True, verbose_name="última competência")),
                (
                    "days_before",
                    models.PositiveSmallIntegerField(default=10, verbose_name="dias antes"),
                ),
                (
                    "adjustment",
                    models.CharField(
                        choices=[
                            ("none", "Sem reajuste"),
                            ("fixed", "Porcentagem fixa, por ano"),
                            ("typed", "Por um índice, informado a cada ano"),
                        ],
                        default="none",
                        max_length=5,
                        verbose_name="reajuste",
                    ),
                ),
                (
                    "adjustment_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="reajuste ao ano (%)",
                    ),
                ),
                ("index_name", models.CharField(blank=True, max_length=30, verbose_name="índice")),
                ("adjust_month", models.PositiveSmallIntegerField(verbose_name="mês do reajuste")),
                ("adjusted_to", models.DateField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("paused_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("skipped_to", models.DateField(null=True)),
                ("next_month", models.DateField(null=True)),
                ("next_due", models.DateField(null=True)),
                ("next_amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("next_on", models.DateField(null=True)),
                ("left_out", models.PositiveSmallIntegerField(default=0)),
                ("asks_adjustment", models.BooleanField(default=False)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
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
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recurrences",
                        to="parties.payer",
                    ),
                ),
                (
                    "responsible",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                        verbose_name="classificação",
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
                            ("ended_at", None), ("next_on__isnull", False), ("paused_at", None)
                        ),
                        fields=["next_on"],
                        name="recurrence_due",
                    ),
                    models.Index(fields=["tenant", "next_due", "id"], name="recurrence_page"),
                    models.Index(fields=["tenant", "payer"], name="recurrence_of_payer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("day__gte", 1),
                            ("day__lte", 31),
                            ("every_months__in", (1, 2, 3, 6, 12)),
                            ("days_before__lte", 60),
                            ("adjust_month__gte", 1),
                            ("adjust_month__lte", 12),
                            ("first_month__day", 1),
                            models.Q(
                                ("last_month", None),
                                models.Q(
                                    ("last_month__day", 1),
                                    ("last_month__gte", models.F("first_month")),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="recurrence_calendar",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fine_percent__gte", 0),
                            ("fine_percent__lte", 100),
                            ("interest_percent__gte", 0),
                            ("interest_percent__lte", 100),
                            ("discount__gte", 0),
                            ("adjustment_percent__gte", 0),
                            ("adjustment_percent__lte", 100),
                        ),
                        name="recurrence_terms",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecurrenceValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("from_month", models.DateField()),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="valor"),
                ),
                ("anniversary", models.DateField(null=True)),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("index_name", models.CharField(blank=True, max_length=30)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recurrence",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="charges.recurrence",
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
                        fields=["tenant", "recurrence", "from_month"], name="recurrencevalue_of"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="recurrencevalue_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("anniversary", None), ("percent", None)),
                            models.Q(("anniversary__isnull", False), ("percent__isnull", False)),
                            _connector="OR",
                        ),
                        name="recurrencevalue_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("anniversary__isnull", False)),
                        fields=("tenant", "recurrence", "anniversary"),
                        name="recurrence_adjusted_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecurrenceEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=120)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("tone", models.CharField(default="plain", max_length=5)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recurrence",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="charges.recurrence",
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
                        fields=["tenant", "recurrence", "at"], name="recurrenceevent_timeline"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Renegotiation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ending", "Cancelando os boletos antigos"),
                            ("done", "Concluída"),
                            ("stopped", "Parada"),
                            ("undone", "Desfeita"),
                        ],
                        default="ending",
                        max_length=8,
                    ),
                ),
                (
                    "principal",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, verbose_name="valor das cobranças"
                    ),
                ),
                (
                    "additions",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="multa e juros",
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="desconto",
                    ),
                ),
                ("olds", models.JSONField()),
                ("description", models.CharField(max_length=100, verbose_name="descrição")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("boleto_pix", "Boleto com Pix"),
                            ("boleto", "Boleto"),
                            ("pix", "Pix"),
                        ],
                        max_length=10,
                        verbose_name="forma",
                    ),
                ),
                (
                    "fine_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="multa (%)",
                    ),
                ),
                (
                    "interest_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="juros ao mês (%)",
                    ),
                ),
                ("parts", models.JSONField()),
                ("why", models.CharField(blank=True, max_length=200, verbose_name="motivo")),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
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
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renegotiations",
                        to="parties.payer",
                    ),
                ),
                (
                    "revenue_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
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
                        condition=models.Q(("status", "ending")),
                        fields=["tenant"],
                        name="renegotiation_under_way",
                    ),
                    models.Index(fields=["tenant", "payer"], name="renegotiation_of_payer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("additions__gte", 0),
                            ("discount__gte", 0),
                            ("principal__gt", 0),
                            (
                                "discount__lt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("principal"), "+", models.F("additions")
                                ),
                            ),
                        ),
                        name="renegotiation_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status", "ending")),
                            models.Q(
                                models.Q(("status", "ending"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="renegotiation_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssueBatch",
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
                ("size", models.PositiveIntegerField()),
                ("paused_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "paused_by",
                    models.ForeignKey(
                        null=True,
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
                "indexes": [models.Index(fields=["tenant", "-created_at"], name="batch_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paused_at", None), ("paused_by", None)),
                            models.Q(("paused_at__isnull", False), ("paused_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="batch_paused_by",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "fiscal_key",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        max_length=44,
                        verbose_name="chave do documento fiscal",
                    ),
                ),
                (
                    "fiscal_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nfe", "NF-e"),
                            ("nfse", "NFS-e"),
                            ("nfce", "NFC-e"),
                            ("cte", "CT-e"),
                            ("other", "Outro"),
                        ],
                        db_default="",
                        default="",
                        max_length=5,
                        verbose_name="documento fiscal",
                    ),
                ),
                (
                    "ibs",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, null=True, verbose_name="IBS"
                    ),
                ),
                (
                    "cbs",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, null=True, verbose_name="CBS"
                    ),
                ),
                (
                    "split",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "Sem split"),
                            ("informed", "Informado"),
                            ("done", "Feito"),
                            ("refused", "Recusado"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                        verbose_name="split payment",
                    ),
                ),
                (
                    "net_expected",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, null=True, verbose_name="líquido esperado"
                    ),
                ),
                (
                    "net_received",
                    models.DecimalField(
                        decimal_places=2, max_digits=12, null=True, verbose_name="líquido recebido"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="valor"),
                ),
                ("due_date", models.DateField(verbose_name="vencimento")),
                ("late_from", models.DateField(editable=False)),
                ("description", models.CharField(max_length=100, verbose_name="descrição")),
                (
                    "description_folded",
                    models.GeneratedField(
                        db_persist=True,
                        expression=core.search.Lines(core.search.Folded("description")),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=40, verbose_name="número do documento"),
                ),
                ("competence_date", models.DateField(verbose_name="competência")),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("boleto_pix", "Boleto com Pix"),
                            ("boleto", "Boleto"),
                            ("pix", "Pix"),
                        ],
                        max_length=10,
                        verbose_name="forma",
                    ),
                ),
                (
                    "fine_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="multa (%)",
                    ),
                ),
                (
                    "interest_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="juros ao mês (%)",
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="desconto",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=320, verbose_name="mensagem")),
                ("instalment_group", models.UUIDField(null=True)),
                (
                    "instalment_number",
                    models.PositiveSmallIntegerField(null=True, verbose_name="parcela"),
                ),
                (
                    "instalment_count",
                    models.PositiveSmallIntegerField(null=True, verbose_name="de"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Rascunho"),
                            ("issuing", "Em emissão"),
                            ("unknown", "Não se sabe"),
                            ("registering", "Em registro"),
                            ("open", "Em aberto"),
                            ("in_payment", "Em pagamento"),
                            ("partly_paid", "Paga em parte"),
                            ("paid", "Paga"),
                            ("written_off", "Baixada"),
                            ("cancelled", "Cancelada"),
                            ("returned", "Devolvida"),
                            ("refused", "Recusada"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "paid_after",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Paga"),
                            ("write_off", "Paga após baixa"),
                            ("cancellation", "Paga após cancelamento"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "settled",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="quitado",
                    ),
                ),
                (
                    "waived",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="dispensado",
                    ),
                ),
                ("paid_on", models.DateField(null=True, verbose_name="paga em")),
                ("needs_person", models.BooleanField(default=False)),
                ("question", models.CharField(blank=True, max_length=300)),
                ("next_due_date", models.DateField(null=True)),
                ("next_amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="banking.bankaccount",
                    ),
                ),
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
                    "next_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="parties.payer",
                    ),
                ),
                (
                    "revenue_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.account",
                        verbose_name="classificação",
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
                    "late_rest",
                    models.DecimalField(
                        db_default=Decimal("0.00"),
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="multa e juros em aberto",
                    ),
                ),
                (
                    "additions",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="multa e juros",
                    ),
                ),
                (
                    "recurrence_month",
                    models.DateField(null=True, verbose_name="competência do contrato"),
                ),
                (
                    "recurrence",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="charges.recurrence",
                    ),
                ),
                (
                    "renegotiation",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="charges.renegotiation",
                    ),
                ),
                (
                    "replaced_by",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced",
                        to="charges.renegotiation",
                    ),
                ),
                (
                    "discount_days",
                    models.PositiveSmallIntegerField(
                        db_default=1, default=1, verbose_name="desconto até (dias antes)"
                    ),
                ),
                (
                    "pay_days",
                    models.PositiveSmallIntegerField(
                        null=True, verbose_name="recebida até (dias depois)"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "-due_date", "-id"], name="charge_page"),
                    models.Index(fields=["tenant", "payer", "-due_date"], name="charge_of_payer"),
                    models.Index(
                        condition=models.Q(("paid_on__isnull", False)),
                        fields=["tenant", "paid_on"],
                        name="charge_paid",
                    ),
                    models.Index(
                        condition=models.Q(("next_due_date__isnull", False)),
                        fields=["tenant", "bank_account"],
                        name="charge_to_reissue",
                    ),
                    models.Index(
                        condition=models.Q(("status", "draft")),
                        fields=["tenant", "due_date", "id"],
                        name="charge_drafts",
                    ),
                    models.Index(
                        condition=models.Q(("status", "cancelled")),
                        fields=["tenant", "-due_date", "-id"],
                        name="charge_cancelled",
                    ),
                    models.Index(fields=["tenant", "-amount", "-id"], name="charge_by_amount"),
                    models.Index(
                        condition=models.Q(
                            ("needs_person", True), ("status", "unknown"), _connector="OR"
                        ),
                        fields=["tenant", "due_date", "id"],
                        name="charge_to_look_at",
                    ),
                    models.Index(
                        condition=models.Q(("recurrence__isnull", False), ("status", "draft")),
                        fields=["tenant"],
                        name="charge_stayed_behind",
                    ),
                    models.Index(
                        condition=models.Q(("recurrence__isnull", False)),
                        fields=["tenant", "recurrence", "recurrence_month"],
                        name="charge_of_recurrence",
                    ),
                    models.Index(
                        condition=models.Q(("replaced_by__isnull", False)),
                        fields=["tenant", "replaced_by"],
                        name="charge_replaced",
                    ),
                    models.Index(
                        condition=models.Q(("renegotiation__isnull", False)),
                        fields=["tenant", "renegotiation"],
                        name="charge_of_agreement",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "status__in",
                                (
                                    "issuing",
                                    "unknown",
                                    "registering",
                                    "open",
                                    "in_payment",
                                    "partly_paid",
                                    "written_off",
                                    "returned",
                                    "refused",
                                ),
                            )
                        ),
                        fields=["tenant", "due_date", "id"],
                        include=("payer", "late_from", "amount", "settled", "late_rest"),
                        name="charge_owed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fiscal_key", ""), ("fiscal_kind", "")),
                            models.Q(
                                ("fiscal_key__regex", "^[0-9A-Z]{44}$"),
                                models.Q(("fiscal_kind", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="charge_fiscal_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fiscal_kind__in", ["", "nfe", "nfse", "nfce", "cte", "other"])
                        ),
                        name="charge_fiscal_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("split__in", ["", "none", "informed", "done", "refused"])
                        ),
                        name="charge_split",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ibs", None), ("ibs__gte", 0), _connector="OR"),
                            models.Q(("cbs", None), ("cbs__gte", 0), _connector="OR"),
                            models.Q(
                                ("net_expected", None), ("net_expected__gte", 0), _connector="OR"
                            ),
                            models.Q(
                                ("net_received", None), ("net_received__gte", 0), _connector="OR"
                            ),
                        ),
                        name="charge_tax_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="charge_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fine_percent__gte", 0),
                            ("fine_percent__lte", 100),
                            ("interest_percent__gte", 0),
                            ("interest_percent__lte", 100),
                            ("discount__gte", 0),
                            ("discount__lt", models.F("amount")),
                        ),
                        name="charge_terms",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waived__gte", 0),
                            ("settled__gte", models.F("waived")),
                            ("settled__lte", models.F("amount")),
                        ),
                        name="charge_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "paid"), _negated=True),
                            ("settled", models.F("amount")),
                            ("paid_after", "cancellation"),
                            _connector="OR",
                        ),
                        name="charge_paid_is_settled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_amount", None), ("next_by", None), ("next_due_date", None)
                            ),
                            models.Q(
                                ("next_amount__gt", 0),
                                ("next_by__isnull", False),
                                ("next_due_date__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="charge_next_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("instalment_count", None),
                                ("instalment_group", None),
                                ("instalment_number", None),
                            ),
                            models.Q(
                                ("instalment_count__gte", 2),
                                ("instalment_group__isnull", False),
                                ("instalment_number__gte", 1),
                                ("instalment_number__lte", models.F("instalment_count")),
                            ),
                            _connector="OR",
                        ),
                        name="charge_instalment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("status", "cancelled"), _negated=True),
                            ("instalment_group__isnull", False),
                        ),
                        fields=("tenant", "instalment_group", "instalment_number"),
                        name="charge_instalment_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late_rest", 0),
                            models.Q(
                                ("late_rest__gt", 0), ("status__in", ["partly_paid", "returned"])
                            ),
                            _connector="OR",
                        ),
                        name="charge_late_rest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recurrence", None), ("recurrence_month", None)),
                            models.Q(("recurrence__isnull", False), ("recurrence_month__day", 1)),
                            _connector="OR",
                        ),
                        name="charge_of_period",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("status", "cancelled"), _negated=True),
                            models.Q(("paid_after", "cancellation"), _negated=True),
                            ("recurrence__isnull", False),
                        ),
                        fields=("tenant", "recurrence", "recurrence_month"),
                        name="charge_once_a_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("additions", 0),
                            models.Q(
                                ("additions__gt", 0),
                                ("additions__lte", models.F("amount")),
                                ("renegotiation__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="charge_additions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_days__lte", 90),
                            models.Q(("pay_days", None), ("pay_days__lte", 180), _connector="OR"),
                        ),
                        name="charge_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=120)),
                ("text", models.CharField(blank=True, max_length=1000)),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("plain", "Plain"),
                            ("ok", "Ok"),
                            ("warn", "Warn"),
                            ("bad", "Bad"),
                            ("info", "Info"),
                        ],
                        default="plain",
                        max_length=5,
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "charge", "at"], name="chargeevent_timeline")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeRound",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("wanted_at", models.DateTimeField(null=True)),
                ("lease", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("listed_at", models.DateTimeField(null=True)),
                ("foreign_at", models.DateTimeField(null=True)),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
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
                ("refunds_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "bank_account"), name="chargeround_one_per_account"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargeDefaults",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "fine_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="multa (%)",
                    ),
                ),
                (
                    "interest_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="juros ao mês (%)",
                    ),
                ),
                ("message", models.CharField(blank=True, max_length=320, verbose_name="mensagem")),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="banking.bankaccount",
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
                        verbose_name="classificação",
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
                    models.UniqueConstraint(
                        fields=("tenant", "bank_account"), name="chargedefaults_one_per_account"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fine_percent__gte", 0),
                            ("fine_percent__lte", 100),
                            ("interest_percent__gte", 0),
                            ("interest_percent__lte", 100),
                        ),
                        name="chargedefaults_terms",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(editable=False)),
                ("content", models.JSONField()),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("boleto_pix", "Boleto com Pix"),
                            ("boleto", "Boleto"),
                            ("pix", "Pix"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="valor"),
                ),
                ("due_date", models.DateField(verbose_name="vencimento")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Na fila de emissão"),
                            ("issuing", "Em emissão"),
                            ("unknown", "Não se sabe"),
                            ("registering", "Em registro"),
                            ("open", "Em aberto"),
                            ("in_payment", "Em pagamento"),
                            ("paid", "Paga"),
                            ("cancelled", "Cancelada no banco"),
                            ("written_off", "Baixada pelo banco"),
                            ("refused", "Recusada"),
                            ("withdrawn", "Não foi emitida"),
                            ("given_up", "Dada por não emitida"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=120, verbose_name="id no banco"),
                ),
                (
                    "our_number",
                    models.CharField(blank=True, max_length=40, verbose_name="nosso número"),
                ),
                (
                    "linha_digitavel",
                    models.CharField(blank=True, max_length=47, verbose_name="linha digitável"),
                ),
                (
                    "barcode",
                    models.CharField(blank=True, max_length=44, verbose_name="código de barras"),
                ),
                (
                    "pix_code",
                    models.CharField(blank=True, max_length=1000, verbose_name="Pix copia e cola"),
                ),
                ("pdf_url", models.CharField(blank=True, max_length=2000)),
                ("fault", models.CharField(blank=True, max_length=300)),
                ("message", models.CharField(blank=True, max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("claim", models.UUIDField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("first_sent_at", models.DateTimeField(null=True)),
                ("wait_until", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("absent_since", models.DateTimeField(null=True)),
                ("seen", models.CharField(blank=True, max_length=600)),
                ("missed_at", models.DateTimeField(null=True)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                ("cancel_claimed_at", models.DateTimeField(null=True)),
                ("cancel_reference", models.CharField(blank=True, max_length=120)),
                ("ends_debt", models.BooleanField(default=False)),
                (
                    "bank_account",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="banking.bankaccount",
                    ),
                ),
                (
                    "batch",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="charges.issuebatch",
                    ),
                ),
                (
                    "cancel_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="charges.charge",
                    ),
                ),
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
                    "given_up_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "missed_by",
                    models.ForeignKey(
                        null=True,
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
                (
                    "credit",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="banking.statementline",
                    ),
                ),
                ("said_cancelled_at", models.DateTimeField(null=True)),
                (
                    "said_cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["tenant", "bank_account", "due_date", "created_at"],
                        name="slip_queue",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "status__in",
                                (
                                    "queued",
                                    "issuing",
                                    "unknown",
                                    "registering",
                                    "open",
                                    "in_payment",
                                ),
                            )
                        ),
                        fields=["status", "wait_until"],
                        name="slip_unfinished",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ("registering", "open", "in_payment"))),
                        fields=["tenant", "bank_account", "read_at"],
                        name="slip_at_bank",
                    ),
                    models.Index(
                        fields=["tenant", "bank_account", "our_number"], name="slip_our_number"
                    ),
                    models.Index(
                        fields=["tenant", "bank_account", "first_sent_at"], name="slip_by_minute"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "withdrawn"), _negated=True),
                        fields=("tenant", "key"),
                        name="slip_key_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                (
                                    "queued",
                                    "issuing",
                                    "unknown",
                                    "registering",
                                    "open",
                                    "in_payment",
                                ),
                            )
                        ),
                        fields=("tenant", "charge"),
                        name="slip_one_live_per_charge",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("tenant", "bank_account", "reference"),
                        name="slip_reference_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "given_up"), _negated=True),
                            models.Q(
                                ("given_up_by__isnull", False),
                                ("missed_by__isnull", False),
                                models.Q(("given_up_by", models.F("missed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="slip_given_up_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("evidence", models.CharField(max_length=160)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("boleto", "Boleto"),
                            ("pix", "Pix"),
                            ("unknown", "Pelo banco"),
                            ("cash", "Dinheiro"),
                            ("transfer", "Transferência"),
                            ("withheld", "Imposto retido"),
                            ("advance", "Adiantamento do pagador"),
                        ],
                        max_length=8,
                        verbose_name="como",
                    ),
                ),
                ("paid_on", models.DateField(verbose_name="paga em")),
                ("posted_on", models.DateField(verbose_name="dia do dinheiro")),
                ("is_provisional", models.BooleanField(default=False)),
                (
                    "received",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="recebido",
                    ),
                ),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="desconto",
                    ),
                ),
                (
                    "withheld",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="imposto retido",
                    ),
                ),
                (
                    "split",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="imposto recolhido na liquidação",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="tarifa",
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
                    "fine",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="multa",
                    ),
                ),
                (
                    "interest",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="juros",
                    ),
                ),
                (
                    "excess",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="a maior",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
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
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="charges.charge",
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
                    "registered_by",
                    models.ForeignKey(
                        null=True,
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
                (
                    "slip",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="charges.slip",
                    ),
                ),
                (
                    "lacking",
                    models.DecimalField(
                        db_default=Decimal("0.00"),
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="multa e juros que faltaram",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "charge"], name="settlement_of_charge"),
                    models.Index(
                        fields=["tenant", "posted_on"],
                        include=("received", "entry", "way"),
                        name="settlement_by_day",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "evidence"), name="settlement_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "received",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            models.F("principal"),
                                                            "+",
                                                            models.F("fine"),
                                                        ),
                                                        "+",
                                                        models.F("interest"),
                                                    ),
                                                    "+",
                                                    models.F("excess"),
                                                ),
                                                "-",
                                                models.F("discount"),
                                            ),
                                            "-",
                                            models.F("withheld"),
                                        ),
                                        "-",
                                        models.F("split"),
                                    ),
                                    "-",
                                    models.F("fee"),
                                ),
                            )
                        ),
                        name="settlement_balances",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slip__isnull", False),
                            ("registered_by__isnull", False),
                            _connector="OR",
                        ),
                        name="settlement_outside_by_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("received__gt", 0),
                                models.Q(("received", 0), ("way", "withheld"), ("withheld__gt", 0)),
                                _connector="OR",
                            ),
                            ("discount__gte", 0),
                            ("excess__gte", 0),
                            ("fee__gte", 0),
                            ("fine__gte", 0),
                            ("interest__gte", 0),
                            ("lacking__gte", 0),
                            ("principal__gte", 0),
                            ("split__gte", 0),
                            ("withheld__gte", 0),
                        ),
                        name="settlement_amounts",
                    ),
                ],
            },
        ),
    ]
