"""What a payer sees and is sent: pages, documents and mails."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0002_refunds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayerPage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.BinaryField(max_length=32)),
                ("key_name", models.CharField(max_length=16)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("opened_on", models.DateField(null=True)),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payer_pages",
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
                "indexes": [models.Index(fields=["digest"], name="payerpage_digest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "digest"), name="payerpage_digest_once"
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "charge", "key_name"), name="payerpage_once_per_key"
                    ),
                ],
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
            name="Dunning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="ligada")),
                (
                    "reply_to",
                    models.EmailField(
                        blank=True, max_length=254, verbose_name="e-mail para respostas"
                    ),
                ),
                (
                    "copy_to",
                    models.EmailField(blank=True, max_length=254, verbose_name="cópia para"),
                ),
                (
                    "hourly_rate",
                    models.PositiveSmallIntegerField(default=200, verbose_name="e-mails por hora"),
                ),
                ("logo", models.BinaryField(blank=True, default=b"")),
                ("logo_type", models.CharField(blank=True, max_length=10)),
                ("planned_until", models.DateField(null=True)),
                ("events_from", models.DateTimeField(null=True)),
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
                    models.UniqueConstraint(fields=("tenant",), name="dunning_one"),
                    models.CheckConstraint(
                        condition=models.Q(("hourly_rate__gte", 1), ("hourly_rate__lte", 2000)),
                        name="dunning_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_on", False),
                            models.Q(
                                ("events_from__isnull", False), ("planned_until__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="dunning_since",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningStep",
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
                            ("issue", "Na emissão"),
                            ("due", "Em relação ao vencimento"),
                            ("paid", "No pagamento"),
                        ],
                        max_length=5,
                        verbose_name="quando",
                    ),
                ),
                ("days", models.SmallIntegerField(default=0, verbose_name="dias")),
                ("subject", models.CharField(max_length=120, verbose_name="assunto")),
                ("body", models.CharField(max_length=2000, verbose_name="texto")),
                ("is_on", models.BooleanField(default=True, verbose_name="ativo")),
                (
                    "valid_from",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("archived_at", models.DateTimeField(null=True)),
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
                "ordering": ["kind", "days"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None)),
                        fields=("tenant", "kind", "days"),
                        name="dunningstep_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("days__gte", -30), ("days__lte", 120), ("kind", "due")),
                            models.Q(models.Q(("kind", "due"), _negated=True), ("days", 0)),
                            _connector="OR",
                        ),
                        name="dunningstep_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.CharField(max_length=254, verbose_name="e-mail")),
                ("due_date", models.DateField()),
                ("label", models.CharField(max_length=60)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Na fila"),
                            ("sending", "Enviando"),
                            ("sent", "Enviada"),
                            ("unknown", "Não se sabe"),
                            ("refused", "Recusada pelo destino"),
                            ("not_sent", "Não enviada"),
                            ("gave_way", "Deu lugar a outra"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "made_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("wait_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.UUIDField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="charges.charge",
                    ),
                ),
                (
                    "lead",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="charges.reminder",
                    ),
                ),
                (
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.payer",
                    ),
                ),
                (
                    "step",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="charges.dunningstep",
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
                        condition=models.Q(("status__in", ["waiting", "sending"])),
                        fields=["tenant", "made_at"],
                        name="reminder_queue",
                    ),
                    models.Index(fields=["tenant", "-made_at", "-id"], name="reminder_page"),
                    models.Index(fields=["tenant", "charge"], name="reminder_of_charge"),
                    models.Index(fields=["tenant", "payer"], name="reminder_of_payer"),
                    models.Index(
                        condition=models.Q(("claimed_at__isnull", False), ("lead", None)),
                        fields=["tenant", "email", "claimed_at"],
                        name="reminder_by_day",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "charge", "step", "email", "due_date"),
                        name="reminder_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claim", None),
                            models.Q(("claim__isnull", False), ("claimed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="reminder_claimed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lead", None),
                            models.Q(("lead", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="reminder_leads_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerAddress",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.CharField(max_length=254, verbose_name="e-mail")),
                ("opted_out_at", models.DateTimeField(null=True)),
                ("dead_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "marked_by",
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "email"), name="payeraddress_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningHold",
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
                        choices=[("pause", "Pausa"), ("promise", "Promessa de pagamento")],
                        max_length=7,
                    ),
                ),
                ("until", models.DateField(null=True)),
                ("why", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "charge",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_holds",
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
                    "payer",
                    tenants.models.TenantForeignKey(
                        db_constraint=False,
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("charge__isnull", False), ("ended_at", None)),
                        fields=("tenant", "charge"),
                        name="dunninghold_one_per_charge",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("charge", None), ("ended_at", None)),
                        fields=("tenant", "payer"),
                        name="dunninghold_one_per_payer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "promise"), _negated=True),
                            ("until__isnull", False),
                            _connector="OR",
                        ),
                        name="dunninghold_promise_has_day",
                    ),
                ],
            },
        ),
    ]
