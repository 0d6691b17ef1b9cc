"""Acts on people: invitations, roles, removals, and what a second admin confirms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_more_acts"),
    ]

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
                    ("company_created", "Empresa criada"),
                    ("person_invited", "Pessoa convidada"),
                    ("invitation_resent", "Convite reenviado"),
                    ("invitation_revoked", "Convite revogado"),
                    ("member_joined", "Convite aceito"),
                    ("member_removed", "Acesso removido"),
                    ("role_changed", "Papel alterado"),
                    ("change_asked", "Mudança pedida"),
                    ("change_confirmed", "Mudança confirmada"),
                    ("change_by_time", "Mudança em vigor pelo prazo"),
                    ("change_stopped", "Mudança barrada"),
                    ("change_void", "Mudança sem efeito"),
                ],
                max_length=40,
                verbose_name="ato",
            ),
        ),
    ]
