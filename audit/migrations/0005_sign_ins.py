"""More acts of people, a column to search records in, and who came in.

The column is no part of what is hashed: chains that were written before stay whole.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
import core.search


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_more_acts"),
        ("core", "0001_clock"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="record",
            name="words_folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=core.search.Lines(
                    core.search.Folded("on_label"),
                    core.search.Folded("by_label"),
                    core.search.Folded("why"),
                    core.search.Folded(core.search.AsText("before")),
                    core.search.Folded(core.search.AsText("after")),
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AlterField(
            model_name="record",
            name="act",
            field=models.CharField(
                choices=[
                    ("connection_begun", "Pedido de vínculo"),
                    ("account_connected", "Conta conectada"),
                    ("account_reconnected", "Vínculo refeito"),
                    ("connection_refused", "Vínculo recusado"),
                    ("connection_lost", "Vínculo perdido"),
                    ("connection_undone", "Vínculo desfeito"),
                    ("connection_closed", "Acesso encerrado no banco"),
                    ("settings_changed", "Configuração da conta"),
                    ("preferred_changed", "Conta preferencial"),
                    ("leaf_tied", "Conta do Ativo trocada"),
                    ("run_by_clock", "Envio das 7h"),
                    ("run_by_hand", "Envio manual"),
                    ("bill_entered", "Conta lançada"),
                    ("bill_approved", "Conta aprovada"),
                    ("bill_cancelled", "Conta cancelada"),
                    ("cancellation_asked", "Cancelamento pedido ao banco"),
                    ("result_told", "Resultado informado"),
                    ("bills_sent", "Envio de contas"),
                    ("sending_locked", "Envios bloqueados"),
                    ("sending_released", "Envios liberados"),
                    ("plan_changed", "Plano"),
                    ("chart_changed", "Plano de contas"),
                    ("chart_imported", "Plano de contas importado"),
                    ("bank_home_changed", "Grupo padrão das contas bancárias"),
                    ("allocation_undone", "Conciliação desfeita"),
                    ("entry_reversed", "Lançamento estornado"),
                    ("exported", "Exportação"),
                    ("password_changed", "Senha alterada"),
                    ("email_changed", "E-mail de acesso alterado"),
                    ("email_added", "E-mail acrescentado"),
                    ("email_confirmed", "E-mail confirmado"),
                    ("email_removed", "E-mail removido"),
                    ("factor_added", "Verificação em duas etapas acrescentada"),
                    ("factor_removed", "Verificação em duas etapas removida"),
                    ("entry_redated", "Data do lançamento corrigida"),
                ],
                max_length=40,
                verbose_name="ato",
            ),
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("in", "Entrou"),
                            ("refused", "Senha recusada"),
                            ("factor_refused", "Código recusado"),
                        ],
                        max_length=16,
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("device", models.CharField(blank=True, max_length=120)),
                ("count", models.PositiveIntegerField(default=1)),
                ("last_at", models.DateTimeField(db_default=core.clock.DatabaseNow())),
                ("origin", models.CharField(max_length=60)),
                ("agent", models.CharField(max_length=60)),
                (
                    "user",
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
                    models.Index(fields=["user", "-last_at"], name="signin_of_person"),
                    models.Index(fields=["last_at"], name="signin_old"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "outcome", "hour", "device"),
                        name="signin_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
    ]
