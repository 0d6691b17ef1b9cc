"""What is done to payees and to where they receive money is on record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_more_acts")]

    operations = [
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
                    ("bills_sent", "Envio de contas"),
                    ("sending_locked", "Envios bloqueados"),
                    ("sending_released", "Envios liberados"),
                    ("plan_changed", "Plano"),
                    ("chart_changed", "Plano de contas"),
                    ("chart_imported", "Plano de contas importado"),
                    ("bank_home_changed", "Grupo padrão das contas bancárias"),
                    ("allocation_undone", "Conciliação desfeita"),
                    ("entry_redated", "Data do lançamento corrigida"),
                    ("payee_entered", "Favorecido cadastrado"),
                    ("payee_corrected", "Favorecido corrigido"),
                    ("payee_archived", "Favorecido arquivado"),
                    ("payee_restored", "Favorecido reativado"),
                    ("destination_entered", "Dado bancário lançado"),
                    ("destination_confirmed", "Dado bancário confirmado"),
                    ("destination_archived", "Dado bancário arquivado"),
                    ("merge_proposed", "União de favorecidos proposta"),
                    ("merge_refused", "União de favorecidos recusada"),
                    ("payees_merged", "Favorecidos unidos"),
                    ("rest_changed", "Repouso de dados bancários"),
                ],
                max_length=40,
                verbose_name="ato",
            ),
        ),
    ]
