"""Statements that people bring as files, and who told which line."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.ids
import tenants.models


class Migration(migrations.Migration):
    dependencies = [
        ("banking", "0017_open_parts"),
        ("tenants", "0007_policies_ask_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMap",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("headings", models.CharField(max_length=64)),
                ("columns", models.JSONField()),
                (
                    "said_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FileChunk",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="FileRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("row", models.PositiveIntegerField()),
                ("statement", models.PositiveSmallIntegerField(default=1)),
                ("day", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("transfer", "Transferência"),
                            ("payment", "Pagamento"),
                            ("pix", "Pix"),
                            ("fee", "Tarifa"),
                            ("other", "Outro"),
                        ],
                        default="other",
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("name", models.CharField(blank=True, max_length=160)),
                ("document", models.CharField(blank=True, max_length=20)),
                ("source_id", models.CharField(blank=True, max_length=140)),
                ("check_number", models.CharField(blank=True, max_length=140)),
                ("end_to_end_id", models.CharField(blank=True, max_length=140)),
                ("operation_day", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uncompared", "Não comparada"),
                            ("new", "Nova"),
                            ("here", "Já aqui"),
                            ("doubtful", "Em dúvida"),
                            ("repeated", "Repetida"),
                            ("left_out", "Fora"),
                            ("unread", "Não lida"),
                            ("applied", "Aplicada"),
                        ],
                        default="uncompared",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "doubt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("another_id", "Mesmo dia e valor, mas a identificação difere."),
                            ("near_day", "Mesmo valor, em outro dia próximo."),
                            (
                                "proved_day",
                                "O banco já confirmou este dia, e esta linha não está nele.",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("", "Sem resposta"), ("same", "É a mesma"), ("two", "São duas")],
                        max_length=4,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LineSource",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=8)),
                ("key", models.CharField(blank=True, max_length=140)),
            ],
        ),
        migrations.CreateModel(
            name="StatementFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="arquivo")),
                ("digest", models.CharField(max_length=64)),
                ("part", models.PositiveSmallIntegerField(default=1)),
                ("kind", models.CharField(blank=True, max_length=8)),
                ("columns", models.JSONField(null=True)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("opening", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("closing", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("closing_on", models.DateField(null=True)),
                ("is_whole", models.BooleanField(default=True)),
                ("account_doubt", models.CharField(blank=True, max_length=300)),
                ("remarks", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("reading", "Lendo o arquivo"),
                            ("refused", "Não foi lido"),
                            ("mapping", "Aguarda as colunas"),
                            ("comparing", "Comparando"),
                            ("ready", "Comparado"),
                            ("applying", "Aplicando"),
                            ("undoing", "Desfazendo"),
                            ("undone", "Desfeito"),
                            ("discarded", "Descartado"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("fault", models.CharField(blank=True, max_length=300)),
                ("compared_with", models.CharField(blank=True, max_length=120)),
                ("lease", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=core.clock.DatabaseNow(), editable=False),
                ),
                ("why", models.CharField(blank=True, max_length=300, verbose_name="motivo")),
                ("applied_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="statementline",
            name="statementline_page",
        ),
        migrations.RemoveIndex(
            model_name="statementline",
            name="statementline_amount",
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="bank_label",
            field=models.CharField(blank=True, max_length=60, verbose_name="nome do banco"),
        ),
        migrations.AddField(
            model_name="statementline",
            name="end_to_end_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="statementline",
            name="is_from_file",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="statementline",
            name="operation_on",
            field=models.DateField(null=True, verbose_name="data da operação"),
        ),
        migrations.AddField(
            model_name="statementline",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                models.F("tenant"),
                models.F("bank_account"),
                models.OrderBy(models.F("booked_on"), descending=True),
                models.OrderBy(models.F("occurred_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("withdrawn_at", None)),
                name="statementline_page",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("withdrawn_at", None)),
                fields=["tenant", "bank_account", "amount", "booked_on"],
                name="statementline_amount",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("is_from_file", True), ("withdrawn_at", None)),
                fields=["tenant", "bank_account", "booked_on", "amount"],
                name="statementline_of_files",
            ),
        ),
        migrations.AddField(
            model_name="columnmap",
            name="bank_account",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="columnmap",
            name="said_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="columnmap",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="filechunk",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="filerow",
            name="line",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.statementline",
            ),
        ),
        migrations.AddField(
            model_name="filerow",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="linesource",
            name="bank_account",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="banking.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="linesource",
            name="line",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sources",
                to="banking.statementline",
            ),
        ),
        migrations.AddField(
            model_name="linesource",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="statementfile",
            name="acting",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="statementfile",
            name="bank_account",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="files",
                to="banking.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="statementfile",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="statementfile",
            name="tenant",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="linesource",
            name="file",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sources",
                to="banking.statementfile",
            ),
        ),
        migrations.AddField(
            model_name="filerow",
            name="file",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rows",
                to="banking.statementfile",
            ),
        ),
        migrations.AddField(
            model_name="filechunk",
            name="file",
            field=tenants.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chunks",
                to="banking.statementfile",
            ),
        ),
        migrations.AddConstraint(
            model_name="columnmap",
            constraint=models.UniqueConstraint(
                fields=("tenant", "bank_account", "headings"), name="columnmap_once"
            ),
        ),
        migrations.AddIndex(
            model_name="statementfile",
            index=models.Index(
                condition=models.Q(("status__in", ["reading", "comparing", "applying", "undoing"])),
                fields=["tenant"],
                name="statementfile_at_work",
            ),
        ),
        migrations.AddIndex(
            model_name="statementfile",
            index=models.Index(
                fields=["tenant", "bank_account", "-created_at"], name="statementfile_newest"
            ),
        ),
        migrations.AddConstraint(
            model_name="statementfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("status__in", ["refused", "undone", "discarded"]), _negated=True
                ),
                fields=("tenant", "bank_account", "digest", "part"),
                name="statementfile_once",
            ),
        ),
        migrations.AddIndex(
            model_name="linesource",
            index=models.Index(fields=["tenant", "line"], name="linesource_of_line"),
        ),
        migrations.AddIndex(
            model_name="linesource",
            index=models.Index(fields=["tenant", "file"], name="linesource_of_file"),
        ),
        migrations.AddConstraint(
            model_name="linesource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("file", None)),
                fields=("tenant", "bank_account", "key"),
                name="linesource_api_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="linesource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("file__isnull", False)),
                fields=("tenant", "line", "file"),
                name="linesource_file_once",
            ),
        ),
        migrations.AddIndex(
            model_name="filerow",
            index=models.Index(fields=["tenant", "file", "day", "number"], name="filerow_by_day"),
        ),
        migrations.AddIndex(
            model_name="filerow",
            index=models.Index(fields=["tenant", "file", "state", "day"], name="filerow_in_state"),
        ),
        migrations.AddIndex(
            model_name="filerow",
            index=models.Index(
                condition=models.Q(("line__isnull", False)),
                fields=["tenant", "file", "line"],
                name="filerow_of_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="filerow",
            constraint=models.UniqueConstraint(
                fields=("tenant", "file", "number"), name="filerow_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="filechunk",
            constraint=models.UniqueConstraint(
                fields=("tenant", "file", "position"), name="filechunk_once"
            ),
        ),
    ]
